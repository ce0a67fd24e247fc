import { describe, expect, test } from '@jest/globals';
import pMemoize, { pMemoizeClear } from 'p-memoize';

/*
 * What p-memoize 8 does by itself. Here it is given an asynchronous function, no cache and no clearing: the single flight alone.
 */

describe('p-memoize by itself', () => {
  test('without a cache, answers with the first failure for ever once the function has thrown synchronously', async () => {
    let calls = 0;
    const once = pMemoize(
      (): Promise<string> => {
        calls += 1;
        throw new Error('the first time');
      },
      { cache: false },
    );
    await expect(once()).rejects.toThrow('the first time');
    await expect(once()).rejects.toThrow('the first time');
    expect(calls).toBe(1);
  });

  test('puts the value of a call into the cache that was cleared while the call was under way', async () => {
    let calls = 0;
    let answer: (value: string) => void = () => undefined;
    const memoized = pMemoize(() => {
      calls += 1;
      return new Promise<string>((resolve) => (answer = resolve));
    });
    const underWay = memoized();
    await Promise.resolve();
    pMemoizeClear(memoized);
    await Promise.resolve();
    answer('from before the clearing');
    await underWay;
    expect(await memoized()).toBe('from before the clearing');
    expect(calls).toBe(1);
  });
});
