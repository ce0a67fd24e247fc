import { describe, expect, test } from '@jest/globals';

import { inPairs, median, quantile } from '../../bench/statistics.js';

/** Hands out these values, one at each call. */
function from(...values: number[]): () => Promise<number> {
  const left = [...values];
  return () => Promise.resolve(left.shift()!);
}

describe('the statistics of the benchmarks', () => {
  test('the median is the one in the middle, in whatever order they come', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(quantile([4, 3, 2, 1], 0.75)).toBe(4);
  });

  test('a pair is compared with its own half, so that a slow minute of the machine cancels out', async () => {
    const paired = await inPairs(3, from(10, 1000, 20), from(11, 1001, 21));
    expect(paired).toMatchObject({ base: 20, other: 21, added: 1, spread: 0 });
  });

  test('the two sides take turns at going first', async () => {
    const order: string[] = [];
    const side = (name: string) => () => Promise.resolve(order.push(name));
    await inPairs(3, side('base'), side('other'));
    expect(order).toEqual(['base', 'other', 'other', 'base', 'base', 'other']);
  });

  test('when the time is up it ends, but not before three pairs', async () => {
    let pairs = 0;
    const count = () => Promise.resolve((pairs += 1));
    await inPairs(100, count, () => Promise.resolve(0), 0);
    expect(pairs).toBeLessThan(10);
    expect(pairs).toBeGreaterThanOrEqual(3);
  });
});
