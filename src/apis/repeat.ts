import { ApiAnswerError } from './api-answer-error.js';
import type { ApiRequestOptions } from './request-options.js';

const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;

/** How often something is sent again, and what ends the waits. */
export interface RepeatLimits {
  /** @defaultValue 0 */
  retries?: number | undefined;
  signal?: ApiRequestOptions['signal'] | undefined;
}

/** Sends again after a failure that may pass, and rethrows any other, or the last. */
export async function repeat<Answer>(
  send: () => Promise<Answer>,
  { retries = 0, signal }: RepeatLimits,
  mayPass: (error: unknown) => boolean,
): Promise<Answer> {
  for (let repetitions = 0; ; repetitions += 1) {
    try {
      return await send();
    } catch (error) {
      const pauseMs =
        repetitions < retries && mayPass(error)
          ? retryPauseMs(repetitions, retryAfterOf(error), Math.random())
          : undefined;
      if (pauseMs === undefined) throw error;
      await pause(pauseMs, signal);
    }
  }
}

function retryAfterOf(error: unknown): number | undefined {
  return error instanceof ApiAnswerError ? error.retryAfterMs : undefined;
}

/**
 * How long to wait before a refused request is sent again: as `Retry-After` asks, else a second that doubles each time, give or take
 * a fifth to spread clients. `undefined` if the server asks for more than a minute, which is for the caller to decide.
 *
 * @param repetitions how many times it was already sent again
 * @param random in [0, 1)
 */
export function retryPauseMs(
  repetitions: number,
  retryAfterMs: number | undefined,
  random: number,
): number | undefined {
  if (retryAfterMs !== undefined) return retryAfterMs <= LONGEST_MS ? retryAfterMs : undefined;
  const spread = 0.8 + 0.4 * random;
  return Math.min(Math.round(FIRST_MS * 2 ** repetitions * spread), LONGEST_MS);
}

/** Waits, or stops waiting when the signal aborts: axios then rejects the request with its own error. */
export async function pause(ms: number, signal: ApiRequestOptions['signal']): Promise<void> {
  if (signal?.aborted === true) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener?.('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener?.('abort', done);
  });
}
