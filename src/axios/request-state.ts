import type { AxiosError, InternalAxiosRequestConfig } from 'axios';

import type { AccessToken } from '../token/access-token.js';
import type { TokenParams } from '../token/token-params.js';
import type { BearerRequestOptions } from './request-options.js';

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
 * What we know of one request while it is under way. It hangs on the request's config under a symbol: string
 * keys would show in `error.toJSON()`, and symbols survive axios's merging when a config is sent again.
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

export function stateOf(config: object | undefined): RequestState | undefined {
  return (config as WithState | undefined)?.[STATE];
}

export function setState(config: object, state: RequestState | undefined): void {
  (config as WithState)[STATE] = state;
}

export function bearerOptions(config: InternalAxiosRequestConfig): BearerRequestOptions {
  return config.bearer === false ? {} : (config.bearer ?? {});
}

/**
 * Tells why a 401 was not replayed; `undefined` if it was not up to us, or for anything but such a 401.
 *
 * Takes the error that axios threw, or the response where `validateStatus` accepts a 401.
 */
export function whyNotReplayed(errorOrResponse: unknown): ReplayRefusal | undefined {
  if (typeof errorOrResponse !== 'object' || errorOrResponse === null) return undefined;
  const { config } = errorOrResponse as { config?: unknown };
  return typeof config === 'object' && config !== null ? stateOf(config)?.refusal : undefined;
}
