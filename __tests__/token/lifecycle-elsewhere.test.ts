import { describe, expect, it } from '@jest/globals';

import { AccessToken } from '../../src/token/access-token.js';
import { later } from '../../src/token/instant.js';
import {
  coolingAt,
  heldToken,
  holding,
  HOUR,
  inWords,
  Life,
  MINUTE,
  moment,
  SECOND,
  START,
  stateWith,
  undatedToken,
} from './life.js';

const tokenOf = (value: string, lifetimeMs: number | undefined = HOUR, sentAt = START) => ({
  token: new AccessToken({ value }),
  sentAt,
  lifetimeMs,
});

describe('while another process is refreshing the token', () => {
  const elsewhere = (life: Life, retryInMs = 2 * SECOND, flightId = life.flightId) =>
    life.happens({ kind: 'refreshing-elsewhere', flightId, retryInMs });

  it('the flight stands down where the token in hand does, and the store is looked at again later', () => {
    const life = holding();
    life.now = moment.early;
    life.request();

    expect(elsewhere(life)).toEqual({ kind: 'stand-down' });
    expect(life.state.flight).toBeUndefined();
    expect(inWords(life.request())).toBe('serve T1');
    expect(life.state.flight).toBeUndefined();
    life.pass(2 * SECOND);
    expect(inWords(life.request())).toBe('serve T1, refresh (early)');
  });

  it('looks again no later than when callers would have to wait', () => {
    const life = holding();
    life.now = moment.early;
    life.request();
    elsewhere(life, HOUR);

    expect(life.held.refreshAt).toEqual(heldToken().mandatoryAt);
  });

  it('a token of unknown life has no such moment', () => {
    const life = new Life();
    life.state = stateWith({ slot: undatedToken() });
    life.now = moment.early;
    life.request();
    elsewhere(life, HOUR);

    expect(life.held.refreshAt).toEqual(later(moment.early, HOUR));
  });

  it.each([
    ['there is no token', new Life(), moment.fresh],
    ['the token is suspect', holding({ suspect: true }), moment.fresh],
    ['the token is in its last moments', holding(), moment.last],
    ['the token has expired', holding(), moment.expired],
  ])('callers wait for it where %s', (_, life, now) => {
    life.now = now;
    life.request();
    const before = life.state;

    expect(elsewhere(life)).toEqual({ kind: 'wait' });
    expect(life.state).toBe(before);
  });

  describe('and no process can refresh now', () => {
    const away = (life: Life, retryInMs = 2 * SECOND) =>
      life.happens({
        kind: 'refreshing-elsewhere',
        flightId: life.flightId,
        retryInMs,
        untilExpiry: true,
      });

    it('the token in hand serves through its last moments, and callers wait again from the next look on', () => {
      const life = holding();
      life.now = moment.last;
      life.request();

      expect(away(life)).toEqual({ kind: 'stand-down' });
      expect(life.held.refreshAt).toEqual(later(moment.last, 2 * SECOND));
      expect(life.held.mandatoryAt).toEqual(life.held.refreshAt);
      expect(inWords(life.request())).toBe('serve T1');
      life.pass(2 * SECOND);
      expect(inWords(life.request())).toBe('wait (last)');
    });

    it('looks again no later than at the end of its life, and callers wait once that is over', () => {
      const life = holding();
      life.now = moment.last;
      life.request();
      away(life, HOUR);
      expect(life.held.refreshAt).toEqual(moment.expired);

      const expired = holding();
      expired.now = moment.expired;
      expired.request();
      expect(away(expired)).toEqual({ kind: 'wait' });
    });

    it('a token of unknown life has no last moments, then or later', () => {
      const life = new Life();
      life.state = stateWith({ slot: undatedToken() });
      life.now = moment.early;
      life.request();

      expect(away(life)).toEqual({ kind: 'stand-down' });
      expect(life.held).not.toHaveProperty('mandatoryAt');
    });
  });

  it('callers wait from the very moment on in which the last moments begin', () => {
    const life = holding();
    life.now = heldToken().mandatoryAt!;
    life.request();

    expect(elsewhere(life)).toEqual({ kind: 'wait' });
  });

  it('the token in hand keeps its last moments', () => {
    const life = holding();
    life.now = moment.early;
    life.request();
    elsewhere(life);

    expect(life.held.mandatoryAt).toEqual(heldToken().mandatoryAt);
  });

  it('a flight that was overtaken, by another or by clear(), changes nothing', () => {
    const life = holding();
    life.now = moment.early;
    const before = life.state;
    expect(elsewhere(life, SECOND, 99)).toEqual({ kind: 'wait' });
    expect(life.state).toBe(before);

    life.request();
    const flying = life.state;
    expect(elsewhere(life, SECOND, 99)).toEqual({ kind: 'wait' });
    expect(life.state).toBe(flying);
  });
});

