import type { InternalAxiosRequestConfig } from 'axios';

import { isObject } from '../concealment/any-object.js';
import { refuseUnknownOptions } from '../errors/check-options.js';
import type { TokenParams } from '../token/token-params.js';

/** Bearer options of one request, as `config.bearer`. */
export interface BearerRequestOptions {
  /** With `false` a token is attached, but the request is never sent again after a 401. @defaultValue true */
  readonly replay?: boolean;
  /** Parameters of the token request, if the provider has any, such as `scope`, `audience` or a tenant. @defaultValue none */
  readonly params?: TokenParams;
}

declare module 'axios' {
  // eslint-disable-next-line @typescript-eslint/no-unused-vars, @typescript-eslint/no-explicit-any -- declared as axios declares them
  export interface AxiosRequestConfig<D = any, P = any> {
    /**
     * Bearer options of this request. `false` sends it without a token and without replay.
     *
     * @defaultValue a token is attached, and the request is sent once more after a 401
     */
    bearer?: false | BearerRequestOptions;
  }
}

/** Refuses a mistyped option: with `reply` instead of `replay`, the request would be sent again. */
export function checkBearerOptions({ bearer }: InternalAxiosRequestConfig): void {
  if (!isObject(bearer)) return;
  refuseUnknownOptions(bearer, ['replay', 'params'], { of: 'a request', path: 'bearer.' });
}

/** The parameters of the request's token. */
export function paramsOf({ bearer }: InternalAxiosRequestConfig): TokenParams | undefined {
  return bearer ? bearer.params : undefined;
}

/** Whether the caller allows a replay. */
export function mayReplay({ bearer }: InternalAxiosRequestConfig): boolean {
  return !(bearer && bearer.replay === false);
}
