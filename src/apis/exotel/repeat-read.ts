import { isAxiosError, isCancel } from 'axios';
import { repeat, type RepeatLimits } from '../repeat.js';
import { isExotelApiError } from './exotel-error.js';

/** Sends a read again after a 429, a 5xx or a broken connection. Only for requests that change nothing. @internal */
export function repeatRead<Answer>(
  read: () => Promise<Answer>,
  limits: RepeatLimits,
): Promise<Answer> {
  return repeat(read, limits, mayPass);
}

function mayPass(error: unknown): boolean {
  if (isExotelApiError(error)) return error.status === 429 || error.status >= 500;
  return isAxiosError(error) && !isCancel(error);
}
