import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { StoreOutcome } from '../../src/sharing/guarded-store.js';
import type { BeginAnswer } from '../../src/sharing/token-store.js';
import { nextStep, pollPauseMs, type SharedSituation } from '../../src/sharing/shared-step.js';

const situation: SharedSituation = {
  waitedMs: 0,
  waitLimitMs: 17_000,
  polls: 0,
  singleActiveToken: false,
  isUseless: false,
  handServes: false,
  storeAwayMs: 0,
  storePausedMs: 0,
  mintAloneInMs: 0,
  random: 0.5,
};
const done = (value: unknown) => ({ kind: 'done', value }) as unknown as StoreOutcome<BeginAnswer>;
const skipped = { kind: 'skipped' } as const;
const failed = { kind: 'failed', late: new Promise<never>(() => undefined) } as const;

describe('what to do after an answer of the store', () => {
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
    ['store left alone', skipped, {}, 'mint-alone'],
  ])('%s', (_, outcome, changes, kind) => {
    expect(nextStep(outcome, { ...situation, ...changes }).kind).toBe(kind);
  });

  test.each([
    ['waits at first', { storeAwayMs: 9_999 }, 'wait'],
    ['mints after 10 s', { storeAwayMs: 10_000 }, 'mint-alone'],
    [
      'waits while it mints another, or has just done so',
      { storeAwayMs: 60_000, mintAloneInMs: 1 },
      'wait',
    ],
    [
      'mints nothing while the token in hand serves',
      { storeAwayMs: 60_000, handServes: true },
      'wait',
    ],
    ['gives up in the end', { storeAwayMs: 20_000, mintAloneInMs: 1, waitedMs: 17_000 }, 'give-up'],
  ])('with one active token and a store that is away a flight %s', (_, changes, kind) => {
    for (const outcome of [failed, skipped]) {
      const step = nextStep(outcome, { ...situation, singleActiveToken: true, ...changes });
      expect(step.kind).toBe(kind);
      if (step.kind === 'wait') expect(step.for).toBe('store');
    }
  });

  test('if the store offers a rejected token and cannot be written to, mints for one active token are spaced too', () => {
    const useless = { ...situation, isUseless: true, singleActiveToken: true };
    const answer = done({ kind: 'token' });
    expect(nextStep(answer, useless).kind).toBe('mint-alone');
    expect(nextStep(answer, { ...useless, mintAloneInMs: 1 }).kind).toBe('wait');
  });
});

test('a waiting flight asks again right after the end of a lease that is not renewed', () => {
  const held = (remainingMs: number, polls: number) => {
    const step = nextStep(done({ kind: 'held', remainingMs }), { ...situation, polls });
    return step.kind === 'wait' ? step.pauseMs : undefined;
  };
  expect(held(3_000, 9)).toBe(500);
  expect(held(120, 9)).toBe(145);
});

test('a flight that leaves the work to another process looks again after 2 s, or at the end of a shorter lease', () => {
  const held = (remainingMs: number) => nextStep(done({ kind: 'held', remainingMs }), situation);
  expect(held(3_000)).toMatchObject({ lookAgainInMs: 2_000 });
  expect(held(700)).toMatchObject({ lookAgainInMs: 700 });
});

test('the store is probed no sooner than it may be asked, and about once a second', () => {
  const away = { ...situation, singleActiveToken: true, storeAwayMs: 4_000 };
  const step = (changes: object) => nextStep(skipped, { ...away, ...changes });
  expect(step({ storePausedMs: 800 })).toMatchObject({ pauseMs: 800, lookAgainInMs: 1_000 });
  expect(step({ storePausedMs: 0 })).toMatchObject({ pauseMs: 50 });
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
