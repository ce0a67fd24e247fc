import { describe, expect, it } from '@jest/globals';

import { decide, phaseOf } from '../../src/token/lifecycle.js';
import {
  afterStart,
  heldToken,
  HOUR,
  inWords,
  Life,
  policyWith,
  SECOND,
  START,
  stateWith,
} from './life.js';

const ask = (now: { wallMs: number; monoMs: number }) =>
  inWords(
    decide<string, 'requested'>(
      stateWith({ slot: heldToken() }),
      now,
      { kind: 'requested' },
      policyWith({}),
    ).answer,
  );

describe('behaviour 14: two clocks', () => {
  it('an expired token is not used when the wall clock was set back by an hour', () => {
    const { wallMs, monoMs } = afterStart(1_000 * SECOND);

    expect(ask({ wallMs: wallMs - HOUR, monoMs })).toBe('wait (expired)');
  });

  it('an expired token is not used after a suspension during which the monotonic clock stood still', () => {
    const { wallMs, monoMs } = afterStart(10 * SECOND);

    expect(ask({ wallMs: wallMs + HOUR, monoMs })).toBe('wait (expired)');
  });

  it('a token is renewed rather than trusted when the wall clock jumps ahead', () => {
    const { wallMs, monoMs } = afterStart(10 * SECOND);

    expect(ask({ wallMs: wallMs + 910 * SECOND, monoMs })).toBe('serve T1, refresh (early)');
    expect(ask({ wallMs: wallMs + 945 * SECOND, monoMs })).toBe('wait (last)');
  });

  it('a fresh token stays fresh when the wall clock is set back a little', () => {
    const { wallMs, monoMs } = afterStart(10 * SECOND);

    expect(ask({ wallMs: wallMs - HOUR, monoMs })).toBe('serve T1');
  });

  it.each(['refreshAt', 'mandatoryAt', 'expiresAt'] as const)(
    'either clock alone decides that %s has come',
    (deadline) => {
      const phase = { refreshAt: 'early', mandatoryAt: 'last', expiresAt: 'expired' }[deadline];
      const { wallMs, monoMs } = heldToken()[deadline]!;

      expect(phaseOf(heldToken(), { wallMs, monoMs: START.monoMs })).toBe(phase);
      expect(phaseOf(heldToken(), { wallMs: START.wallMs, monoMs })).toBe(phase);
    },
  );

  it('a cool-down is over when either clock says so, so that setting a clock back does not prolong it', () => {
    const life = new Life();
    life.request();
    life.fails('transient');
    life.now = { wallMs: START.wallMs - HOUR, monoMs: START.monoMs + SECOND };

    expect(inWords(life.request())).toBe('wait (cold)');
  });

  it('the remaining time of a cool-down is told by the clock that is nearer to its end', () => {
    const life = new Life();
    life.request();
    life.fails('transient');
    life.now = { wallMs: START.wallMs + 700, monoMs: START.monoMs + 100 };

    expect(life.request()).toMatchObject({ kind: 'fail', retryInMs: 300 });
  });
});
