import type { Instant } from '../instant.js';
import type { LifecyclePolicy } from './policy.js';

/**
 * How many more mints 401s may force. Each mint takes one from the budget. It is returned when the replay of its 401 is accepted,
 * or after a while. This uses the monotonic clock, since setting the wall clock ahead would fill the budget.
 */
export interface ForcedMints {
  /** When the budget will be full again: each mint taken moves this by `refillMs`. */
  readonly fullAt: number;
  /** The mints of the last minute, oldest first. Their number is limited even if every replay is accepted. */
  readonly recent: readonly ForcedMint[];
  /** Whether a 401 has been passed on since the budget was last available. */
  readonly isFelt: boolean;
}

interface ForcedMint {
  /** The flight that it started. */
  readonly flightId: number;
  readonly takenAt: number;
  /** When its token arrived. */
  readonly mintedAt?: number;
  readonly isGivenBack?: true;
}

export const noForcedMints: ForcedMints = { fullAt: -Infinity, recent: [], isFelt: false };

/** Milliseconds until a 401 may force a mint; 0 if it may now. */
export function forcedMintInMs(
  { fullAt, recent }: ForcedMints,
  { monoMs }: Instant,
  { forcedMints: { budget, refillMs, mostInWindow, windowMs } }: LifecyclePolicy,
): number {
  const budgetAt = fullAt - (budget - 1) * refillMs;
  const windowAt = countedFrom(recent.at(-mostInWindow)) + windowMs;
  return Math.max(0, budgetAt - monoMs, windowAt - monoMs);
}

export function takeForcedMint(
  { fullAt, recent }: ForcedMints,
  { monoMs }: Instant,
  flightId: number,
  { forcedMints: { refillMs, windowMs } }: LifecyclePolicy,
): ForcedMints {
  const stillCounting = recent.filter((mint) => countedFrom(mint) + windowMs > monoMs);
  return {
    fullAt: Math.max(fullAt, monoMs) + refillMs,
    recent: [...stillCounting, { flightId, takenAt: monoMs }],
    isFelt: false,
  };
}

/** Returns a mint because its replay was accepted. It still counts among the mints of the last minute. */
export function giveBackForcedMint(
  forced: ForcedMints,
  { monoMs }: Instant,
  flightId: number,
  { forcedMints: { refillMs } }: LifecyclePolicy,
): ForcedMints {
  const { fullAt, recent } = forced;
  const index = recent.findIndex((mint) => mint.flightId === flightId);
  const mint = recent[index];
  if (mint === undefined || mint.isGivenBack === true || mint.takenAt + refillMs <= monoMs)
    return forced;
  return {
    fullAt: fullAt - refillMs,
    recent: recent.with(index, { ...mint, isGivenBack: true }),
    isFelt: false,
  };
}

/** Undoes the pending mint, because none was made: a token was adopted, or none could be fetched. */
export function cancelForcedMint(
  forced: ForcedMints,
  { forcedMints: { refillMs } }: LifecyclePolicy,
): ForcedMints {
  if (pendingOf(forced) === undefined) return forced;
  return { fullAt: forced.fullAt - refillMs, recent: forced.recent.slice(0, -1), isFelt: false };
}

export function landForcedMint(forced: ForcedMints, { monoMs }: Instant): ForcedMints {
  const pending = pendingOf(forced);
  if (pending === undefined) return forced;
  return { ...forced, recent: forced.recent.with(-1, { ...pending, mintedAt: monoMs }) };
}

/** Spends the whole budget, because the endpoint returned the rejected token again. */
export function spendForcedMints(
  forced: ForcedMints,
  now: Instant,
  { forcedMints: { budget, refillMs } }: LifecyclePolicy,
): ForcedMints {
  return { ...landForcedMint(forced, now), fullAt: now.monoMs + budget * refillMs };
}

/** Whether the budget is the same as a new one. */
export function isFullBudget(
  { fullAt, recent }: ForcedMints,
  { monoMs }: Instant,
  { forcedMints: { windowMs } }: LifecyclePolicy,
): boolean {
  return fullAt <= monoMs && countedFrom(recent.at(-1)) + windowMs <= monoMs;
}

/** The mint without a token so far, which is always the latest. */
function pendingOf({ recent }: ForcedMints): ForcedMint | undefined {
  const latest = recent.at(-1);
  return latest?.mintedAt === undefined ? latest : undefined;
}

function countedFrom(mint: ForcedMint | undefined): number {
  return mint?.mintedAt ?? mint?.takenAt ?? -Infinity;
}
