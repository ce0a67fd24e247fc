import { describe, expect, test } from '@jest/globals';

import {
  compare,
  flightBegun,
  flightEnded,
  forgotten,
  hinted,
  lookingSoon,
  mintedHere,
  nothingKnown,
  rejectedHere,
  withFence,
  type Knowledge,
} from '../../src/sharing/knowledge.js';
import type { HeldHere } from '../../src/sharing/refresh.js';
import { aToken } from '../store/slots.js';

const moment = { monoMs: 10_000, random: 0.5, pausedForMs: 0 };
const known = withFence(nothingKnown, 5, moment);
const unshared = withFence(nothingKnown, undefined, moment);
const held: HeldHere = { value: 'mine', scope: undefined, rejected: false, remainingMs: 60_000 };
const found = (value: string, changes = {}) => ({
  token: aToken(value),
  remainingMs: 30_000,
  fence: 6,
  ...changes,
});

describe('of the stored token and the one in hand,', () => {
  test.each<
    [string, Knowledge, ReturnType<typeof found> | undefined, HeldHere | undefined, string]
  >([
    ['one and the same is kept', known, found('mine'), held, 'same'],
    ['a higher fence is newer', known, found('other'), held, 'newer'],
    ['the same fence is not', known, found('other', { fence: 5 }), held, 'nothing-new'],
    [
      'nothing is to be shared before anything was minted',
      nothingKnown,
      undefined,
      held,
      'nothing-new',
    ],
    ['a lower fence is not', known, found('other', { fence: 4 }), held, 'nothing-new'],
    [
      'a longer life is newer, since the counter may be lost',
      known,
      found('other', { fence: 1, remainingMs: 60_001 }),
      held,
      'newer',
    ],
    [
      'a longer life than an unknown one cannot be told',
      known,
      found('other', { fence: 1, remainingMs: 9e9 }),
      { ...held, remainingMs: undefined },
      'nothing-new',
    ],
    ['any is newer than none', known, found('other', { fence: 1 }), undefined, 'newer'],
    [
      'any is newer than one that drew a 401',
      known,
      found('other', { fence: 1 }),
      { ...held, rejected: true },
      'newer',
    ],
    [
      'one that drew a 401 here is never newer',
      rejectedHere(known, 'other'),
      found('other'),
      held,
      'nothing-new',
    ],
    [
      'one that was minted without the store is to be shared',
      unshared,
      undefined,
      held,
      'unshared',
    ],
    [
      'it is too, over one that lives less long, whatever the fence',
      unshared,
      found('other', { fence: 9 }),
      held,
      'unshared',
    ],
    [
      'it is not once it drew a 401',
      unshared,
      undefined,
      { ...held, rejected: true },
      'nothing-new',
    ],
    ['nothing is nothing new', known, undefined, held, 'nothing-new'],
  ])('%s', (_, state, stored, inHand, kind) => {
    expect(compare(state, stored, inHand).kind).toBe(kind);
  });

  test('the one to be shared goes over another only if it found one there', () => {
    expect(compare(unshared, undefined, held)).toMatchObject({ onlyIfAbsent: true });
    expect(compare(unshared, found('other'), held)).toMatchObject({ onlyIfAbsent: false });
  });
});

test('the store is read each minute, and soon if it lacks the current token, but not before it may be asked', () => {
  expect(known.lookAt).toBe(70_000);
  expect(unshared.lookAt).toBe(11_000);
  expect(lookingSoon(known, { ...moment, pausedForMs: 8_000 }).lookAt).toBe(20_000);
  expect(forgotten(known)).toMatchObject({ lookAt: Infinity, fence: 0, isStored: true });
});

describe('a hint of a higher fence', () => {
  test('is news, unless nothing was asked of the store yet', () => {
    expect(hinted(known, 6).isNews).toBe(true);
    expect(hinted(known, 5).isNews).toBe(false);
    expect(hinted(nothingKnown, 6).isNews).toBe(false);
  });

  test('waits for the end of the flight under way, and is looked up then unless that has brought the token', () => {
    const { isNews, ...flying } = hinted(flightBegun(known), 6);
    expect(isNews).toBe(false);
    expect(flightEnded(flying, moment)).toMatchObject({ lookAt: 10_000, heard: undefined });
    expect(flightEnded(withFence(flying, 6, moment), moment).lookAt).toBe(70_000);
  });
});

test('the last ten rejected tokens are remembered, except one that is issued again', () => {
  const values = Array.from({ length: 12 }, (_, index) => `T${index}`);
  const { rejected } = values.reduce(rejectedHere, known);
  expect(rejected).toEqual(values.slice(2));
  expect(rejectedHere({ ...known, rejected }, 'T5').rejected).toEqual(rejected);
  expect(mintedHere({ ...known, rejected: ['T1', 'T2'] }, 'T1', 'T3').rejected).toEqual([
    'T2',
    'T3',
  ]);
});
