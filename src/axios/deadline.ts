import { AxiosError, CanceledError, type InternalAxiosRequestConfig } from 'axios';

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
    timeoutErrorMessage ?? `timeout of ${timeoutMs}ms exceeded`,
    transitional?.clarifyTimeoutError === true ? AxiosError.ETIMEDOUT : AxiosError.ECONNABORTED,
    config,
  );
  Object.defineProperty(error, 'cause', { value: cause, configurable: true, writable: true });
  return error;
}

/** A caller's own signal, and axios's older cancel token, as one. */
export function abortSignalOf(config: InternalAxiosRequestConfig): AbortSignal | undefined {
  const { signal, cancelToken } = config;
  const own = signal instanceof AbortSignal ? signal : undefined;
  if (cancelToken === undefined) return own;
  const controller = new AbortController();
  if (cancelToken.reason !== undefined) controller.abort();
  void cancelToken.promise.then(() => controller.abort());
  return own === undefined ? controller.signal : AbortSignal.any([own, controller.signal]);
}

/** A failed wait as the caller of an axios request expects it: cancelled, timed out, or our own typed error. */
export function asAxiosFailure(
  error: unknown,
  config: InternalAxiosRequestConfig,
  state: { readonly timeoutMs: number },
  signal: AbortSignal | undefined,
): unknown {
  if (signal?.aborted === true) return new CanceledError(undefined, config);
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
  config.timeoutErrorMessage ??= `timeout of ${config.timeout ?? 0}ms exceeded`;
  config.timeout = Math.max(1, Math.floor(leftMs));
}

/** Gives a config that comes back to the caller the time-out that the caller wrote into it. */
export function restoreTimeout(config: InternalAxiosRequestConfig, state: RequestState): void {
  if (config.timeout === state.timeoutMs || !(state.timeoutMs > 0)) return;
  config.timeout = state.timeoutMs;
  if (config.timeoutErrorMessage === `timeout of ${state.timeoutMs}ms exceeded`)
    delete config.timeoutErrorMessage;
}
