import type { InternalAxiosRequestConfig } from 'axios';

import type { TokenParams } from '../token/token-params.js';

/** What one request may say about its bearer token. */
export interface BearerRequestOptions {
  /** `false`: the token is attached, but the request is never sent a second time. @defaultValue true */
  readonly replay?: boolean;
  /** Parameters of the token request, where the provider takes any: `scope`, `audience`, a tenant. */
  readonly params?: TokenParams;
}

declare module 'axios' {
  // eslint-disable-next-line @typescript-eslint/no-unused-vars, @typescript-eslint/no-explicit-any -- declared as axios declares them
  export interface AxiosRequestConfig<D = any, P = any> {
    /**
     * How axios-bearer treats this request: `false` sends it without a token and without replay.
     *
     * @defaultValue a token is attached, and a 401 is replayed once
     */
    bearer?: false | BearerRequestOptions;
  }
}

/** The parameters of the token that the request asks for. */
export function paramsOf({ bearer }: InternalAxiosRequestConfig): TokenParams | undefined {
  return bearer ? bearer.params : undefined;
}

/** Whether the request may be sent a second time, as far as its caller says. */
export function mayReplay({ bearer }: InternalAxiosRequestConfig): boolean {
  return !(bearer && bearer.replay === false);
}