describe('while all processes leave the endpoint alone', () => {
  const coolingElsewhere = (life: Life, more = {}) =>
    life.happens({
      kind: 'cooling-elsewhere',
      flightId: life.flightId,
      failure: 'refused elsewhere',
      cause: 'transient',
      concerns: 'account',
      delayMs: 4 * SECOND,
      failures: 3,
      random: 0,
      ...more,
    });

  it('this one does so too, for as long as is left', () => {
    const life = new Life();
    life.request();

    expect(coolingElsewhere(life)).toEqual({ kind: 'refused' });
    expect(life.notices).toEqual([
      { kind: 'coolDownStarted', cause: 'transient', delayMs: 4 * SECOND },
    ]);
    expect(life.request()).toEqual({
      kind: 'fail',
      because: { kind: 'cooling', cause: 'transient', failure: 'refused elsewhere' },
      retryInMs: 4 * SECOND,
    });
  });

  it('its back-off goes on from their failures', () => {
    const life = new Life();
    life.request();
    coolingElsewhere(life);
    life.pass(4 * SECOND).request();
    life.fails('transient');

    expect(life.coolDownMs).toBe(8 * SECOND);
  });

  it('behaviour 38: rejected credentials are counted wherever they were rejected', () => {
    const life = new Life();
    life.request();
    life.happens({
      kind: 'mint-failed',
      flightId: life.flightId,
      failure: 'invalid_client',
      cause: 'credentials',
      concerns: 'account',
      failuresElsewhere: 3,
      random: 0.5,
    });

    expect(life.coolDownMs).toBe(40 * SECOND);
  });

  it.each(['account', 'request'] as const)(
    'its own failure stays the one that it reports, as it has more detail: rejected credentials of the %s',
    (concerns) => {
      const life = new Life();
      life.request();
      life.fails('credentials', { concerns });
      life.pass(life.coolDownMs).request();
      coolingElsewhere(life, { cause: 'credentials', concerns });

      expect(life.request()).toMatchObject({ because: { failure: 'credentials failure' } });
    },
  );

  it('a token that drew a 401 elsewhere is better than none, and stays under suspicion', () => {
    const life = new Life();
    life.request();
    coolingElsewhere(life, { fallback: tokenOf('T9') });

    expect(inWords(life.request())).toBe('serve T9');
    expect(inWords(life.request('T9'))).toBe('fail (cooling)');
    life.pass(4 * SECOND);
    expect(inWords(life.request())).toBe('wait (rejected)');
  });

  it('such a token takes the place of an expired one, and of no other', () => {
    const expired = holding();
    expired.now = moment.expired;
    expired.request();
    coolingElsewhere(expired, { fallback: tokenOf('T9', HOUR, moment.expired) });
    const early = holding();
    early.now = moment.early;
    early.request();
    coolingElsewhere(early, { fallback: tokenOf('T9') });

    expect(inWords(expired.request())).toBe('serve T9');
    expect(inWords(early.request())).toBe('serve T1');
  });

  it('rejected credentials take the token with them where the option says so', () => {
    const life = holding({}, { onCredentialsRejected: 'drop' });
    life.now = moment.early;
    life.request();
    coolingElsewhere(life, { cause: 'credentials', fallback: tokenOf('T9') });

    expect(life.state.slot).toEqual({ kind: 'empty' });
  });

  it.each([
    ['credentials', 'keep'],
    ['transient', 'drop'],
  ] as const)('a failure by %s leaves the token where the option says %s', (cause, option) => {
    const life = holding({}, { onCredentialsRejected: option });
    life.now = moment.early;
    life.request();
    coolingElsewhere(life, { cause });

    expect(inWords(life.request())).toBe('serve T1');
  });

  it('a flight that was overtaken, by another or by clear(), changes nothing', () => {
    const life = new Life();
    const before = life.state;
    expect(coolingElsewhere(life, { flightId: 99 })).toEqual({ kind: 'superseded' });
    expect(life.state).toBe(before);

    life.request();
    const flying = life.state;
    expect(coolingElsewhere(life, { flightId: 99 })).toEqual({ kind: 'superseded' });
    expect(life.state).toBe(flying);
  });
});

describe('a token that another process has brought', () => {
  const found = (life: Life, value = 'T2', lifetimeMs = 1_000 * SECOND) =>
    life.happens({ kind: 'found', ...tokenOf(value, lifetimeMs, life.now), random: 0 });

  it('is taken up while nobody waits for one here, and ends a cool-down', () => {
    const life = holding();
    life.now = moment.early;
    life.state = stateWith({ ...life.state, endpoint: coolingAt(life.now) });

    expect(found(life)).toEqual({ kind: 'accepted' });
    expect(inWords(life.request())).toBe('serve T2');
    expect(life.notices).toEqual([{ kind: 'coolDownEnded' }]);
    expect(life.held.expiresAt).toEqual(later(moment.early, 1_000 * SECOND));
    expect(life.coolDownMs).toBe(0);
  });

  it('leaves room for a mint of our own at an endpoint that was slow', () => {
    const life = holding();
    life.state = stateWith({ ...life.state, recentMintsMs: [30 * SECOND, SECOND] });
    found(life);

    expect(life.held.earlyMs).toBe(120 * SECOND);
  });

  it('is taken up silently if nothing cooled down', () => {
    const life = holding();
    found(life);

    expect(life.notices).toEqual([]);
  });

  it('leaves it to the flight that is under way', () => {
    const life = holding();
    life.now = moment.early;
    life.request();
    const before = life.state;

    expect(found(life)).toEqual({ kind: 'superseded' });
    expect(life.state).toBe(before);
  });

  it('behaviour 43: replaces a suspect one without a mint, and so nothing is spent', () => {
    const life = holding();
    expect(life.reject('T1')).toMatchObject({ forcedMint: 1 });
    expect(life.forcedMintsLeft).toBe(5);
    life.request('T1');
    life.happens({
      kind: 'minted',
      flightId: life.flightId,
      ...tokenOf('T2', 10 * MINUTE),
      tookMs: undefined,
      random: 0,
    });

    expect(inWords(life.request('T1'))).toBe('serve T2');
    expect(life.held.suspect).toBe(false);
    expect(life.forcedMintsLeft).toBe(6);
    life.happens({ kind: 'replay-accepted', forcedMint: 1 });
    expect(life.forcedMintsLeft).toBe(6);
  });
});
