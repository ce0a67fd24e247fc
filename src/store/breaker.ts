/** Keeps a store that fails again and again out of the way for a while. Time comes in as an argument, in milliseconds. */
export interface Breaker {
  /** Whether the store may be asked now. After a pause one caller is let through as a probe; any number if they are none. */
  allows(now: number, isProbe: boolean): boolean;
  succeeded(): void;
  failed(now: number): void;
  /** How long until the store may be asked again; 0 if it may be now. */
  pausedForMs(now: number): number;
}

/** Failures in a row that open it. */
const THRESHOLD = 3;
/** How long the store is left alone. */
const PAUSE_MS = 10_000;

export function createBreaker(): Breaker {
  let failuresInARow = 0;
  let openUntil: number | undefined;
  let probing = false;

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
      openUntil = undefined;
      probing = false;
    },
    failed(now) {
      failuresInARow += 1;
      probing = false;
      if (failuresInARow >= THRESHOLD) openUntil = now + PAUSE_MS;
    },
    pausedForMs: (now) => (openUntil === undefined ? 0 : Math.max(0, openUntil - now)),
  };
}
