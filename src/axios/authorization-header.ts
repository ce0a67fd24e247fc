import { AxiosHeaders, type AxiosRequestHeaders, type InternalAxiosRequestConfig } from 'axios';

import { isOurs } from './known-tokens.js';

/**
 * The name under which the request carries an `Authorization` header, in any case; `undefined` if it has none.
 *
 * Written for the warm path: axios's own `has` and `set` cost more than the rest of an authorised request.
 */
function authorizationKey(headers: AxiosRequestHeaders): string | undefined {
  if (headers['Authorization'] !== undefined) return 'Authorization';
  for (const key in headers) {
    if (key.length === 13 && headers[key] !== undefined && key.toLowerCase() === 'authorization')
      return key;
  }
  return undefined;
}

/** The `Authorization` value among headers of any shape; `undefined` if there is none. */
export function authorizationIn(headers: unknown): unknown {
  if (typeof headers !== 'object' || headers === null) return undefined;
  const key = authorizationKey(headers as AxiosRequestHeaders);
  return key === undefined ? undefined : (headers as AxiosRequestHeaders)[key];
}

/**
 * The config with headers that can be read and written by name. An interceptor may have left anything there: plain or
 * frozen objects, fetch's Headers, nothing at all. They are read as axios would read them.
 */
export function withWritableHeaders(
  config: InternalAxiosRequestConfig,
): InternalAxiosRequestConfig {
  const headers = config.headers as AxiosRequestHeaders | null | undefined;
  // Of whichever copy. Text has a normalize, too.
  const areOfAxios = typeof headers === 'object' && typeof headers?.normalize === 'function';
  const isOpen = Object.isExtensible(config);
  if (areOfAxios && isOpen && Object.isExtensible(headers)) return config;
  const own = areOfAxios || isPlain(headers) ? Object.assign({}, headers) : readByAxios(headers);
  const writable = isOpen ? config : Object.assign(Object.create(null) as object, config);
  return Object.assign(writable, { headers: own }) as InternalAxiosRequestConfig;
}

function isPlain(headers: unknown): headers is object {
  if (typeof headers !== 'object' || headers === null) return false;
  const prototype: unknown = Object.getPrototypeOf(headers);
  return prototype === null || prototype === Object.prototype;
}

/** A plain object, which axios of any copy and version takes. */
function readByAxios(headers: unknown): object {
  return AxiosHeaders.from((headers ?? undefined) as string | undefined).toJSON();
}

/**
 * Whether the caller authorises this request by other means: a header of their own (`false` and `null` are a
 * choice too), or axios's `auth`, which replaces the header.
 *
 * A header that we wrote, into a config that is sent again, is taken off: by now the token may be another, or none
 * may go to this place.
 */
export function hasOwnAuthorization({ headers, auth }: InternalAxiosRequestConfig): boolean {
  const key = authorizationKey(headers);
  if (key === undefined) return Boolean(auth);
  if (!isOurs(headers[key])) return true;
  removeAuthorization(headers);
  return Boolean(auth);
}

/** Takes an `Authorization` header off, in any case. */
export function removeAuthorization(headers: AxiosRequestHeaders): void {
  const key = authorizationKey(headers);
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- axios's own `delete` is slower
  if (key !== undefined) delete headers[key];
}
