import type { Instant } from '../instant.js';
import type { LifecyclePolicy } from './policy.js';

/**
 * How many mints 401s may yet force. Each takes one; it comes back when the replay that it was for is accepted, and by
 * itself after a while. By the monotonic clock: a wall clock set ahead would fill the budget.
 */
export interface ForcedMints {
  /** When the budget will be full: each one taken moves this by the time in which one comes back by itself. */
  readonly fullAt: number;
  /** Those of the last minute, oldest first. Their number is limited even if every replay is accepted. */
  readonly recent: readonly ForcedMint[];
  /** A 401 has been passed on since one was last to be had. */
  readonly isFelt: boolean;
}

interface ForcedMint {
  /** The flight that it leads to. */
  readonly flightId: number;
  readonly takenAt: number;
  /** When its token came: until then it may have waited for a caller who wants one. */
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

/** Its replay has been accepted, before it came back by itself. It counts on among those of the last minute. */
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

/** Nothing was minted for it after all: a token was adopted, or none was to be had. */
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

/** The endpoint insists on the token that drew the 401: asking again at once would bring nothing else. */
export function spendForcedMints(
  forced: ForcedMints,
  now: Instant,
  { forcedMints: { budget, refillMs } }: LifecyclePolicy,
): ForcedMints {
  return { ...landForcedMint(forced, now), fullAt: now.monoMs + budget * refillMs };
}

/** Whether a fresh start would do as well. */
export function isFullBudget(
  { fullAt, recent }: ForcedMints,
  { monoMs }: Instant,
  { forcedMints: { windowMs } }: LifecyclePolicy,
): boolean {
  return fullAt <= monoMs && countedFrom(recent.at(-1)) + windowMs <= monoMs;
}

/** The one that has brought no token yet: always the latest. */
function pendingOf({ recent }: ForcedMints): ForcedMint | undefined {
  const latest = recent.at(-1);
  return latest?.mintedAt === undefined ? latest : undefined;
}

function countedFrom(mint: ForcedMint | undefined): number {
  return mint?.mintedAt ?? mint?.takenAt ?? -Infinity;
}
