import { AxiosHeaders, type AxiosRequestHeaders, type InternalAxiosRequestConfig } from 'axios';

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
 */
export function hasOwnAuthorization(config: InternalAxiosRequestConfig): boolean {
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- an interceptor may have taken them off, which the types leave out
  const headers = (config.headers ??= new AxiosHeaders());
  // Not compared with undefined: `null` works in axios, too.
  return Boolean(config.auth) || authorizationKey(headers) !== undefined;
}

/** Whether the config carries exactly this token. */
export function carries(config: InternalAxiosRequestConfig, token: AccessToken): boolean {
  const key = authorizationKey(config.headers);
  return key !== undefined && config.headers[key] === token.authorization;
}

/** Takes our header off a config that is sent again: by then the token may be another, or none may go there. */
export function removeAuthorization(config: InternalAxiosRequestConfig, ours: AccessToken): void {
  const key = authorizationKey(config.headers);
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- in any case; axios's own `delete` takes off the caller's header as well
  if (key !== undefined && config.headers[key] === ours.authorization) delete config.headers[key];
}
