import type { BackOff } from '../back-off.js';

/** The numbers that the decisions depend on. Durations are in milliseconds. */
export interface LifecyclePolicy {
  readonly earlyWindowMs?: number | undefined;
  readonly mandatoryWindowMs?: number | undefined;
  readonly singleActiveToken: boolean;
  readonly revalidateMs: number;
  readonly maxStaleMs: number;
  readonly onCredentialsRejected: 'keep' | 'drop';
  /** At most this many token calls in a sliding window. */
  readonly tokenBudget?: { readonly calls: number; readonly windowMs: number } | undefined;
  readonly transientWithToken: BackOff;
  readonly transientWithoutToken: BackOff;
  readonly credentials: BackOff;
  readonly longestRetryAfterMs: number;
  readonly forcedMints: {
    /** How many mints 401s may force in a row. */
    readonly budget: number;
    /** The time after which one mint is returned to the budget. */
    readonly refillMs: number;
    /** The maximum in any window, even if every replay is accepted. */
    readonly mostInWindow: number;
    readonly windowMs: number;
  };
}

export const defaultPolicy: LifecyclePolicy = Object.freeze({
  earlyWindowMs: undefined,
  mandatoryWindowMs: undefined,
  tokenBudget: undefined,
  singleActiveToken: false,
  revalidateMs: 15 * 60_000,
  maxStaleMs: 0,
  onCredentialsRejected: 'keep',
  transientWithToken: { firstMs: 5_000, longestMs: 60_000 },
  transientWithoutToken: { firstMs: 1_000, longestMs: 30_000 },
  credentials: { firstMs: 5_000, longestMs: 300_000 },
  longestRetryAfterMs: 3_600_000,
  forcedMints: { budget: 6, refillMs: 60_000, mostInWindow: 30, windowMs: 60_000 },
});
