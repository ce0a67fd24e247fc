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

/** Who has authorised a request so far: its caller, by a header or by axios's `auth`; we, when it was sent before; or neither. */
export type Authorizer = 'caller' | 'ours' | 'none';

/**
 * Who authorises a request so far. A header that is `false` or `null` is a choice of the caller's too; one that we wrote
 * into a config that is sent again is not: by now the token may be another, or none may go to this place.
 */
export function authorizerOf(config: InternalAxiosRequestConfig): Authorizer {
  try {
    const { headers } = config;
    const isReadable = isOfAxios(headers) || isPlain(headers);
    const carried = authorizationsIn(isReadable ? headers : read(headers));
    if (config.auth || carried?.some((one) => !isOurs(one))) return 'caller';
    return carried === undefined ? 'none' : 'ours';
  } catch {
    return 'caller'; // Headers that cannot be read at all: axios says so itself.
  }
}

/** The config without the header that we wrote into it. */
export function withoutAuthorization(
  given: InternalAxiosRequestConfig,
): InternalAxiosRequestConfig {
  const config = withWritableHeaders(given);
  removeAuthorization(config.headers);
  return config;
}

/**
 * The config with headers that can be written by name. An interceptor may have left anything there: plain or frozen
 * objects, fetch's Headers, nothing at all. They are read as axios would read them.
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

/** A copy as axios makes it of a config that is not its own: without a prototype, but with what came from one. */
export function flatCopy(config: InternalAxiosRequestConfig): InternalAxiosRequestConfig {
  const copy = Object.create(null) as Record<PropertyKey, unknown>;
  let level: object = config;
  let prototype = Object.getPrototypeOf(level) as object | null;
  // What ends a chain is no part of it, such as the Object.prototype of any realm.
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

/** Of whichever copy of axios. */
function isOfAxios(headers: unknown): headers is object {
  const { normalize } = (headers ?? {}) as { normalize?: unknown };
  return typeof normalize === 'function' && typeof headers === 'object';
}

/** Not the app's own object: it may be used elsewhere, too. */
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

/** A plain object, which axios of any copy and version takes. */
function read(headers: unknown): object {
  return Object.assign({}, AxiosHeaders.from((headers ?? undefined) as string | undefined));
}

/** All `Authorization` values: a plain object may have one in each spelling. `undefined` if there is none. */
function authorizationsIn(headers: object): unknown[] | undefined {
  if (authorizationIn(headers) === undefined) return undefined; // Nearly always, and cheaper.
  return Object.entries(headers)
    .filter(([name, value]) => name.toLowerCase() === 'authorization' && value !== undefined)
    .map(([, value]) => value as unknown);
}

/** Takes the `Authorization` header off, in every spelling. */
export function removeAuthorization(headers: AxiosRequestHeaders): void {
  for (const name of Object.keys(headers)) {
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- axios's own `delete` is slower
    if (name.toLowerCase() === 'authorization') delete headers[name];
  }
}
