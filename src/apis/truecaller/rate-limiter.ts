import * as v from 'valibot';
import { wholeNumber } from '../input-fields.js';
import { turnsOf } from '../turns.js';
import { validateInput } from '../validate-input.js';

/** The limit that a request counts towards: `calls` (one record in real time) or `batches`. */
export type TruecallerBudget = 'calls' | 'batches';

/**
 * Holds a request back until its budget has room. Limits are per token: write your own if several processes share
 * one.
 */
export interface TruecallerRateLimiter {
  /** Resolves when the request may go out. The wait is not part of axios's `timeout`; the call's `signal` ends it. */
  acquire(budget: TruecallerBudget): Promise<void>;
}

/** Options of {@link createTruecallerRateLimiter}. */
export interface TruecallerRateLimiterOptions {
  /** @defaultValue 100 */
  callsPerSecond?: number | undefined;
  /** One page says 60 a minute, an older one 10 a second. @defaultValue 60 */
  batchesPerMinute?: number | undefined;
}

const limitsSchema = v.strictObject({
  callsPerSecond: v.optional(wholeNumber(1), 100),
  batchesPerMinute: v.optional(wholeNumber(1), 60),
});

/**
 * A limiter for one token in one process. Requests beyond a limit wait for their turn, in order; nothing is refused.
 *
 * @throws ApiInputError if a limit is not a whole number of at least 1.
 * @see https://docs.truecaller.com/truecaller-for-business/verified-business-api-documentation/call-personalisation/call-personalisation-real-time-v2
 * @see https://docs.truecaller.com/truecaller-for-business/verified-business-api-documentation/call-personalisation/call-personalisation-batch-v2
 */
export function createTruecallerRateLimiter(
  options: TruecallerRateLimiterOptions = {},
): TruecallerRateLimiter {
  const { callsPerSecond, batchesPerMinute } = validateInput(limitsSchema, options, {
    api: 'truecaller',
    operation: 'createTruecallerRateLimiter',
  });
  const turns = {
    calls: turnsOf(callsPerSecond, 1_000),
    batches: turnsOf(batchesPerMinute, 60_000),
  };
  return { acquire: (budget) => turns[budget]() };
}
