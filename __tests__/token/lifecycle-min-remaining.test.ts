import { describe, expect, it } from '@jest/globals';

import { AccessToken } from '../../src/token/access-token.js';
import { later } from '../../src/token/instant.js';
import {
  afterStart,
  coolingAt,
  heldToken,
  holding,
  HOUR,
  inWords,
  Life,
  MINUTE,
  moment,
  SECOND,
  stateWith,
  undatedToken,
} from './life.js';

/** The token in hand lives 990 s more at `moment.fresh`. */
const fresh = (changes = {}) => {
  const life = holding(changes);
  life.now = moment.fresh;
  return life;
};

const wanting = (life: Life, minRemainingMs: number) =>
  life.happens({ kind: 'requested', minRemainingMs });

describe('a caller who wants a token that lives for some time', () => {
  it.each([
    ['as long as that', 990 * SECOND, 'serve T1'],
    ['a moment less', 990 * SECOND + 1, 'wait (last)'],
  ])('is served where the token in hand lives %s', (_, ms, answer) => {
    expect(inWords(wanting(fresh(), ms))).toBe(answer);
  });

  it('waits for a flight that knows what it is for; it disturbs no other caller', () => {
    const life = fresh();
    const answer = wanting(life, HOUR);

    expect(answer).toEqual({ kind: 'wait', flight: life.state.flight });
    expect(life.state.flight).toEqual({ id: 1, reason: 'last', minRemainingMs: HOUR });
    expect(inWords(life.request())).toBe('serve T1');
  });

  it('has no token of unknown life replaced: it may live for ever', () => {
    const life = new Life();
    life.state = stateWith({ slot: undatedToken() });
    life.now = moment.fresh;

    expect(inWords(wanting(life, HOUR))).toBe('serve T1');
  });

  it('gets the token in hand where the endpoint insists on it, or is left alone', () => {
    const insisting = fresh({ unchangedUntil: afterStart(MINUTE) });
    const cooling = fresh();
    cooling.state = stateWith({ slot: heldToken(), endpoint: coolingAt(moment.fresh) });

    expect(inWords(wanting(insisting, HOUR))).toBe('serve T1');
    expect(inWords(wanting(cooling, HOUR))).toBe('serve T1');
  });

  it('starts a flight that knows what it is for where there is no token', () => {
    const life = new Life();
    wanting(life, HOUR);
    expect(life.state.flight).toEqual({ id: 1, reason: 'cold', minRemainingMs: HOUR });
  });

  it('who names no time starts a flight for any token', () => {
    const life = new Life();
    wanting(life, 0);
    expect(life.state.flight).toEqual({ id: 1, reason: 'cold' });
  });
});

describe('a caller who wants a longer life than a token call brings', () => {
  const afterMint = (lifetimeMs: number) => {
    const life = new Life();
    life.obtains('T1', { lifetimeMs });
    return life;
  };

  it('has a new token fetched once a tenth of its life has gone, and not at every request', () => {
    const life = afterMint(1_000 * SECOND);

    life.pass(100 * SECOND);
    expect(inWords(wanting(life, HOUR))).toBe('serve T1');
    life.pass(1);
    expect(inWords(wanting(life, HOUR))).toBe('wait (last)');
    expect(life.state.flight?.minRemainingMs).toBe(900 * SECOND);
  });

  it.each<[string, (life: Life) => void]>([
    [
      'a token that another process minted',
      (life) =>
        life.happens({
          kind: 'minted',
          flightId: life.flightId,
          token: new AccessToken({ value: 'T2' }),
          sentAt: life.now,
          lifetimeMs: MINUTE,
          tookMs: undefined,
          random: 0,
        }),
    ],
    ['a token of unknown life', (life) => life.brings('T2', { lifetimeMs: undefined })],
    ['the same token again', (life) => life.brings('T1', { lifetimeMs: MINUTE })],
  ])('%s does not say how long a life a token call brings', (_, land) => {
    const life = afterMint(1_000 * SECOND);
    life.now = later(life.now, 970 * SECOND);
    life.request();
    land(life);

    expect(life.state.mintedLifeMs).toBe(1_000 * SECOND);
  });
});
