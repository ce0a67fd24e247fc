import { describe, expect, test } from '@jest/globals';

import { MisconfigurationError } from '../../src/errors/index.js';
import { ended, warmBench, bench } from './hand-held.js';
import { fleet } from '../sharing/shared-fleet.js';

const MINUTE = 60_000;
const HALF_AN_HOUR = { minRemainingMs: 30 * MINUTE };

describe('a token to pass on should stay valid for a while', () => {
  test('one with less is renewed first, in one call for all who ask; others are served meanwhile', async () => {
    const { source, endpoint, pass, settle } = await warmBench();
    await pass(29 * MINUTE);
    expect(await ended(source.getToken(HALF_AN_HOUR))).toBe('token-1');
    await pass(2 * MINUTE);
    const waiting = [0, 1].map(() => ended(source.getToken(HALF_AN_HOUR)));
    await settle();
    expect(await ended(source.getToken())).toBe('token-1');
    expect(endpoint.calls).toHaveLength(2);
    endpoint.lastCall.issue('token-2');
    expect(await Promise.all(waiting)).toEqual(['token-2', 'token-2']);
  });

  test('if no other token can be fetched, the caller gets the current one', async () => {
    const { source, endpoint, pass } = await warmBench({ maxAttempts: 1 });
    await pass(40 * MINUTE);
    endpoint.onCall = (call) => call.answer(503);
    for (let request = 0; request < 5; request += 1)
      expect(await ended(source.getToken(HALF_AN_HOUR))).toBe('token-1');
    expect(endpoint.calls).toHaveLength(2);
  });

  test('a life longer than the provider’s is no reason to fetch one at each call', async () => {
    const { source, endpoint, pass } = bench();
    endpoint.onCall = (call, count) => call.issue(`token-${count}`);
    for (let second = 0; second < 3_600; second += 10) {
      const { expiresAt } = await source.getToken({ minRemainingMs: 600 * MINUTE });
      expect(expiresAt).toBeDefined();
      await pass(10_000);
    }
    expect(endpoint.calls.length).toBeLessThanOrEqual(11);
  });

  test.each([-1, Infinity, '5'])('is refused if it is no length of time: %p', async (ms) => {
    const { source } = bench();
    const error = await ended(source.getToken({ minRemainingMs: ms as number }));
    expect(error).toBeInstanceOf(MisconfigurationError);
    expect(error).toMatchObject({ option: 'minRemainingMs' });
  });
});

describe('with a shared store', () => {
  test('a short token of another process is not adopted, and the new one serves all', async () => {
    const { members, endpoint, answerAtOnce, pass } = fleet(2);
    answerAtOnce();
    await members[0].token();
    await pass(40 * MINUTE);
    const first = ended(members[1].source.getToken(HALF_AN_HOUR));
    await pass(100);
    expect(await first).toBe('T2');
    const second = ended(members[0].source.getToken(HALF_AN_HOUR));
    await pass(100);
    expect(await second).toBe('T2');
    expect(endpoint.calls).toHaveLength(2);
  });
});
