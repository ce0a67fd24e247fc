import { isObject } from '../concealment/any-object.js';
import { refuseUnknownOptions } from '../errors/check-options.js';
import { MisconfigurationError } from '../errors/index.js';
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
  readonly method?: 'POST' | 'GET' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  /** @defaultValue no body */
  readonly body?: TokenRequestBody;
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

const MEMBERS = ['url', 'method', 'headers', 'body'];

/**
 * What `tokenRequest` returned, if it is a token request. JavaScript can return anything, and the platform's own errors about it would
 * quote the secrets in it.
 *
 * @throws {@link MisconfigurationError} naming the member, and quoting no value
 */
export function checkedRequest(provider: string, request: TokenRequest): TokenRequest {
  refuseUnknownOptions(request, MEMBERS, {
    of: 'a token request',
    provider,
    path: 'tokenRequest().',
  });
  if (typeof request.url !== 'string')
    throw notARequest(
      provider,
      'url',
      'is not a string',
      'Return the URL or the path of the token endpoint.',
    );
  const { body } = request;
  if (body != null && !isBody(body))
    throw notARequest(
      provider,
      'body',
      'is neither { json } nor { form }',
      'Return the fields as an object in one of them.',
    );
  return request;
}

function isBody(body: unknown): boolean {
  const { json, form } = Object(body) as { readonly json?: unknown; readonly form?: unknown };
  return isObject(json) || isObject(form);
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
