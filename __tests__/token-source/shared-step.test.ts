import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { StoreOutcome } from '../../src/store/guarded-store.js';
import type { BeginAnswer } from '../../src/store/token-store.js';
import { nextStep, pollPauseMs, type SharedSituation } from '../../src/token-source/shared-step.js';

const situation: SharedSituation = {
  waitedMs: 0,
  waitLimitMs: 17_000,
  polls: 0,
  singleActiveToken: false,
  isUseless: false,
  random: 0.5,
};
const done = (value: unknown) => ({ kind: 'done', value }) as unknown as StoreOutcome<BeginAnswer>;
const failed = { kind: 'failed', late: new Promise<never>(() => undefined) } as const;

describe('what follows from the answer of the store', () => {
  test.each([
    ['a token', done({ kind: 'token' }), {}, 'adopt'],
    ['a token that drew a 401 here', done({ kind: 'token' }), { isUseless: true }, 'mint-alone'],
    ['a cool-down', done({ kind: 'cooling' }), {}, 'cool'],
    ['the lease', done({ kind: 'lead' }), {}, 'lead'],
    ['the lease is held', done({ kind: 'held' }), {}, 'wait'],
    ['held to the end', done({ kind: 'held' }), { waitedMs: 17_000 }, 'mint-alone'],
    ['held, one active token', done({ kind: 'held' }), { singleActiveToken: true }, 'wait'],
    [
      'held to the end, one active token',
      done({ kind: 'held' }),
      { waitedMs: 17_000, singleActiveToken: true },
      'give-up',
    ],
    ['no answer', failed, {}, 'mint-alone'],
    ['no answer, one active token', failed, { singleActiveToken: true }, 'ask-again'],
    ['store left alone', { kind: 'skipped' } as const, {}, 'mint-alone'],
    [
      'store left alone, one active token',
      { kind: 'skipped' } as const,
      { singleActiveToken: true },
      'mint-alone',
    ],
  ])('%s', (_, outcome, changes, kind) => {
    expect(nextStep(outcome, { ...situation, ...changes }).kind).toBe(kind);
  });
});

test('pauses between polls grow from 50 ms by half, up to 500 ms', () => {
  const pauses = [0, 1, 2, 3, 4, 5, 6, 50].map((polls) => pollPauseMs({ polls, random: 0.5 }));
  expect(pauses.map(Math.round)).toEqual([50, 75, 113, 169, 253, 380, 500, 500]);
});

test('pauses are spread by a quarter either way', () => {
  fc.assert(
    fc.property(
      fc.nat(1_000),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (polls, random) => {
        const middle = pollPauseMs({ polls, random: 0.5 });
        const pause = pollPauseMs({ polls, random });
        return pause >= middle * 0.75 && pause <= middle * 1.25;
      },
    ),
  );
});
