import { AxiosHeaders, type AxiosError, type InternalAxiosRequestConfig } from 'axios';

import type { AccessToken } from '../token/access-token.js';
import type { TokenParams } from '../token/token-params.js';

/** Why a 401 reached the caller without a replay. */
export type ReplayRefusal =
  /** The request said `{ bearer: { replay: false } }`. */
  | 'opted-out'
  /** The body could be read once only, and has been. */
  | 'body-consumed'
  /** The request was sent again already, and rejected again. */
  | 'already-replayed'
  /** 401s force no new token for a while, because the last forced one did not help. */
  | 'rejection-gate-closed'
  /** The token endpoint is left alone for a while, so no other token can be had. */
  | 'endpoint-cooling'
  /** No other token could be fetched: the error's `cause` says why. */
  | 'no-other-token';

/**
 * What we know of one request. It hangs on the config that comes back under a symbol: string keys would show in
 * `error.toJSON()`, and symbols survive axios's merging when a config is sent again.
 */
export class RequestState {
  /** The token that the request carries. */
  token: AccessToken;
  /** The body before axios transformed it. */
  readonly data: unknown;
  readonly params: TokenParams | undefined;
  /** By the monotonic clock; NaN where the request has no time-out to keep. */
  readonly startedAt: number;
  /** The caller's time-out in milliseconds, which waiting, acquisition and replay share. */
  readonly timeoutMs: number;
  refusal: ReplayRefusal | undefined = undefined;
  rejection: AxiosError | undefined = undefined;

  constructor(
    token: AccessToken,
    data: unknown,
    params: TokenParams | undefined,
    startedAt: number,
    timeoutMs: number,
  ) {
    this.token = token;
    this.data = data;
    this.params = params;
    this.startedAt = startedAt;
    this.timeoutMs = timeoutMs;
  }
}

const STATE = Symbol.for('axios-bearer.request');

interface WithState {
  [STATE]?: RequestState | undefined;
}

/** The state of a request that has come back, or was sent before. */
export function stateOf(config: object | null | undefined): RequestState | undefined {
  return (config as WithState | null | undefined)?.[STATE];
}

/** Forgets what is known of an earlier send. */
export function forgetState(config: object): void {
  (config as WithState)[STATE] = undefined;
}

/**
 * Sends the state along with a request. It travels on the headers: axios looks at each property of a config before
 * it sends it, which makes one more there dearer than all the rest that is done here. Headers that axios will
 * replace by its own, because an interceptor left a plain object, would lose it.
 */
export function sendState(config: InternalAxiosRequestConfig, state: RequestState): void {
  const { headers } = config;
  ((headers instanceof AxiosHeaders ? headers : config) as WithState)[STATE] = state;
}

/** The state of a request that comes back; from here on it is found on the config. */
export function receiveState(config: InternalAxiosRequestConfig): RequestState | undefined {
  const state = (config.headers as WithState | undefined)?.[STATE];
  if (state === undefined) return stateOf(config);
  (config as WithState)[STATE] = state;
  return state;
}

/** The parameters of the token that the request asks for. */
export function paramsOf({ bearer }: InternalAxiosRequestConfig): TokenParams | undefined {
  return bearer ? bearer.params : undefined;
}

/**
 * Tells why a 401 was not replayed; `undefined` if it was not up to us, or for anything but such a 401.
 *
 * Takes the error that axios threw, or the response where `validateStatus` accepts a 401.
 */
export function whyNotReplayed(errorOrResponse: unknown): ReplayRefusal | undefined {
  const { config } = (errorOrResponse ?? {}) as { config?: object | null };
  return stateOf(config)?.refusal;
}
