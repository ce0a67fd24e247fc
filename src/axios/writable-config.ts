import { AxiosHeaders, type InternalAxiosRequestConfig } from 'axios';

import { isObject } from '../concealment/any-object.js';

/**
 * The config with headers that can be written by name. An interceptor may have left anything there, such as a frozen object,
 * fetch's Headers or nothing. They are read as axios reads them.
 */
export function withWritableHeaders(
  config: InternalAxiosRequestConfig,
): InternalAxiosRequestConfig {
  const headers: unknown = config.headers;
  const isWritable = Object.isExtensible(config);
  if (isOfAxios(headers) && isWritable && Object.isExtensible(headers)) return config;
  const own = copyOf(readableHeaders(headers));
  return Object.assign(isWritable ? config : flatCopy(config), { headers: own });
}

/** A copy like the one axios makes of a foreign config: without a prototype, but with the inherited properties. */
export function flatCopy(config: InternalAxiosRequestConfig): InternalAxiosRequestConfig {
  const copy = Object.create(null) as Record<PropertyKey, unknown>;
  let level: object | null = config;
  do {
    for (const key of Reflect.ownKeys(level)) {
      const isUnsafe = ['__proto__', 'constructor', 'prototype'].includes(String(key));
      if (!isUnsafe && !(key in copy)) copy[key] = Reflect.get(config, key);
    }
    level = Object.getPrototypeOf(level) as object | null;
    // The last prototype of the chain is left out: it is the Object.prototype of some realm.
  } while (level !== null && Object.getPrototypeOf(level) !== null);
  return copy as unknown as InternalAxiosRequestConfig;
}

/** The headers themselves if they can be read by name; otherwise what axios reads from them. */
export function readableHeaders(headers: unknown): object {
  return isReadable(headers) ? headers : read(headers);
}

function isReadable(headers: unknown): headers is object {
  return isOfAxios(headers) || isPlain(headers);
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
  if (!isObject(headers)) return false;
  const prototype: unknown = Object.getPrototypeOf(headers);
  return prototype === null || prototype === Object.prototype;
}

/** A plain object, which every copy and version of axios accepts. */
function read(headers: unknown): object {
  return Object.assign({}, AxiosHeaders.from((headers ?? undefined) as string | undefined));
}
