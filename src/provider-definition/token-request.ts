import { isObject, read } from '../concealment/any-object.js';
import { givenOptions } from '../concealment/given-options.js';
import { checkOptions } from '../errors/check-options.js';
import { MisconfigurationError } from '../errors/index.js';
import { required, rule, type Rules } from '../errors/option-rules.js';
import type { TokenResponse } from './token-response.js';

/** The body of a token request, before it is encoded. */
export type TokenRequestBody =
  | { readonly json: Readonly<Record<string, unknown>> }
  | { readonly form: Readonly<Record<string, string | readonly string[]>> };

/** A token request as plain data, before it is sent. */
export interface TokenRequest {
  /** Absolute, or relative to the provider's `baseURL`. */
  readonly url: string;
  /** @defaultValue 'POST' */
  readonly method?: 'POST' | 'GET' | 'PUT' | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** @defaultValue no body */
  readonly body?: TokenRequestBody | undefined;
}

/** What `tokenRequest` is called with besides credentials and parameters. */
export interface TokenRequestContext {
  /**
   * Sends an earlier request whose answer the token request needs: for a ticket, a challenge or the server's metadata. It is sent
   * like the token request: without your app's interceptors and defaults, without redirects, and with at most 1 MB of answer.
   *
   * An answer that `accepts` does not allow (by default any without status 2xx) fails the refresh, like one to the token request.
   */
  readonly send: (
    request: TokenRequest,
    options?: { readonly accepts?: (response: TokenResponse) => boolean },
  ) => Promise<TokenResponse>;
  /**
   * Why the request is built: to send it, or first, with a shared store, to look up the token there. The latter is not sent, and may
   * leave out whatever differs from call to call.
   */
  readonly purpose: 'token call' | 'identity';
  /** Aborts when the refresh gives up. Already aborted when the provider is only being checked at its creation. */
  readonly signal: AbortSignal;
  /** The time in epoch milliseconds, by the clock of the token source. */
  readonly now: () => number;
}

/** Joins a path to a base URL as axios does, keeping the base's own path. */
export function absoluteURL(url: string, baseURL: string): string {
  if (/^https?:\/\//i.test(url)) return url;
  return `${baseURL.replace(/\/+$/, '')}/${url.replace(/^\/+/, '')}`;
}

const RULES: Rules<keyof TokenRequest> = {
  url: required(
    rule(
      (value) => typeof value === 'string',
      'is not a string',
      'Return the URL or the path of the token endpoint.',
    ),
  ),
  ...{ method: undefined, headers: undefined, body: undefined },
};

/**
 * What `tokenRequest` returned, if it is a token request. JavaScript can return anything, and the platform's own errors about it would
 * quote the secrets in it.
 *
 * @throws {@link MisconfigurationError} naming the member, and quoting no value
 */
export function checkedRequest(provider: string, request: TokenRequest): TokenRequest {
  request = givenOptions(request);
  checkOptions(request, RULES, { of: 'a token request', provider, path: 'tokenRequest().' });
  const { url, method, headers, body } = request;
  return { url, method, headers: headers ?? {}, body: checkedBody(provider, body) };
}

function checkedBody(provider: string, body: unknown): TokenRequestBody | undefined {
  if (body == null) return undefined;
  const [json, form] = [read(body, 'json'), read(body, 'form')];
  if (isObject(json)) return { json: json as Record<string, unknown> };
  // A URLSearchParams or a Map does not have its fields as properties.
  if (!isObject(form) || Symbol.iterator in form)
    throw notARequest(
      provider,
      'body',
      'is neither { json } nor { form }',
      'Return the fields as a plain object in one of them.',
    );
  const fields = form as Record<string, string | readonly string[]>;
  const wrong = Object.keys(fields).find((field) => !isFormValue(fields[field]));
  if (wrong !== undefined)
    throw notARequest(
      provider,
      `body.form.${wrong}`,
      'is neither a string nor a list of strings',
      'Convert it, or leave it out.',
    );
  return { form: fields };
}

function isFormValue(value: unknown): boolean {
  return [value].flat().every((one) => typeof one === 'string');
}

function notARequest(
  provider: string,
  member: string,
  problem: string,
  remedy: string,
): MisconfigurationError {
  return new MisconfigurationError({
    provider,
    option: `tokenRequest().${member}`,
    problem,
    remedy,
  });
}
