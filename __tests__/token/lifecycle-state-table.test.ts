import { describe, expect, it } from '@jest/globals';

import type { Instant } from '../../src/token/instant.js';
import {
  decide,
  type LifecyclePolicy,
  patienceMs,
  phaseOf,
  servableToken,
} from '../../src/token/lifecycle.js';
import {
  afterStart,
  coolingAt,
  heldToken,
  inWords,
  moment,
  policyWith,
  SECOND,
  stateWith,
  type State,
  undatedToken,
} from './life.js';

type Phase = keyof typeof moment;

const request = (state: State, now: Instant, not?: string, policy = policyWith({})) =>
  decide<string, 'requested'>(state, now, { kind: 'requested', not }, policy);

const answerTo = (state: State, now: Instant, not?: string, policy?: LifecyclePolicy) =>
  inWords(request(state, now, not, policy).answer);

const holding = (changes = {}, rest: Partial<State> = {}) =>
  stateWith({ slot: heldToken(changes), ...rest });

describe('the phases of a token', () => {
  it.each<[number, Phase]>([
    [0, 'fresh'],
    [900 * SECOND - 1, 'fresh'],
    [900 * SECOND, 'early'],
    [950 * SECOND - 1, 'early'],
    [950 * SECOND, 'last'],
    [1_000 * SECOND - 1, 'last'],
    [1_000 * SECOND, 'expired'],
  ])('after %d ms it is %s', (ms, phase) => {
    expect(phaseOf(heldToken(), afterStart(ms))).toBe(phase);
  });
});

describe('a request while the token endpoint may be called', () => {
  it('waits for the first token where there is none', () => {
    expect(answerTo(stateWith(), moment.fresh)).toBe('wait (cold)');
  });

  it.each<[Phase, string]>([
    ['fresh', 'serve T1'],
    ['early', 'serve T1, refresh (early)'],
    ['last', 'wait (last)'],
    ['expired', 'wait (expired)'],
  ])('with a token that is %s: %s', (phase, answer) => {
    expect(answerTo(holding(), moment[phase])).toBe(answer);
  });

  it.each<Phase>(['fresh', 'early', 'last', 'expired'])(
    'waits for the replacement of a suspect token that is %s',
    (phase) => {
      expect(answerTo(holding({ suspect: true }), moment[phase])).toBe('wait (rejected)');
    },
  );
});

describe('a request while the token endpoint cools down', () => {
  const at = (phase: Phase, changes = {}) =>
    answerTo(holding(changes, { endpoint: coolingAt(moment[phase]) }), moment[phase]);

  it.each<Phase>(['fresh', 'early', 'last'])('is served a token that is %s at once', (phase) => {
    expect(at(phase)).toBe('serve T1');
  });

  it.each<Phase>(['fresh', 'early', 'last'])(
    'behaviour 29: is served a suspect token that is %s, since the resource decides',
    (phase) => {
      expect(at(phase, { suspect: true })).toBe('serve T1');
    },
  );

  it.each([
    ['there is no token', stateWith()],
    ['the token has expired', holding()],
    ['the token is suspect and has expired', holding({ suspect: true })],
  ])('behaviour 20: fails fast with the stored failure where %s', (_, state) => {
    const now = moment.expired;
    const { answer } = request({ ...state, endpoint: coolingAt(now, 'server-set') }, now);

    expect(answer).toEqual({
      kind: 'fail',
      because: { kind: 'cooling', cause: 'server-set', failure: 'what went wrong' },
      retryInMs: 5 * SECOND,
    });
  });

  it('starts no flight', () => {
    const now = moment.early;

    const { state } = request(holding({}, { endpoint: coolingAt(now) }), now);

    expect(state.flight).toBeUndefined();
  });
});

