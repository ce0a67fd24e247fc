import {
  AxiosError,
  CanceledError,
  type CancelToken,
  type InternalAxiosRequestConfig,
} from 'axios';

import { quietly, setCause } from '../concealment/any-object.js';
import { isBearerError } from '../errors/index.js';
import type { Sent } from './exchange.js';

type Config = InternalAxiosRequestConfig;

/** The caller's timeout in milliseconds, or 0 for none. Like axios, it accepts a numeric string. */
export function timeoutMsOf(timeout: unknown): number {
  const ms = typeof timeout === 'string' ? Number.parseInt(timeout, 10) : timeout;
  return typeof ms === 'number' && ms > 0 && ms < Infinity ? ms : 0;
}

/**
 * The rest of the caller's `timeout` in milliseconds; `undefined` if there is none.
 *
 * axios counts its timeout from the moment it sends. Here it covers waiting for a token and the replay too.
 */
export function remainingMs(
  { timeoutMs, startedAt }: Pick<Sent, 'timeoutMs' | 'startedAt'>,
  nowMs: number,
): number | undefined {
  return timeoutMs > 0 ? timeoutMs - (nowMs - startedAt) : undefined;
}

/** As adapters need it: a whole number, and never 0, which would mean no timeout. */
export function asTimeout(leftMs: number): number {
  return Math.max(1, Math.floor(leftMs));
}

/** Restores the caller's timeout in a config that comes back. */
export function restoreTimeout(sent: Sent, config: Config): void {
  const { writtenTimeout, usedTimeout } = sent;
  if (config.timeout === usedTimeout) Object.assign(config, { timeout: writtenTimeout });
}

/** Makes a timeout error name the caller's timeout instead of what was left of it. */
export function rewordTimeout({ usedTimeout, timeoutMs }: Sent, error: unknown): void {
  if (!(error instanceof Error) || error.message !== timeoutMessage(usedTimeout)) return;
  const message = timeoutMessage(timeoutMs);
  error.stack &&= error.stack.replace(error.message, message);
  error.message = message;
}

function timeoutMessage(timeout: unknown): string {
  return `timeout of ${String(timeout)}ms exceeded`;
}

/** The error that axios itself would have thrown when the caller's time ran out. */
export function timedOut(config: Config, timeoutMs: number, cause?: unknown): AxiosError {
  const { timeoutErrorMessage, transitional } = config;
  const error = new AxiosError(
    timeoutErrorMessage ?? timeoutMessage(timeoutMs),
    transitional?.clarifyTimeoutError === true ? AxiosError.ETIMEDOUT : AxiosError.ECONNABORTED,
    config,
  );
  setCause(error, cause);
  return error;
}

/**
 * Runs something that the caller may abort with `signal` or axios's older cancel token. The listeners are removed at the end,
 * because both may outlive thousands of requests.
 */
export async function withAbortSignal<T>(
  { signal, cancelToken }: Config,
  run: (signal: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
  if (!cancelToken && (!signal || signal instanceof AbortSignal)) return run(signal || undefined);
  const controller = new AbortController();
  const abort = () => controller.abort();
  // axios accepts anything like an AbortSignal, and its cancel tokens have methods that its types leave out.
  const token = cancelToken as CancelToken & Subscribable;
  // Either may be missing or unusable, since an app's own adapter may never look at it. Then the wait cannot be aborted.
  quietly(() => (signal as AbortSignal).addEventListener('abort', abort));
  quietly(() => token.subscribe(abort));
  if (signal?.aborted === true) abort();
  try {
    return await run(controller.signal);
  } finally {
    quietly(() => (signal as AbortSignal).removeEventListener('abort', abort));
    quietly(() => token.unsubscribe(abort));
  }
}

/** Whether axios will refuse to send a request because its caller has cancelled it. */
export function isCancelled({ signal, cancelToken }: Config): boolean {
  try {
    if (cancelToken) cancelToken.throwIfRequested(); // axios also accepts `false`, for none.
    return Boolean(signal?.aborted);
  } catch {
    return true;
  }
}

interface Subscribable {
  /** Calls back immediately if already cancelled. */
  subscribe(listener: () => void): void;
  unsubscribe(listener: () => void): void;
}

/** Turns the failure of a wait into what a caller of axios expects: a cancellation, a timeout, or our own typed error. */
export function asAxiosFailure(
  error: unknown,
  config: Config,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): unknown {
  if (signal?.aborted === true)
    return config.cancelToken?.reason ?? new CanceledError(undefined, config);
  return isBearerError(error, 'ERR_TOKEN_WAIT_TIMED_OUT')
    ? timedOut(config, timeoutMs, error)
    : error;
}
