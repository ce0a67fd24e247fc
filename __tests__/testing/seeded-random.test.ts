import { describe, expect, it } from '@jest/globals';
import { createSeededRandom } from '../../src/testing/index.js';

function take(count: number, random: () => number): number[] {
  return Array.from({ length: count }, () => random());
}

describe('a seeded random', () => {
  it('gives the same numbers for the same seed', () => {
    expect(take(20, createSeededRandom(7))).toEqual(take(20, createSeededRandom(7)));
  });

  it('gives other numbers for another seed', () => {
    expect(take(20, createSeededRandom(7))).not.toEqual(take(20, createSeededRandom(8)));
  });

  it('stays in [0, 1) and spreads evenly', () => {
    const numbers = take(10_000, createSeededRandom(1));
    const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
    expect(mean).toBeCloseTo(0.5, 1);
  });
});
