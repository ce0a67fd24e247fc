import { describe, expect, it } from '@jest/globals';

import { type CoolDownCause } from '../../src/token/lifecycle.js';
import { afterStart, holding, HOUR, inWords, Life, MINUTE, moment, SECOND } from './life.js';

/** The delays of `times` failures in a row, each flight starting the moment that the gate opens. */
function delaysOf(life: Life, cause: CoolDownCause, times: number, random = 0.5): number[] {
  return Array.from({ length: times }, () => {
    life.request();
    life.fails(cause, { random });
    const delay = life.coolDownMs;
    life.pass(delay);
    return delay;
  });
}

describe('a transient failure', () => {
  it('without a token cools down for 1 s, doubled by each repetition, up to 30 s', () => {
    expect(delaysOf(new Life(), 'transient', 7)).toEqual(
      [1, 2, 4, 8, 16, 30, 30].map((s) => s * SECOND),
    );
  });

  it('with a usable token cools down for 5 s, doubled, up to a quarter of the early window', () => {
    const life = holding({
      earlyMs: 100 * SECOND,
      expiresAt: afterStart(HOUR),
      mandatoryAt: afterStart(HOUR),
    });
    life.now = moment.early;

    expect(delaysOf(life, 'transient', 4)).toEqual([5, 10, 20, 25].map((s) => s * SECOND));
  });

  it('with a usable token cools down for a minute at most', () => {
    const life = holding({
      earlyMs: 900 * SECOND,
      expiresAt: afterStart(HOUR),
      mandatoryAt: afterStart(HOUR),
    });
    life.now = moment.early;

    expect(delaysOf(life, 'transient', 6)).toEqual([5, 10, 20, 40, 60, 60].map((s) => s * SECOND));
  });

  it('with a short-lived token cools down for a quarter of its early window from the start', () => {
    const life = holding({ earlyMs: 6 * SECOND });
    life.now = moment.early;

    expect(delaysOf(life, 'transient', 2)).toEqual([1_500, 1_500]);
  });

  it('with an expired token counts as one without', () => {
    const life = holding();
    life.now = moment.expired;

    expect(delaysOf(life, 'transient', 2)).toEqual([SECOND, 2 * SECOND]);
  });

  it.each([
    [0, 800],
    [0.999_999, 1_200],
  ])('is moved by up to a fifth either way (random %d)', (random, delay) => {
    expect(delaysOf(new Life(), 'transient', 1, random)[0]).toBeCloseTo(delay, 2);
  });

  it('of an overtaken flight changes nothing', () => {
    const life = new Life();
    life.request();
    life.happens({ kind: 'cleared' });
    const before = life.state;

    expect(
      life.happens({
        kind: 'mint-failed',
        flightId: 1,
        failure: 'late',
        cause: 'transient',
        concerns: 'account',
        random: 0,
      }),
    ).toEqual({ kind: 'superseded' });
    expect(life.state).toBe(before);
    expect(life.notices).toEqual([]);
  });

  it('starts counting anew when the cause changes', () => {
    const life = new Life();
    delaysOf(life, 'transient', 4);

    expect(delaysOf(life, 'credentials', 1)).toEqual([5 * SECOND]);
    expect(delaysOf(life, 'transient', 1)).toEqual([SECOND]);
  });
});

/** Flights in the first five minutes of an outage with no token, when someone asks at every moment. */
function flightsInFiveMinutes(cause: CoolDownCause, random: number): number {
  const life = new Life();
  let flights = 0;
  while (life.now.monoMs < afterStart(5 * MINUTE).monoMs && flights < 1_000) {
    const answer = life.request();
    if (answer.kind === 'fail') life.pass(Math.max(1, Math.ceil(answer.retryInMs)));
    else {
      flights += 1;
      life.fails(cause, { random });
    }
  }
  return flights;
}

describe('an outage of five minutes with no token in hand', () => {
  it.each([
    ['by the table', 0.5, 14],
    ['at most, if every jitter falls short', 0, 17],
    ['at least, if every jitter runs long', 0.999_999, 13],
  ])('lets %s so many flights reach the endpoint (random %d): %d', (_, random, flights) => {
    expect(flightsInFiveMinutes('transient', random)).toBe(flights);
  });

  it('behaviour 38: costs the endpoint 6 calls if the credentials are rejected', () => {
    expect(flightsInFiveMinutes('credentials', 0.5)).toBe(6);
  });
});

describe('behaviour 37: a delay that the server asked for', () => {
  it('is kept to the millisecond, and callers without a token are told what is left of it', () => {
    const life = new Life();
    life.request();
    life.fails('server-set', { retryAfterMs: 2 * SECOND, random: 0 });

    life.pass(1_999);
    expect(life.request()).toMatchObject({ kind: 'fail', retryInMs: 1 });
    life.pass(1);
    expect(inWords(life.request())).toBe('wait (cold)');
  });

  it('is an hour at most', () => {
    const life = new Life();
    life.request();
    life.fails('server-set', { retryAfterMs: 24 * HOUR });

    expect(life.coolDownMs).toBe(HOUR);
  });

  it('closes nothing if the server named none', () => {
    const life = new Life();
    life.request();
    life.fails('server-set');

    expect(life.coolDownMs).toBe(0);
  });

  it('counts beside rejected credentials, too, where it is longer than their cool-down', () => {
    const coolDownAfter = (retryAfterMs: number) => {
      const life = new Life();
      life.request();
      life.fails('credentials', { retryAfterMs });
      expect(life.request()).toMatchObject({ because: { cause: 'credentials' } });
      return life.coolDownMs;
    };
    expect(coolDownAfter(MINUTE)).toBe(MINUTE);
    expect(coolDownAfter(2 * SECOND)).toBe(5 * SECOND);
    expect(coolDownAfter(24 * HOUR)).toBe(HOUR);
  });

  it('does not keep a usable token from being served', () => {
    const life = holding();
    life.now = moment.early;
    life.request();
    life.fails('server-set', { retryAfterMs: HOUR });

    expect(inWords(life.request())).toBe('serve T1');
  });
});

