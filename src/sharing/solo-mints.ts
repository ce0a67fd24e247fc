import { backOffMs, jittered } from '../token/back-off.js';

/**
 * Spaces the mints that one process makes without the store, at a provider where each new token kills the last one: one at
 * a time, and ever more seldom until the store answers again. Times are monotonic milliseconds.
 */
export class SoloMints {
  #isRunning = false;
  #inARow = 0;
  #nextAt = -Infinity;

  /** How long until the next one may begin. */
  inMs(now: number): number {
    return this.#isRunning ? Infinity : Math.max(0, this.#nextAt - now);
  }

  async run<T>(mint: () => Promise<T>, clock: { monotonic(): number }, random: number): Promise<T> {
    this.#isRunning = true;
    try {
      return await mint();
    } finally {
      this.#isRunning = false;
      this.#nextAt = clock.monotonic() + jittered(backOffMs(BETWEEN, this.#inARow), random);
      this.#inARow += 1;
    }
  }

  /** The store answers again. */
  storeIsBack(): void {
    this.#inARow = 0;
    this.#nextAt = -Infinity;
  }
}

const BETWEEN = { firstMs: 2_000, longestMs: 60_000 };
