import { describe, expect, it } from '@jest/globals';

import { nextCallInMs } from '../../src/token/lifecycle.js';
import { heldToken, HOUR, inWords, Life, MINUTE, moment, SECOND, stateWith } from './life.js';

describe('a budget of token calls', () => {
  const TRUECALLER = { tokenBudget: { calls: 10, windowMs: 30 * MINUTE } };

  const spent = () => {
    const life = new Life(TRUECALLER);
    for (let call = 0; call < 10; call += 1) {
      life.at(call * MINUTE);
      life.happens({ kind: 'token-call' });
    }
    return life;
  };

  it('allows ten calls in half an hour and no eleventh', () => {
    const life = new Life(TRUECALLER);
    const answers = Array.from({ length: 11 }, () =>
      life.pass(MINUTE).happens({ kind: 'token-call' }),
    );

    expect(answers.slice(0, 10).map(({ kind }) => kind)).toEqual(Array(10).fill('go'));
    expect(answers[10]).toEqual({
      kind: 'closed',
      because: { kind: 'budget-spent' },
      retryInMs: 20 * MINUTE,
    });
  });

  it('turns into a failure with the time that is left, before any call is made', () => {
    const life = spent();

    expect(life.request()).toEqual({
      kind: 'fail',
      because: { kind: 'budget-spent' },
      retryInMs: 21 * MINUTE,
    });
    expect(life.state.flight).toBeUndefined();
  });

  it('and a cool-down: the later end of both is told, and what went wrong', () => {
    const life = new Life({ tokenBudget: { calls: 1, windowMs: MINUTE } });
    life.request();
    life.happens({ kind: 'token-call' });
    life.fails('transient');
    expect(life.coolDownMs).toBeLessThan(MINUTE);
    expect(nextCallInMs(life.state, life.now, life.policy)).toBe(MINUTE);
    expect(life.request()).toMatchObject({ because: { kind: 'cooling' }, retryInMs: MINUTE });

    const delay = life.coolDownMs;
    const retryInMs = MINUTE - delay;
    expect(life.pass(delay).request()).toEqual({
      kind: 'fail',
      because: { kind: 'budget-spent' },
      retryInMs,
    });
  });

  it('frees one call at a time as the window slides on', () => {
    const life = spent();

    life.at(30 * MINUTE - 1);
    expect(life.request()).toMatchObject({ kind: 'fail', retryInMs: 1 });
    life.at(30 * MINUTE);
    expect(inWords(life.request())).toBe('wait (cold)');
    expect(life.happens({ kind: 'token-call' })).toEqual({ kind: 'go', sentAt: life.now });
    expect(life.happens({ kind: 'token-call' })).toEqual({
      kind: 'closed',
      because: { kind: 'budget-spent' },
      retryInMs: MINUTE,
    });
    expect(life.state.account.tokenCallsAt).toHaveLength(10);
  });

  it('counts a call from its end, since nobody knows when within it the token was issued', () => {
    const life = new Life({ tokenBudget: { calls: 2, windowMs: MINUTE } });
    life.happens({ kind: 'token-call' });
    const sentAt = life.now;
    life.pass(4 * SECOND).happens({ kind: 'token-call-ended', sentAt, mayHaveIssued: true });
    life.pass(SECOND).happens({ kind: 'token-call' });

    life.at(MINUTE);
    expect(life.request()).toMatchObject({ kind: 'fail', retryInMs: 4 * SECOND });
    life.at(MINUTE + 4 * SECOND);
    expect(inWords(life.request())).toBe('wait (cold)');
  });

  it('frees nothing where the wall clock is set ahead, and holds nothing back where it is set back', () => {
    const life = spent();
    const { wallMs, monoMs } = life.now;

    life.now = { wallMs: wallMs + HOUR, monoMs };
    expect(life.request()).toMatchObject({ kind: 'fail', retryInMs: 21 * MINUTE });
    life.now = { wallMs: wallMs - HOUR, monoMs: monoMs + 21 * MINUTE };
    expect(inWords(life.request())).toBe('wait (cold)');
  });

  it('counts no call that issued nothing for certain', () => {
    const life = spent();
    const ended = { kind: 'token-call-ended', sentAt: life.now, mayHaveIssued: false } as const;
    life.happens(ended);
    life.happens(ended);

    expect(life.happens({ kind: 'token-call' })).toEqual({ kind: 'go', sentAt: life.now });
    expect(life.state.account.tokenCallsAt).toHaveLength(10);
    expect(life.happens({ kind: 'token-call' })).toEqual({
      kind: 'closed',
      because: { kind: 'budget-spent' },
      retryInMs: 21 * MINUTE,
    });
  });

  it('does not keep a usable token from being served', () => {
    const life = spent();
    life.state = stateWith({ ...life.state, slot: heldToken() });

    life.now = moment.early;
    expect(inWords(life.request())).toBe('serve T1');
    life.now = moment.last;
    expect(inWords(life.request())).toBe('serve T1');
  });

  it('lets callers join the flight that spent the last of it', () => {
    const life = new Life({ tokenBudget: { calls: 1, windowMs: MINUTE } });
    life.request();
    life.happens({ kind: 'token-call' });

    expect(inWords(life.request())).toBe('wait (cold)');
    life.brings('T1');
    expect(inWords(life.request())).toBe('serve T1');
  });

  it('lets a late 401 join the flight that spent the last of it', () => {
    const life = new Life({ tokenBudget: { calls: 1, windowMs: MINUTE } });
    life.request();
    life.happens({ kind: 'token-call' });

    expect(life.reject('T0')).toEqual({ kind: 'replay' });
  });

  it('is not counted for a provider that sets none', () => {
    const life = new Life();

    expect(life.happens({ kind: 'token-call' })).toEqual({ kind: 'go', sentAt: life.now });
    life.happens({ kind: 'token-call-ended', sentAt: life.now, mayHaveIssued: true });
    expect(life.state.account.tokenCallsAt).toEqual([]);
  });
});
