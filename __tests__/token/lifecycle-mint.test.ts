import { describe, expect, it } from '@jest/globals';

import { AccessToken } from '../../src/token/access-token.js';
import { phaseOf } from '../../src/token/lifecycle.js';
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

describe('a token that arrives', () => {
  it('behaviour 9: has its life counted from before the call was sent', () => {
    const life = new Life();

    life.obtains('T1', { lifetimeMs: 100 * SECOND, tookMs: 5 * SECOND });

    expect(life.held.expiresAt).toEqual(afterStart(100 * SECOND));
    expect(life.held.mandatoryAt).toEqual(afterStart(95 * SECOND));
  });

  it('without a call of ours gets the windows of any other', () => {
    const life = new Life();
    life.request();
    life.happens({
      kind: 'minted',
      flightId: 1,
      token: new AccessToken({ value: 'T1' }),
      sentAt: afterStart(0),
      lifetimeMs: HOUR,
      tookMs: undefined,
      random: 0.5,
    });

    expect(life.held.earlyMs).toBe(6 * MINUTE);
    expect(life.state.recentMintsMs).toEqual([]);
  });

  it('takes the place of the one in hand even if it lives no longer', () => {
    const life = holding();
    life.now = moment.early;
    life.request();
    life.brings('T2', { lifetimeMs: 90 * SECOND });

    expect(life.held.token.value).toBe('T2');
    expect(life.held.expiresAt).toEqual(afterStart(1_010 * SECOND));
  });

  it('is ignored if another flight has begun since', () => {
    const life = new Life();
    life.request();
    life.happens({ kind: 'cleared' });
    const before = life.state;

    expect(life.happens({ ...arrival(), flightId: 1 })).toEqual({ kind: 'superseded' });
    expect(life.state).toBe(before);
  });

  it('is ignored if it belongs to the flight before the one under way', () => {
    const life = new Life();
    life.request();
    life.happens({ kind: 'cleared' });
    life.request();

    expect(life.happens({ ...arrival(), flightId: 1 })).toEqual({ kind: 'superseded' });
    expect(life.state.slot.kind).toBe('empty');
    expect(life.flightId).toBe(2);
  });

  it('behaviour 23: ends every back-off, and all its deadlines are its own', () => {
    const life = holding();
    life.now = moment.early;
    life.request();
    life.fails('transient');
    life.pass(life.coolDownMs).request();
    life.fails('transient');
    life.pass(life.coolDownMs);
    const minted = life.now;
    life.obtains('T2', { lifetimeMs: 2_000 * SECOND });

    expect(life.coolDownMs).toBe(0);
    expect(life.notices.at(-1)).toEqual({ kind: 'coolDownEnded' });
    expect(life.held.expiresAt?.monoMs).toBe(minted.monoMs + 2_000 * SECOND);
    life.pass(1_900 * SECOND).request();
    life.fails('transient');
    expect(life.notices.at(-1)).toMatchObject({ kind: 'coolDownStarted', delayMs: 5 * SECOND });
  });
});

describe('the early window', () => {
  it('never begins after the last moments do', () => {
    const life = new Life({ earlyWindowMs: 60 * SECOND });
    life.obtains('T1', { lifetimeMs: 1_000 * SECOND, random: 0.999 });

    expect(life.held.refreshAt).toEqual(life.held.mandatoryAt);
  });

  it('is four times as long as the slowest of the last five mints', () => {
    const life = new Life();
    for (const tookMs of [100, 400, 100, 100, 100]) {
      life.obtains('T', { lifetimeMs: 4 * SECOND, tookMs });
      life.pass(4 * SECOND);
    }
    expect(life.held.earlyMs).toBe(1_600);

    for (const tookMs of [100, 100, 100]) {
      life.obtains('T', { lifetimeMs: 4 * SECOND, tookMs });
      life.pass(4 * SECOND);
    }
    expect(life.held.earlyMs).toBe(400);
    expect(life.state.recentMintsMs).toHaveLength(5);
  });

  it('is no longer than the last moments where a new token kills the last one', () => {
    const life = new Life({ singleActiveToken: true });
    life.obtains('T1', { lifetimeMs: HOUR, random: 0 });
    const { refreshAt, mandatoryAt } = life.held;

    expect(refreshAt).toEqual(mandatoryAt);
    expect(phaseOf(life.held, afterStart(59 * MINUTE - 1))).toBe('fresh');
    expect(phaseOf(life.held, afterStart(59 * MINUTE))).toBe('last');
  });
});

describe('behaviour 11: a token of unknown life', () => {
  it('is renewed in the background every 15 minutes, less the jitter', () => {
    const life = new Life();
    life.obtains('T1', { lifetimeMs: undefined, random: 0 });

    life.at(15 * MINUTE - 1);
    expect(inWords(life.request())).toBe('serve T1');
    life.at(15 * MINUTE);
    expect(inWords(life.request())).toBe('serve T1, refresh (revalidate)');
    life.brings('T2', { lifetimeMs: undefined, random: 0.999 });
    expect(life.held.refreshAt.monoMs - life.now.monoMs).toBeCloseTo(15 * MINUTE - 44_955, 3);
  });

  it('backs off by a quarter of a tenth of its interval at most', () => {
    const life = new Life();
    life.state = stateWith({ slot: undatedToken() });
    life.at(HOUR);
    const delays = Array.from({ length: 5 }, () => {
      life.request();
      life.fails('transient');
      const delay = life.coolDownMs;
      life.pass(delay);
      return delay;
    });

    expect(delays).toEqual([5_000, 10_000, 20_000, 22_500, 22_500]);
  });
});

