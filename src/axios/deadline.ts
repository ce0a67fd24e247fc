import {
  AxiosError,
  CanceledError,
  type CancelToken,
  type InternalAxiosRequestConfig,
} from 'axios';

import { isBearerError } from '../errors/index.js';
import type { RequestState } from './request-state.js';

/**
 * What is left of the caller's `timeout`, in milliseconds; `undefined` if there is none.
 *
 * axios counts its time-out from the moment it sends. Here waiting for a token, fetching it and the replay share it.
 */
export function remainingMs(state: RequestState, nowMs: number): number | undefined {
  return state.timeoutMs > 0 ? state.timeoutMs - (nowMs - state.startedAt) : undefined;
}

/** The error that axios itself would have thrown when the caller's time ran out. */
export function timedOut(
  config: InternalAxiosRequestConfig,
  timeoutMs: number,
  cause?: unknown,
): AxiosError {
  const { timeoutErrorMessage, transitional } = config;
  const error = new AxiosError(
    timeoutErrorMessage ?? messageOf(timeoutMs),
    transitional?.clarifyTimeoutError === true ? AxiosError.ETIMEDOUT : AxiosError.ECONNABORTED,
    config,
  );
  Object.defineProperty(error, 'cause', { value: cause, configurable: true, writable: true });
  return error;
}

/**
 * Runs something that the caller may abort, by `signal` or by axios's older cancel token, and listens no longer than
 * that: both may outlive thousands of requests.
 */
export async function withAbortSignal<T>(
  { signal, cancelToken }: InternalAxiosRequestConfig,
  run: (signal: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
  if (cancelToken === undefined && (signal === undefined || signal instanceof AbortSignal))
    return run(signal);
  const controller = new AbortController();
  const abort = () => controller.abort();
  // axios takes whatever looks like an AbortSignal; and its cancel tokens have methods that its types leave out.
  const token = cancelToken as (CancelToken & Subscribable) | undefined;
  signal?.addEventListener?.('abort', abort);
  token?.subscribe(abort);
  if (signal?.aborted === true) abort();
  try {
    return await run(controller.signal);
  } finally {
    signal?.removeEventListener?.('abort', abort);
    token?.unsubscribe(abort);
  }
}

interface Subscribable {
  /** Calls back at once if the token is cancelled already. */
  subscribe(listener: () => void): void;
  unsubscribe(listener: () => void): void;
}

/** A failed wait as the caller of an axios request expects it: cancelled, timed out, or our own typed error. */
export function asAxiosFailure(
  error: unknown,
  config: InternalAxiosRequestConfig,
  state: { readonly timeoutMs: number },
  signal: AbortSignal | undefined,
): unknown {
  if (signal?.aborted === true)
    return config.cancelToken?.reason ?? new CanceledError(undefined, config);
  return isBearerError(error, 'ERR_TOKEN_WAIT_TIMED_OUT')
    ? timedOut(config, state.timeoutMs, error)
    : error;
}

/** Leaves the request only what is left of its time; `restoreTimeout` takes it back. */
export function shortenTimeout(
  config: InternalAxiosRequestConfig,
  leftMs: number | undefined,
): void {
  if (leftMs === undefined) return;
  config.timeoutErrorMessage ??= messageOf(config.timeout);
  config.timeout = Math.max(1, Math.floor(leftMs));
}

/** Gives a config that comes back to the caller the time-out that the caller wrote into it. */
export function restoreTimeout(
  config: InternalAxiosRequestConfig,
  { timeoutMs }: RequestState,
): void {
  if (!(timeoutMs > 0)) return;
  config.timeout = timeoutMs;
  if (config.timeoutErrorMessage === messageOf(timeoutMs)) delete config.timeoutErrorMessage;
}

function messageOf(timeoutMs: number | undefined): string {
  return `timeout of ${timeoutMs ?? 0}ms exceeded`;
}
