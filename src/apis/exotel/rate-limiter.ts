import * as v from 'valibot';
import { wholeNumber } from '../input-fields.js';
import { turnsOf } from '../turns.js';
import { validateInput } from '../validate-input.js';

/**
 * The limit that a call counts towards: `voice` (CCM calls, v3, Voice v1), `users` (users and devices), `campaigns` (campaigns, their
 * lists and contacts), `exoPhones` (the account's numbers), `reads` (other GETs).
 */
export type ExotelBudget = 'voice' | 'users' | 'campaigns' | 'exoPhones' | 'reads';

/**
 * Holds a call back until its budget has room. One limiter may serve several clients of an account; write your own
 * if several processes share the account.
 */
export interface ExotelRateLimiter {
  /** Resolves when the call may go out. The wait is not part of axios's `timeout`; the call's `signal` ends it. */
  acquire(budget: ExotelBudget): Promise<void>;
}

/** Options of {@link createExotelRateLimiter}. */
export interface ExotelRateLimiterOptions {
  /** Calls a minute. @defaultValue 200 */
  voicePerMinute?: number | undefined;
  /** Calls a minute. @defaultValue 50, according to one page only */
  usersPerMinute?: number | undefined;
  /** Calls a minute. @defaultValue 30, according to one page only */
  campaignsPerMinute?: number | undefined;
  /** Calls a minute. @defaultValue 50, according to one page only */
  exoPhonesPerMinute?: number | undefined;
  /** Calls a minute. @defaultValue 300, according to one page only */
  readsPerMinute?: number | undefined;
}

const limitsSchema = v.strictObject({
  voicePerMinute: v.optional(wholeNumber(1), 200),
  usersPerMinute: v.optional(wholeNumber(1), 50),
  campaignsPerMinute: v.optional(wholeNumber(1), 30),
  exoPhonesPerMinute: v.optional(wholeNumber(1), 50),
  readsPerMinute: v.optional(wholeNumber(1), 300),
});

/**
 * A limiter for one account in one process. Calls beyond a limit wait for their turn, in order; nothing is refused.
 *
 * The limit holds for any 60 seconds, not only for clock minutes. Exotel counts per account, so lower it if a second process
 * uses the same account. Contact uploads and presence changes have no documented limit, and pass freely.
 *
 * @throws ApiInputError if a limit is not a whole number of at least 1.
 * @see https://developer.exotel.com/docs/references/error-codes — 200 calls a minute, then 429
 */
export function createExotelRateLimiter(options: ExotelRateLimiterOptions = {}): ExotelRateLimiter {
  const limits = validateInput(limitsSchema, options, {
    api: 'exotel',
    operation: 'createExotelRateLimiter',
  });
  const aMinute = (limit: number) => turnsOf(limit, 60_000);
  const turns = {
    voice: aMinute(limits.voicePerMinute),
    users: aMinute(limits.usersPerMinute),
    campaigns: aMinute(limits.campaignsPerMinute),
    exoPhones: aMinute(limits.exoPhonesPerMinute),
    reads: aMinute(limits.readsPerMinute),
  };
  return { acquire: (budget) => turns[budget]() };
}
