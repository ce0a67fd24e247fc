import { backOffMs, jittered } from '../token/back-off.js';

/**
 * Spaces the mints that one process makes without the store, at a provider where each new token kills the last one: one at
 * a time, and ever more seldom until the store answers again. Times are monotonic milliseconds.
 */
export class SoloMints {
  readonly #longestMintMs: number;
  #inARow = 0;
  #nextAt = -Infinity;
  #running: { readonly until: number } | undefined;

  /** @param longestMintMs - a mint that has not ended by then never ends: it went with the request that had started it */
  constructor(longestMintMs: number) {
    this.#longestMintMs = longestMintMs;
  }

  /** How long until the next one may begin. */
  inMs(now: number): number {
    return Math.max(0, (this.#running?.until ?? this.#nextAt) - now);
  }

  async run<T>(mint: () => Promise<T>, clock: { monotonic(): number }, random: number): Promise<T> {
    const running = { until: clock.monotonic() + this.#longestMintMs };
    this.#running = running;
    try {
      return await mint();
    } finally {
      if (this.#running === running) {
        this.#running = undefined;
        this.#nextAt = clock.monotonic() + jittered(backOffMs(BETWEEN, this.#inARow), random);
        this.#inARow += 1;
      }
    }
  }

  /** The store answers again. */
  storeIsBack(): void {
    this.#inARow = 0;
    this.#nextAt = -Infinity;
  }
}

const BETWEEN = { firstMs: 2_000, longestMs: 60_000 };
