import { backOffMs } from '../token/back-off.js';

/** Pauses calls to a store that keeps failing. Time comes in as an argument, in milliseconds. */
export interface Breaker {
  /** Whether the store may be asked now. After a pause one probing call passes; other calls pass freely. */
  allows(now: number, isProbe: boolean): boolean;
  succeeded(): void;
  failed(now: number): void;
  /** How long until the store may be asked again; 0 if it may be now. */
  pausedForMs(now: number): number;
  /** For how long the store has not answered; 0 if it answered the last call, or has not been asked for a long time. */
  awayForMs(now: number): number;
}

/** Failures in a row that open it. */
const THRESHOLD = 3;
/** How long the store is left alone at first. Each failed probe doubles it. */
const FIRST_PAUSE_MS = 1_000;
/** After so long without a call, a new failure counts as the start of a new outage. */
const SILENCE_MS = 10_000;

/** @param longestPauseMs - how long the store is left alone at most */
export function createBreaker(longestPauseMs: number): Breaker {
  const pauses = { firstMs: FIRST_PAUSE_MS, longestMs: longestPauseMs };
  let failuresInARow = 0;
  let pausesInARow = 0;
  let openUntil: number | undefined;
  let probing = false;
  let away: { readonly since: number; readonly latest: number } | undefined;

  return {
    allows(now, isProbe) {
      if (openUntil === undefined) return true;
      if (now < openUntil) return false;
      if (!isProbe) return true;
      if (probing) return false;
      probing = true;
      return true;
    },
    succeeded() {
      failuresInARow = 0;
      pausesInARow = 0;
      openUntil = undefined;
      probing = false;
      away = undefined;
    },
    failed(now) {
      const known = away !== undefined && now - away.latest <= SILENCE_MS ? away : undefined;
      away = { since: known?.since ?? now, latest: now };
      failuresInARow += 1;
      // The failure of a call from before the pause says nothing new.
      if (failuresInARow < THRESHOLD || (openUntil !== undefined && now < openUntil)) return;
      probing = false;
      openUntil = now + backOffMs(pauses, pausesInARow);
      pausesInARow += 1;
    },
    pausedForMs: (now) => (openUntil === undefined ? 0 : Math.max(0, openUntil - now)),
    awayForMs: (now) =>
      away === undefined || now - away.latest > SILENCE_MS ? 0 : now - away.since,
  };
}
