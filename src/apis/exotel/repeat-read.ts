import { isAxiosError, isCancel } from 'axios';
import { pause, retryPauseMs } from '../retry-pause.js';
import type { ApiRequestOptions } from '../request-options.js';
import { isExotelApiError } from './exotel-error.js';

/** How many times a read is sent again. @internal */
export interface RepeatLimits {
  retries?: number | undefined;
  signal?: ApiRequestOptions['signal'] | undefined;
}

/**
 * Sends a read again after a 429, a 5xx or a broken connection: after the time in `Retry-After`, else after a second, doubled
 * each time. Only for requests that change nothing.
 * @internal
 */
export async function repeatRead<Answer>(
  read: () => Promise<Answer>,
  { retries = 0, signal }: RepeatLimits,
): Promise<Answer> {
  for (let repetitions = 0; ; repetitions += 1) {
    try {
      return await read();
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

function mayPass(error: unknown): boolean {
  if (isExotelApiError(error)) return error.status === 429 || error.status >= 500;
  return isAxiosError(error) && !isCancel(error);
}

function retryAfterOf(error: unknown): number | undefined {
  return isExotelApiError(error) ? error.retryAfterMs : undefined;
}