describe('behaviour 38: rejected credentials', () => {
  it('cool down for 5 s, doubled by each repetition, up to 5 minutes', () => {
    expect(delaysOf(new Life(), 'credentials', 8)).toEqual(
      [5, 10, 20, 40, 80, 160, 300, 300].map((s) => s * SECOND),
    );
  });

  it.each(['early', 'last'] as const)('leave a token that is %s in use to its end', (phase) => {
    const life = holding();
    life.now = moment[phase];
    life.request();
    life.fails('credentials');

    expect(inWords(life.request())).toBe('serve T1');
    life.at(1_000 * SECOND);
    expect(life.request().kind).not.toBe('serve');
  });

  it('take the token with them where the option says so', () => {
    const life = holding({}, { onCredentialsRejected: 'drop' });
    life.now = moment.early;
    life.request();
    life.fails('credentials');

    expect(life.state.slot).toEqual({ kind: 'empty' });
    expect(inWords(life.request())).toBe('fail (cooling)');
  });

  it('do not take the token with them for any other failure', () => {
    const life = holding({}, { onCredentialsRejected: 'drop' });
    life.now = moment.early;
    life.request();
    life.fails('transient');

    expect(inWords(life.request())).toBe('serve T1');
  });

  it('are tried again at once when they have changed', () => {
    const life = new Life();
    life.request();
    life.fails('credentials');
    life.happens({ kind: 'credentials-changed' });

    expect(life.notices.at(-1)).toEqual({ kind: 'coolDownEnded' });
    expect(life.coolDownMs).toBe(0);
    expect(inWords(life.request())).toBe('wait (cold)');
  });

  it.each<CoolDownCause>(['transient', 'server-set'])(
    'that changed do not end a cool-down of another kind: %s',
    (cause) => {
      const life = new Life();
      life.request();
      life.fails(cause, { retryAfterMs: MINUTE });
      const before = life.state;
      life.happens({ kind: 'credentials-changed' });

      expect(life.state).toBe(before);
    },
  );

  it('that changed change nothing where nothing cools down', () => {
    const life = new Life();
    const before = life.state;
    life.happens({ kind: 'credentials-changed' });

    expect(life.state).toBe(before);
  });
});

describe('a fault on our own side of the wire', () => {
  it('closes no gate without a token: the next request may try again immediately', () => {
    const life = new Life();
    life.request();

    expect(life.fails('local')).toEqual({ kind: 'refused' });
    expect(life.notices).toEqual([]);
    expect(inWords(life.request())).toBe('wait (cold)');
  });

  it('closes none where the token has expired', () => {
    const life = holding();
    life.now = moment.expired;
    life.request();
    life.fails('local');

    expect(inWords(life.request())).toBe('wait (expired)');
  });

  it('cools down like a transient one where there is a usable token', () => {
    const life = holding();
    life.now = moment.early;
    life.request();
    life.fails('local');

    expect(life.notices).toEqual([
      { kind: 'coolDownStarted', cause: 'transient', delayMs: 5 * SECOND },
    ]);
  });
});

describe('behaviour 21: maxStale', () => {
  const stale = (changes = {}) => {
    const life = holding(changes, { maxStaleMs: 10 * MINUTE });
    life.now = moment.expired;
    return life;
  };

  it('is off unless asked for', () => {
    const life = holding();
    life.now = moment.expired;
    life.request();
    life.fails('transient');

    expect(inWords(life.request())).toBe('fail (cooling)');
  });

  it('serves the expired token only after the refresh has failed', () => {
    const life = stale();
    expect(inWords(life.request())).toBe('wait (expired)');
    life.fails('transient');

    expect(inWords(life.request())).toBe('serve T1 stale');
  });

  it('tries to refresh each time that the back-off is over', () => {
    const life = stale();
    life.request();
    life.fails('transient');
    life.pass(life.coolDownMs);

    expect(inWords(life.request())).toBe('wait (expired)');
  });

  it('ends', () => {
    const life = stale();
    life.request();
    life.fails('server-set', { retryAfterMs: HOUR });

    life.pass(10 * MINUTE - 1);
    expect(inWords(life.request())).toBe('serve T1 stale');
    life.pass(1);
    expect(inWords(life.request())).toBe('fail (cooling)');
  });

  it('never serves a token that drew a 401', () => {
    const life = stale({ suspect: true });
    life.request();
    life.fails('transient');

    expect(inWords(life.request())).toBe('fail (cooling)');
  });

  it('never hands a token back to whoever was refused with it', () => {
    const life = stale();
    life.request();
    life.fails('transient');

    expect(inWords(life.request('T1'))).toBe('fail (cooling)');
  });
});