describe('the same token returned again', () => {
  const again = (life: Life, restSeconds: number) =>
    life.brings('T1', { lifetimeMs: restSeconds * SECOND });

  it('behaviour 30: clears the doubt in it and spends all forced mints, if it was suspect', () => {
    const life = holding();
    life.now = moment.fresh;
    life.reject('T1');
    life.request('T1');
    again(life, 990);

    expect(life.held.suspect).toBe(false);
    expect(life.forcedMintsLeft).toBe(0);
    expect(life.forcedMintInMs).toBe(MINUTE);
    expect(inWords(life.request())).toBe('serve T1');
    expect(inWords(life.request('T1'))).toBe('fail (same-token)');
    expect(life.reject('T1')).toEqual({ kind: 'pass', because: 'forced-mints-spent' });
  });

  it('spends none if no 401 doubted it', () => {
    const life = holding();
    life.now = moment.early;
    life.request();
    again(life, 80);

    expect(life.forcedMintsLeft).toBe(6);
  });

  it('keeps its windows, which must not shrink with what is left of its life', () => {
    const life = holding();
    life.now = moment.early;
    life.request();
    again(life, 80);

    expect(life.held).toMatchObject({
      refreshAt: heldToken().refreshAt,
      expiresAt: heldToken().expiresAt,
      earlyMs: heldToken().earlyMs,
    });
  });

  it('is not asked for again at every request: a quarter of the early window is left in peace', () => {
    const life = holding();
    life.now = moment.early;
    life.request();
    again(life, 80);

    life.pass(25 * SECOND - 1);
    expect(inWords(life.request())).toBe('serve T1');
    expect(life.state.flight).toBeUndefined();
    life.pass(1);
    expect(inWords(life.request())).toBe('serve T1, refresh (early)');
  });

  it('is served without waiting in its last moments too, while it is left in peace', () => {
    const life = holding();
    life.now = moment.last;
    life.request();
    again(life, 30);

    expect(inWords(life.request())).toBe('serve T1');
    life.at(1_000 * SECOND);
    expect(inWords(life.request())).toBe('wait (expired)');
  });

  it('counts as renewed if its life has grown by more than the early window', () => {
    const life = holding();
    life.now = moment.early;
    life.request();
    again(life, 1_000);

    expect(life.held.expiresAt).toEqual(afterStart(1_920 * SECOND));
    expect(life.held.unchangedUntil).toBeUndefined();
  });

  it('counts as the same old one if its life has grown by just that', () => {
    const life = holding();
    life.now = moment.early;
    life.request();
    again(life, 180);

    expect(life.held.expiresAt).toEqual(heldToken().expiresAt);
    expect(life.held.unchangedUntil).toBeDefined();
  });

  it('counts as renewed if it had expired', () => {
    const life = holding();
    life.now = moment.expired;
    life.request();
    again(life, 50);

    expect(life.held.expiresAt).toEqual(afterStart(1_050 * SECOND));
  });

  it.each([
    ['of unknown life before', undatedToken(), 50 * SECOND],
    ['of unknown life now', heldToken(), undefined],
  ])('counts as renewed if it is %s', (_, slot, lifetimeMs) => {
    const life = new Life();
    life.state = stateWith({ slot });
    life.now = moment.early;
    life.obtains('T1', { lifetimeMs });

    expect(life.held.expiresAt !== undefined).toBe(lifetimeMs !== undefined);
    expect(life.held.unchangedUntil).toBeUndefined();
  });

  it('rests for a minute at most', () => {
    const life = holding({ earlyMs: 900 * SECOND });
    life.now = moment.early;
    life.request();
    again(life, 80);

    expect(life.held.unchangedUntil?.monoMs).toBe(life.now.monoMs + MINUTE);
  });
});

describe('a token of unknown life', () => {
  it('is under no suspicion when it comes, nor after a 401 on a replay with it', () => {
    const life = new Life();
    life.obtains('T1', { lifetimeMs: undefined });
    life.reject('T1', 'replay');

    expect(life.held.suspect).toBe(false);
  });
});

describe('clear()', () => {
  it('forgets the token, the flight, the gate, the forced mints and what the mints took', () => {
    const life = holding({ suspect: true });
    life.state = stateWith({
      ...life.state,
      flight: { id: 4, reason: 'rejected' },
      nextFlightId: 5,
      endpoint: coolingAt(life.now, 'credentials'),
      forcedMints: { fullAt: moment.last.monoMs, recent: [], isFelt: true },
      recentMintsMs: [400],
    });
    life.happens({ kind: 'cleared' });

    expect(life.state).toEqual({
      ...stateWith(),
      slot: { kind: 'empty', isCleared: true },
      nextFlightId: 5,
    });
    expect(inWords(life.request())).toBe('wait (cleared)');
  });

  it('keeps the count of token calls, for the provider does not forget them', () => {
    const life = new Life({ tokenBudget: { calls: 1, windowMs: MINUTE } });
    life.happens({ kind: 'token-call' });
    life.happens({ kind: 'cleared' });

    expect(inWords(life.request())).toBe('fail (budget-spent)');
  });

  it('behaviour 38: ends a cool-down and says so', () => {
    const life = new Life();
    life.request();
    life.fails('credentials');
    life.happens({ kind: 'cleared' });

    expect(life.notices.map(({ kind }) => kind)).toEqual(['coolDownStarted', 'coolDownEnded']);
    expect(inWords(life.request())).toBe('wait (cleared)');
  });

  it('reports nothing if nothing cooled down', () => {
    const life = holding();
    life.happens({ kind: 'cleared' });

    expect(life.notices).toEqual([]);
  });
});

function arrival() {
  return {
    kind: 'minted',
    token: heldToken().token,
    sentAt: afterStart(0),
    lifetimeMs: HOUR,
    tookMs: 100,
    random: 0,
  } as const;
}
