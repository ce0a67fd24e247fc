import type { Instant } from '../token/instant.js';

/**
 * The library's source of time. All waiting, expiry and measuring uses it, so that a test can control the time.
 */
export interface Clock {
  /** Wall-clock time in epoch milliseconds. It may jump. */
  now(): number;
  /** Monotonic milliseconds from an arbitrary origin. It never goes back, but may stop while the host is suspended. */
  monotonic(): number;
  /**
   * Calls `callback` once after `delayMs` milliseconds and returns a function that cancels it.
   *
   * With `keepAlive: false` (the default) the pending timer does not keep a Node process alive.
   */
  schedule(callback: () => void, delayMs: number, options?: { keepAlive?: boolean }): () => void;
}

/** The present moment on both clocks. */
export function instantOf(clock: Clock): Instant {
  return { wallMs: clock.now(), monoMs: clock.monotonic() };
}

/** The longest delay that `setTimeout` supports; a longer one fires immediately. */
const LONGEST_TIMEOUT_MS = 2_147_483_647;

/** The real clock: `Date.now`, `performance.now` and `setTimeout`. */
export const systemClock: Clock = Object.freeze({
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule(callback: () => void, delayMs: number, options?: { keepAlive?: boolean }) {
    const timer = setTimeout(callback, Math.min(delayMs, LONGEST_TIMEOUT_MS));
    // In Node a timer is an object that can be detached from the event loop; in browsers it is a number.
    if (options?.keepAlive !== true) (timer as { unref?(): void }).unref?.();
    return () => clearTimeout(timer);
  },
});
