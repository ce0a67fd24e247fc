import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { backOffMs, jittered } from '../../src/token/back-off.js';

describe('a back-off', () => {
  it('doubles from the first delay up to the longest', () => {
    const backOff = { firstMs: 1_000, longestMs: 30_000 };

    expect([0, 1, 2, 3, 4, 5, 6].map((n) => backOffMs(backOff, n))).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000,
    ]);
  });

  it('never shrinks, never exceeds its bound, and stays finite however often it repeats', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60_000 }),
        fc.integer({ min: 1, max: 3_600_000 }),
        fc.nat(),
        (firstMs, longestMs, repetitions) => {
          const delay = backOffMs({ firstMs, longestMs }, repetitions);
          expect(delay).toBeGreaterThan(0);
          expect(delay).toBeLessThanOrEqual(longestMs);
          expect(backOffMs({ firstMs, longestMs }, repetitions + 1)).toBeGreaterThanOrEqual(delay);
        },
      ),
    );
  });
});

describe('jitter', () => {
  it('moves a delay by a fifth at most, either way', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3_600_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (ms, random) => {
          const moved = jittered(ms, random);
          expect(moved).toBeGreaterThanOrEqual(ms * 0.8 - 1e-6);
          expect(moved).toBeLessThanOrEqual(ms * 1.2 + 1e-6);
        },
      ),
    );
  });

  it('leaves the mean where it was', () => {
    expect(jittered(5_000, 0.5)).toBe(5_000);
  });
});
