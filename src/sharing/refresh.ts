import type { BearerError } from '../errors/index.js';
import { perCallFields } from '../provider-definition/credentials.js';
import type { Provider } from '../provider-definition/define-provider.js';
import type { TokenRequest } from '../provider-definition/token-request.js';
import type { madeRequest } from '../token-call/made-request.js';
import type { MintResult } from '../token-call/mint.js';
import type { Failed } from '../token-call/token-call-failure.js';
import type { TokenCallOptions } from '../token-call/token-call.js';
import type { ElsewhereAnswer, ElsewhereHappening, TokenState } from '../token/lifecycle.js';
import type { TokenParams } from '../token/token-params.js';
import type { Adopted } from './adoption.js';

/** The source of a shared token. */
export interface SharedTokenOwner {
  readonly state: Pick<TokenState, 'slot'>;
  /** Adopts a token that was found outside a flight. */
  adopt(adopted: Adopted): void;
}

/** The current token of this process. */
export interface HeldHere {
  readonly value: string;
  readonly scope: string | undefined;
  /** Whether it drew a 401. */
  readonly rejected: boolean;
  /** Until it expires; `undefined` if its lifetime is unknown. */
  readonly remainingMs: number | undefined;
}

/** The token that a refresh is for, as its source knows it. */
export interface TokenOfSource {
  readonly source: { readonly provider: Provider; readonly options: TokenCallOptions };
  readonly params: TokenParams;
  readonly credentials: { ask(signal: AbortSignal): Promise<object> };
  /** Makes it a token of this account. */
  useAccount(credentials: object, url: string): void;
  decide(
    happening: Extract<ElsewhereHappening<BearerError>, { kind: 'refreshing-elsewhere' }>,
  ): ElsewhereAnswer;
}

/** One refresh, as the source starts it. */
export interface Refresh {
  readonly flightId: number;
  /** Another process's token is not adopted with less time left than this, in milliseconds. */
  readonly minRemainingMs: number | undefined;
  /** Aborts when no caller wants the outcome any more. */
  readonly signal: AbortSignal;
  /** Limits the time of what comes before the mint. */
  inTime<T>(work: (bounds: { readonly signal: AbortSignal }) => Promise<T>): Promise<T>;
  /** Comes from the source, so that a store does not include the code for token calls. */
  readonly makeRequest: typeof madeRequest;
  mint(askCredentials: (signal: AbortSignal) => Promise<object>): Promise<MintResult>;
}

/** A refresh that has to wait, and for how long. */
export interface Deferral {
  readonly retryInMs: number;
  /** No process can refresh now: the current token is used until it expires. */
  readonly untilExpiry: boolean;
}

/** A refresh whose token has its identity in the store. */
export interface SharedRefresh {
  readonly credentials: object;
  readonly params: TokenParams;
  /** The token request made from these; `undefined` with `acquireToken`. */
  readonly request: TokenRequest | undefined;
  readonly signal: AbortSignal;
  readonly minRemainingMs: number | undefined;
  /** Ends the refresh if the current token will do meanwhile; returns whether it did. */
  standDown(deferral: Deferral): boolean;
  mint(): Promise<MintResult>;
}

/** Finds the identity of a shared token: its credentials, and the token request made from them. Throws what a credentials function throws. */
export async function identified(
  wanted: TokenOfSource,
  refresh: Refresh,
): Promise<{ readonly kind: 'identified'; readonly shared: SharedRefresh } | Failed> {
  const { source, params } = wanted;
  const { provider, options } = source;
  return refresh.inTime(async ({ signal }) => {
    const credentials = await wanted.credentials.ask(signal);
    const making = { credentials, params, options, signal, purpose: 'identity' } as const;
    const made =
      provider.acquireToken === undefined
        ? await refresh.makeRequest({ ...making, provider })
        : ({ kind: 'made', request: undefined } as const);
    if (made.kind === 'failed') return made;
    return {
      kind: 'identified',
      shared: sharedRefresh(wanted, refresh, credentials, made.request),
    };
  });
}

function sharedRefresh(
  wanted: TokenOfSource,
  refresh: Refresh,
  credentials: object,
  request: TokenRequest | undefined,
): SharedRefresh {
  const { flightId, minRemainingMs, signal } = refresh;
  const ask = firstThen(credentials, wanted);
  return {
    credentials,
    params: wanted.params,
    request,
    signal,
    minRemainingMs,
    // A caller who needs a longer lifetime than the current token has waits for another process's token.
    standDown: (deferral) =>
      (minRemainingMs === undefined || deferral.untilExpiry) &&
      wanted.decide({ kind: 'refreshing-elsewhere', flightId, ...deferral }).kind === 'stand-down',
    mint: () => refresh.mint(ask),
  };
}

/** The credentials just asked for are used for the first token call, unless a part of them is `perCall`. */
function firstThen(
  given: object,
  { credentials, source }: TokenOfSource,
): (signal: AbortSignal) => Promise<object> {
  let unused = perCallFields(source.provider).length === 0 ? given : undefined;
  return (signal) => {
    const first = unused;
    unused = undefined;
    return first === undefined ? credentials.ask(signal) : Promise.resolve(first);
  };
}
