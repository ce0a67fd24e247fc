/**
 * Time as the library sees it. Everything that waits, expires or measures goes through one of these,
 * so a test can hold the time in its hand.
 */
export interface Clock {
  /** Wall-clock time in epoch milliseconds. It may jump. */
  now(): number;
  /** Monotonic milliseconds from an arbitrary origin. It never goes back, but may stand still while the host sleeps. */
  monotonic(): number;
  /**
   * Calls `callback` once after `delayMs` milliseconds and returns a function that cancels it.
   *
   * With `keepAlive: false` (the default) the pending timer does not keep a Node process alive.
   */
  schedule(callback: () => void, delayMs: number, options?: { keepAlive?: boolean }): () => void;
}

/** The longest delay that `setTimeout` keeps; a longer one fires at once. */
const LONGEST_TIMEOUT_MS = 2_147_483_647;

/** The real clock: `Date.now`, `performance.now` and `setTimeout`. */
export const systemClock: Clock = Object.freeze({
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule(callback: () => void, delayMs: number, options?: { keepAlive?: boolean }) {
    const timer: unknown = setTimeout(callback, Math.min(delayMs, LONGEST_TIMEOUT_MS));
    if (options?.keepAlive !== true) unref(timer);
    return () => clearTimeout(timer as ReturnType<typeof setTimeout>);
  },
});

/** Browsers return a number from `setTimeout`; Node returns an object that can be detached from the event loop. */
function unref(timer: unknown): void {
  if (typeof timer === 'object' && timer !== null && 'unref' in timer) {
    (timer as { unref(): void }).unref();
  }
}