describe('a request of a caller who was refused with the token in hand', () => {
  const refused = (state: State, now: Instant) => answerTo(state, now, 'T1');

  it.each<Phase>(['fresh', 'early', 'last', 'expired'])(
    'waits for the replacement of the suspect token that is %s',
    (phase) => {
      expect(refused(holding({ suspect: true }), moment[phase])).toBe('wait (rejected)');
    },
  );

  it('is not handed the suspect token back while the endpoint cools down', () => {
    const now = moment.fresh;

    expect(refused(holding({ suspect: true }, { endpoint: coolingAt(now) }), now)).toBe(
      'fail (cooling)',
    );
  });

  it.each<Phase>(['fresh', 'early', 'last'])(
    'is told that there is no other where the token is trusted again and %s',
    (phase) => {
      expect(refused(holding(), moment[phase])).toBe('fail (same-token)');
    },
  );

  it('waits like anyone else where the token has expired', () => {
    expect(refused(holding(), moment.expired)).toBe('wait (expired)');
  });

  it('is served a token that replaced the one it was refused with', () => {
    expect(answerTo(holding(), moment.fresh, 'T0')).toBe('serve T1');
  });
});

describe('a request while a flight is under way', () => {
  const flight = { id: 3, reason: 'early' } as const;

  it.each<[string, State, Instant]>([
    ['there is no token', stateWith({ flight }), moment.fresh],
    ['the token is in its last moments', holding({}, { flight }), moment.last],
    ['the token has expired', holding({}, { flight }), moment.expired],
    ['the token is suspect', holding({ suspect: true }, { flight }), moment.fresh],
  ])('behaviour 1: joins it where %s', (_, state, now) => {
    const { answer, state: next } = request(state, now);

    expect(answer).toEqual({ kind: 'wait', flight });
    expect(next.flight).toBe(flight);
  });
});

describe('behaviour 15: a fresh token', () => {
  it('is served without any change of state', () => {
    const state = holding();

    const { state: next, notices } = request(state, moment.fresh);

    expect(next).toBe(state);
    expect(notices).toEqual([]);
  });
});

describe('the token for a caller whose refresh failed', () => {
  const policy = policyWith({ maxStaleMs: 60 * SECOND });
  const servable = (state: State, now: Instant, not?: string) => {
    const found = servableToken(state, now, not, policy);
    return found === undefined ? undefined : [found.token.value, found.stale];
  };

  it.each<Phase>(['fresh', 'early', 'last'])(
    'behaviour 19: is the one in hand while it is %s',
    (phase) => {
      expect(servable(holding(), moment[phase])).toEqual(['T1', false]);
    },
  );

  it('is the suspect one too, for whoever was not refused with it', () => {
    const state = holding({ suspect: true });

    expect(servable(state, moment.fresh)).toEqual(['T1', false]);
    expect(servable(state, moment.fresh, 'T1')).toBeUndefined();
  });

  it('is the expired one only within maxStale, and only if it never drew a 401', () => {
    expect(servable(holding(), afterStart(1_059 * SECOND))).toEqual(['T1', true]);
    expect(servable(holding(), afterStart(1_060 * SECOND))).toBeUndefined();
    expect(servable(holding({ suspect: true }), moment.expired)).toBeUndefined();
  });

  it('is none where none was ever had', () => {
    expect(servable(stateWith(), moment.fresh)).toBeUndefined();
  });
});

describe('the patience of a caller with the refresh', () => {
  it('is half of what is left of the token in its last moments, so that the token still arrives in time', () => {
    expect(patienceMs(holding(), moment.last, undefined)).toBe(15 * SECOND);
  });

  it.each<[string, State, Instant, string | undefined]>([
    ['there is no token to fall back on', stateWith(), moment.last, undefined],
    ['the token drew a 401', holding({ suspect: true }), moment.last, undefined],
    ['the caller was refused with the token', holding(), moment.last, 'T1'],
    ['the token has expired', holding(), moment.expired, undefined],
    ['the token is not in its last moments', holding(), moment.early, undefined],
    [
      'nobody knows when the token expires',
      stateWith({ slot: undatedToken() }),
      moment.last,
      undefined,
    ],
  ])('has no bound of its own where %s', (_, state, now, not) => {
    expect(patienceMs(state, now, not)).toBeUndefined();
  });
});
