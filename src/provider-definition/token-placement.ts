import { checkOptions } from '../errors/check-options.js';
import { rule, type Rules } from '../errors/option-rules.js';
import type { AccessToken } from '../token/access-token.js';

/**
 * Where a request carries its token: in a header; or in the query or a cookie, with `inQuery` or `inCookie` of
 * `axios-bearer/providers`.
 *
 * @example
 * ```ts
 * tokenPlacement: { scheme: 'Zoho-oauthtoken' } // Authorization: Zoho-oauthtoken …
 * tokenPlacement: { header: 'X-Api-Token' } // X-Api-Token: …
 * ```
 */
export type TokenPlacement = HeaderPlacement | Place;

/** A header that carries the token. */
export interface HeaderPlacement {
  /** @defaultValue 'Authorization' */
  readonly header?: string | undefined;
  /** The word before the token; empty for none. @defaultValue 'Bearer' in `Authorization`, none in another header */
  readonly scheme?: string | undefined;
}

/** What carries a token: the config of axios, the request that a redirect leads to, or the URL and headers of a fetch. */
export interface Carrier {
  readonly headers?: object | undefined;
}

/** The request that was answered. */
export interface AnsweredRequest {
  /** After redirects; `undefined` if it is not known. */
  readonly url: string | undefined;
  /** A header that was sent, or the written token itself if that is not known. */
  readonly header: (name: string) => unknown;
}

/** The outcome of one send; without an answer if none came. */
export interface ProvenAttempt {
  readonly answer: { readonly status: number; readonly headers: object } | undefined;
}

/** A request that carries a token, as a proof sees it. */
export interface ProvenRequest<Attempt extends ProvenAttempt> {
  /** Absolute, or in a browser relative to the page. */
  readonly url: string;
  /** What is sent: the proof goes into its headers. */
  readonly carrier: Carrier & { readonly method?: string | undefined };
  readonly token: AccessToken;
  /** The clock of the token source. */
  readonly clock: { now(): number };
  /** Sends it as it is now. */
  attempt(): Promise<Attempt>;
  /** Makes it ready for another send. `false` if its body can be read only once. */
  again(attempt: Attempt): boolean | Promise<boolean>;
}

/** Proves with each send that the sender may use the token, as DPoP does (RFC 9449). */
export interface TokenProof {
  /** Sends a request with a proof, and once more if the API refuses that proof and would accept another. */
  send<Attempt extends ProvenAttempt>(request: ProvenRequest<Attempt>): Promise<Attempt>;
}

/** A place for tokens in requests. */
export interface Place {
  /** Two places with the same id are the same. A header has its name, in lower case. */
  readonly id: string;
  /** What is written there for a token: `AccessToken.authorization`. */
  written(token: string): string;
  /** The values that are there, whoever wrote them. */
  find(headers: object, carrier: Carrier): readonly unknown[];
  /** Puts a token there. Anything else there stays. */
  write(carrier: Carrier, written: string): void;
  /** Removes the values for which `isGone` is true. */
  remove(carrier: Carrier, isGone: (value: unknown) => boolean): void;
  /**
   * Whether a value was in the request that was answered. For a token that errors would show, and that is therefore removed from
   * the config after each send.
   */
  arrivedIn?(request: AnsweredRequest, written: string): boolean;
  /** What each send carries alongside the token. @defaultValue nothing */
  readonly proof?: TokenProof;
}

/** The place that a definition names. */
export function placeOf(placement: TokenPlacement = {}): Place {
  return isPlace(placement) ? placement : headerPlace(placement);
}

function isPlace(placement: unknown): placement is Place {
  return 'find' in (Object(placement) as object);
}

type Fields = Record<string, unknown>;

const NONE: readonly never[] = [];

function valuesOf(fields: Fields, names: readonly string[]): unknown[] {
  return names.map((name) => fields[name]);
}

function headerPlace({ header = 'Authorization', scheme }: HeaderPlacement): Place {
  const id = header.toLowerCase();
  /** In every spelling. Optimised for the warm path, where there is none: axios's own `has` and `set` cost more than all we do there. */
  const spellings = (fields: Fields): readonly string[] => {
    let found: string[] | undefined;
    for (const name in fields) {
      const isIt = name.length === id.length && name.toLowerCase() === id;
      if (isIt && fields[name] !== undefined) (found ??= []).push(name);
    }
    return found ?? NONE;
  };
  const prefix = scheme ?? (id === 'authorization' ? 'Bearer' : '');
  return {
    id,
    written: (token) => `${prefix} ${token}`.trimStart(),
    find(headers) {
      const names = spellings(headers as Fields);
      return names === NONE ? NONE : valuesOf(headers as Fields, names);
    },
    write({ headers }, written) {
      (headers as Fields)[header] = written;
    },
    remove({ headers }, isGone) {
      const fields = headers as Fields;
      // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- axios's own `delete` is slower
      for (const name of spellings(fields)) if (isGone(fields[name])) delete fields[name];
    },
  };
}

/** No name that belongs to the connection, the body or the cookies. */
const matching = (legal: RegExp) =>
  rule(
    (value) => typeof value === 'string' && legal.test(value),
    'cannot carry a token',
    'Pass a header such as X-Api-Token, a scheme, inCookie() or inQuery().',
  );
const RULES: Rules<keyof HeaderPlacement> = {
  header: matching(/^(?!(host|te|cookie|connection|(transfer|content|proxy)-.+)$)[\w-]+$/i),
  scheme: matching(/^[\w-]*$/),
};

/** @throws {@link MisconfigurationError} naming the option */
export function checkPlacement(provider: string, placement: object = {}): void {
  if (!isPlace(placement))
    checkOptions(placement, RULES, {
      of: 'a token placement',
      provider,
      path: 'tokenPlacement.',
      advice: 'In a cookie or the query: inCookie() or inQuery().',
    });
}
