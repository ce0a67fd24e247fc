import { describe, expect, it } from '@jest/globals';

import {
  cancelForcedMint,
  giveBackForcedMint,
  isFullBudget,
  landForcedMint,
  noForcedMints,
  spendForcedMints,
  takeForcedMint,
  type ForcedMints,
} from '../../src/token/lifecycle/forced-mints.js';
import { defaultPolicy } from '../../src/token/lifecycle.js';
import { afterStart, MINUTE, SECOND } from './life.js';

/** Some seconds after the start a 401 forces the mint of this flight. */
const taken = (forced: ForcedMints, flightId: number, seconds = 0) =>
  takeForcedMint(forced, afterStart(seconds * SECOND), flightId, defaultPolicy);
const givenBack = (forced: ForcedMints, flightId: number, seconds = 0) =>
  giveBackForcedMint(forced, afterStart(seconds * SECOND), flightId, defaultPolicy);
const flightsOf = ({ recent }: ForcedMints) => recent.map(({ flightId }) => flightId);

it('a budget begins full, with nothing felt', () => {
  expect(noForcedMints).toEqual({ fullAt: -Infinity, recent: [], isFelt: false });
});

describe('a mint that a 401 forces', () => {
  it('counts for a minute from when it was taken', () => {
    const one = taken(noForcedMints, 1);

    expect(flightsOf(taken(one, 2, 59.999))).toEqual([1, 2]);
    expect(flightsOf(taken(one, 2, 60))).toEqual([2]);
  });

  it('counts from when its token came, if that was later', () => {
    const one = landForcedMint(taken(noForcedMints, 1), afterStart(10 * SECOND));

    expect(flightsOf(taken(one, 2, 60))).toEqual([1, 2]);
    expect(flightsOf(taken(one, 2, 70))).toEqual([2]);
  });

  it('means that 401s are healed again', () => {
    expect(taken({ ...noForcedMints, isFelt: true }, 1).isFelt).toBe(false);
  });
});

describe('an accepted replay', () => {
  const one = taken(noForcedMints, 1);

  it('gives its mint back within a minute, and means that 401s are healed again', () => {
    const back = givenBack({ ...one, isFelt: true }, 1, 59.999);

    expect(back.fullAt).toBe(afterStart(0).monoMs);
    expect(back.isFelt).toBe(false);
    expect(back.recent).toEqual([
      { flightId: 1, takenAt: afterStart(0).monoMs, isGivenBack: true },
    ]);
  });

  it.each([
    ['after a minute, when it has come back by itself', one, 1, 60],
    ['for a flight that is not remembered', one, 2, 0],
    ['a second time', givenBack(one, 1), 1, 0],
  ])('gives nothing back %s', (_, forced, flightId, seconds) => {
    expect(givenBack(forced, flightId, seconds)).toBe(forced);
  });
});

describe('a mint that was not needed after all', () => {
  it('is as if it had never been taken', () => {
    const two = taken(taken(noForcedMints, 1), 2);
    const felt = { ...taken(two, 3), isFelt: true };
    const landed = landForcedMint(taken(noForcedMints, 1), afterStart(0));

    expect(cancelForcedMint(felt, defaultPolicy)).toEqual(two);
    expect(cancelForcedMint(taken(landed, 2), defaultPolicy)).toEqual({ ...landed, isFelt: false });
  });

  it('leaves those alone that have brought a token, and an empty budget', () => {
    const landed = landForcedMint(taken(noForcedMints, 1), afterStart(0));

    expect(cancelForcedMint(landed, defaultPolicy)).toBe(landed);
    expect(cancelForcedMint(noForcedMints, defaultPolicy)).toBe(noForcedMints);
  });
});

it('the budget is full once all have come back and none counts any more', () => {
  const isFull = (forced: ForcedMints, ms: number) =>
    isFullBudget(forced, afterStart(ms), defaultPolicy);
  const back = givenBack(taken(noForcedMints, 1), 1);

  expect(isFull(noForcedMints, 0)).toBe(true);
  expect(isFull(back, MINUTE - 1)).toBe(false);
  expect(isFull(back, MINUTE)).toBe(true);
  expect(isFull(taken(noForcedMints, 1), MINUTE - 1)).toBe(false);
  expect(isFull(spendForcedMints(back, afterStart(0), defaultPolicy), MINUTE)).toBe(false);
});
