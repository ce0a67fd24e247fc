import { givenOptions } from '../concealment/given-options.js';

/** The body of a token request, before it is encoded. */
export type TokenRequestBody =
  | { readonly json: Readonly<Record<string, unknown>> }
  | { readonly form: Readonly<Record<string, string | readonly string[]>> };

/** One token request as a provider's document describes it: data, not yet sent. */
export interface TokenRequest {
  /** Absolute, or relative to the provider's `baseURL`. */
  readonly url: string;
  /** @defaultValue 'POST' */
  readonly method?: 'POST' | 'GET' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  /** None: the request goes out without a body. */
  readonly body?: TokenRequestBody;
}

/** A token request as it goes over the wire. */
export interface EncodedTokenRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly data: string | undefined;
}

/** Encodes a token request: JSON or `application/x-www-form-urlencoded` (RFC 6749, appendix B). */
export function encodeTokenRequest(request: TokenRequest, baseURL: string): EncodedTokenRequest {
  request = givenOptions(request);
  const { body } = request;
  const contentType =
    body === undefined
      ? undefined
      : 'json' in body
        ? 'application/json'
        : 'application/x-www-form-urlencoded';
  return {
    url: absoluteURL(request.url, baseURL),
    method: request.method ?? 'POST',
    headers: {
      Accept: 'application/json',
      ...(contentType === undefined ? {} : { 'Content-Type': contentType }),
      ...request.headers,
    },
    data:
      body === undefined
        ? undefined
        : 'json' in body
          ? JSON.stringify(body.json)
          : formEncoded(body.form),
  };
}

/** Joins a path to a base URL the way axios does: the base may have a path of its own, and keeps it. */
export function absoluteURL(url: string, baseURL: string): string {
  if (/^https?:\/\//i.test(url)) return url;
  return `${baseURL.replace(/\/+$/, '')}/${url.replace(/^\/+/, '')}`;
}

function formEncoded(form: Readonly<Record<string, string | readonly string[]>>): string {
  const pairs = Object.entries(form).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).map((item): [string, string] => [name, item]),
  );
  return new URLSearchParams(pairs).toString();
}
