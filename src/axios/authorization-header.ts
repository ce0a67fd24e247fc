import { AxiosHeaders, type AxiosRequestHeaders, type InternalAxiosRequestConfig } from 'axios';

import { isOurs } from './known-tokens.js';

/**
 * The exact spelling of the request's `Authorization` header; `undefined` if it has none.
 *
 * Optimised for the warm path: axios's own `has` and `set` cost more than everything else we do there.
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

/** Who has authorised a request so far: its caller, with a header or axios's `auth`; we, if it was sent before; or neither. */
export type Authorizer = 'caller' | 'ours' | 'none';

/**
 * Who has authorised a request so far. A header set to `false` or `null` is the caller's choice too. A header that we wrote
 * into a config that is sent again is replaced: the token may have changed, or may not go to this destination.
 */
export function authorizerOf(config: InternalAxiosRequestConfig): Authorizer {
  try {
    const { headers } = config;
    const isReadable = isOfAxios(headers) || isPlain(headers);
    const carried = authorizationsIn(isReadable ? headers : read(headers));
    if (config.auth || carried?.some((one) => !isOurs(one))) return 'caller';
    return carried === undefined ? 'none' : 'ours';
  } catch {
    return 'caller'; // The headers cannot be read, and axios itself will report that.
  }
}

/** The config without our header. */
export function withoutAuthorization(
  given: InternalAxiosRequestConfig,
): InternalAxiosRequestConfig {
  const config = withWritableHeaders(given);
  removeAuthorization(config.headers);
  return config;
}

/**
 * The config with headers that can be written by name. An interceptor may have left anything there, such as a frozen object,
 * fetch's Headers or nothing. They are read as axios reads them.
 */
export function withWritableHeaders(
  config: InternalAxiosRequestConfig,
): InternalAxiosRequestConfig {
  const headers: unknown = config.headers;
  const isWritable =
    Object.isExtensible(config) || ('headers' in config && !Object.isFrozen(config));
  if (isOfAxios(headers) && isWritable && Object.isExtensible(headers)) return config;
  const own: object = isOfAxios(headers) || isPlain(headers) ? copyOf(headers) : read(headers);
  return Object.assign(isWritable ? config : flatCopy(config), { headers: own });
}

/** A copy as axios makes of a foreign config: without a prototype, but with the inherited properties. */
export function flatCopy(config: InternalAxiosRequestConfig): InternalAxiosRequestConfig {
  const copy = Object.create(null) as Record<PropertyKey, unknown>;
  let level: object = config;
  let prototype = Object.getPrototypeOf(level) as object | null;
  // The last prototype of the chain is left out: it is the Object.prototype of some realm.
  while (level === config || prototype !== null) {
    for (const key of Reflect.ownKeys(level)) {
      const isUnsafe = ['__proto__', 'constructor', 'prototype'].includes(String(key));
      if (!isUnsafe && !(key in copy)) copy[key] = Reflect.get(config, key);
    }
    if (prototype === null) break;
    level = prototype;
    prototype = Object.getPrototypeOf(level) as object | null;
  }
  return copy as unknown as InternalAxiosRequestConfig;
}

/** From any copy of axios. */
function isOfAxios(headers: unknown): headers is object {
  const { normalize } = (headers ?? {}) as { normalize?: unknown };
  return typeof normalize === 'function' && typeof headers === 'object';
}

/** A copy, because the app may use its object elsewhere too. */
function copyOf(headers: object): object {
  const prototype = isOfAxios(headers)
    ? Object.prototype
    : (Object.getPrototypeOf(headers) as object);
  return Object.assign(Object.create(prototype) as object, headers);
}

function isPlain(headers: unknown): headers is object {
  if (typeof headers !== 'object' || headers === null) return false;
  const prototype: unknown = Object.getPrototypeOf(headers);
  return prototype === null || prototype === Object.prototype;
}

/** A plain object, which every copy and version of axios accepts. */
function read(headers: unknown): object {
  return Object.assign({}, AxiosHeaders.from((headers ?? undefined) as string | undefined));
}

/** All `Authorization` values: a plain object may have one in each spelling. `undefined` if there is none. */
function authorizationsIn(headers: object): unknown[] | undefined {
  if (authorizationIn(headers) === undefined) return undefined; // The common case, and cheaper.
  return Object.entries(headers)
    .filter(([name, value]) => name.toLowerCase() === 'authorization' && value !== undefined)
    .map(([, value]) => value as unknown);
}

/** Removes the `Authorization` header in every spelling. */
export function removeAuthorization(headers: AxiosRequestHeaders): void {
  for (const name of Object.keys(headers)) {
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- axios's own `delete` is slower
    if (name.toLowerCase() === 'authorization') delete headers[name];
  }
}
