import type { AxiosRequestHeaders, InternalAxiosRequestConfig } from 'axios';

import type { AccessToken } from '../token/access-token.js';

/**
 * The name under which the request carries an `Authorization` header, in whatever case; `undefined` if it has none.
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

/**
 * Whether the caller authorises this request by other means: a header of their own (`false` and `null` are a
 * choice too), or axios's `auth`, which replaces the header.
 *
 * @param ours - the token that we wrote into this config when it was sent before
 */
export function hasOwnAuthorization(
  config: InternalAxiosRequestConfig,
  ours: AccessToken | undefined,
): boolean {
  if (config.auth !== undefined) return true;
  const key = authorizationKey(config.headers);
  return key !== undefined && (ours === undefined || config.headers[key] !== ours.authorization);
}

/** Whether the request went out with exactly this token. */
export function carries(config: InternalAxiosRequestConfig, token: AccessToken): boolean {
  return config.auth === undefined && config.headers['Authorization'] === token.authorization;
}

export function setAuthorization(config: InternalAxiosRequestConfig, token: AccessToken): void {
  config.headers['Authorization'] = token.authorization;
}

/** Takes our header off a config that is sent again, to a place where the token may not go. */
export function removeAuthorization(config: InternalAxiosRequestConfig, ours: AccessToken): void {
  if (config.headers['Authorization'] === ours.authorization)
    delete config.headers['Authorization'];
}
