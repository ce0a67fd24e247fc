import { describe, expect, it } from '@jest/globals';

import {
  initialAccount,
  isSpent,
  isSpentAccount,
  type LifecyclePolicy,
} from '../../src/token/lifecycle.js';
import {
  afterStart,
  coolingAt,
  heldToken,
  Life,
  MINUTE,
  moment,
  policyWith,
  SECOND,
  START,
  stateWith,
  type State,
} from './life.js';

const spent = (
  state: Partial<State>,
  now = moment.expired,
  policy: Partial<LifecyclePolicy> = {},
): boolean => isSpent(stateWith(state), now, policyWith(policy));

describe('behaviour 41: what is known of a token may be forgotten', () => {
  it('where nothing is known', () => {
    expect(spent({})).toBe(true);
  });

  it('once it has expired, and can not be served stale any more', () => {
    const state = { slot: heldToken() };
    expect(spent(state)).toBe(true);
    expect(spent(state, moment.last)).toBe(false);
    expect(spent(state, moment.expired, { maxStaleMs: SECOND })).toBe(false);
    expect(spent(state, afterStart(1_001 * SECOND), { maxStaleMs: SECOND })).toBe(true);
  });

  it('but not while a refresh is under way', () => {
    expect(spent({ flight: { id: 1, reason: 'cold' } })).toBe(false);
  });

  it('nor while the endpoint gate is closed, or remembers failures', () => {
    expect(spent({ endpoint: coolingAt(moment.expired) })).toBe(false);
    expect(spent({ endpoint: coolingAt(START) })).toBe(false);
  });

  it('nor while a forced mint has not come back, or counts among those of the last minute', () => {
    const life = new Life();
    life.obtains('T1', { lifetimeMs: 2 * SECOND });
    const first = life.heals('T2');
    const isSpentAt = (ms: number) =>
      isSpent({ ...life.state, slot: { kind: 'empty' } }, afterStart(ms), life.policy);

    expect(isSpentAt(59_999)).toBe(false);
    expect(isSpentAt(60_000)).toBe(true);
    life.happens({
      kind: 'replay-accepted',
      forcedMint: (first as { forcedMint: number }).forcedMint,
    });
    expect(isSpentAt(59_999)).toBe(false);
    expect(isSpentAt(60_000)).toBe(true);
  });

  it('a failure or a token call of its account is kept with that', () => {
    const account = { endpoint: coolingAt(START), tokenCallsAt: [START.monoMs] };
    expect(spent({ account })).toBe(true);
  });
});

describe('what is known of an account may be forgotten', () => {
  it('where nothing is known', () => {
    expect(isSpentAccount(initialAccount(), START, policyWith({}))).toBe(true);
  });

  it('but not while its gate is closed, or remembers failures', () => {
    const account = { ...initialAccount(), endpoint: coolingAt(START) };
    expect(isSpentAccount(account, moment.expired, policyWith({}))).toBe(false);
  });

  it('nor while a token call counts against the provider’s limit', () => {
    const tokenBudget = { calls: 3, windowMs: MINUTE };
    const life = new Life({ tokenBudget });
    for (let call = 0; call < 3; call += 1) {
      life.at(call * 10 * SECOND).happens({ kind: 'token-call' });
    }
    const isSpentAt = (ms: number) =>
      isSpentAccount(life.state.account, afterStart(ms), life.policy);

    expect(isSpentAt(79_999)).toBe(false);
    expect(isSpentAt(80_000)).toBe(true);
    const unlimited = { ...initialAccount(), tokenCallsAt: [START.monoMs] };
    expect(isSpentAccount(unlimited, START, policyWith({}))).toBe(true);
  });
});
