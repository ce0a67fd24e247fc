import { describe, expect, test } from '@jest/globals';

import { AccessToken } from '../../src/token/access-token.js';
import type { Instant } from '../../src/token/instant.js';
import {
  decide,
  defaultPolicy,
  initialState,
  type Happening,
  type LifecyclePolicy,
  type TokenState,
} from '../../src/token/lifecycle.js';
import { decideElsewhere } from '../../src/token/lifecycle/on-elsewhere.js';

/* What another process does, as the life of a token here sees it: decisions without clock, timer, network or store. */

const at = (seconds: number): Instant => ({
  wallMs: 1e12 + seconds * 1000,
  monoMs: seconds * 1000,
});
const token = (value: string) => new AccessToken({ value });

/** A life that is told what happens, second by second. */
function life(policy: Partial<LifecyclePolicy> = {}) {
  const rules = { ...defaultPolicy, ...policy };
  const told: string[] = [];
  let state: TokenState<string> = initialState();
  return {
    told,
    get state() {
      return state;
    },
    get flightId() {
      return state.flight?.id ?? 0;
    },
    happens<Kind extends Happening<string>['kind']>(
      seconds: number,
      happening: Extract<Happening<string>, { kind: Kind }>,
    ) {
      const decision = decide<string, Kind>(state, at(seconds), happening, rules, decideElsewhere);
      state = decision.state;
      told.push(...decision.notices.map(({ kind }) => kind));
      return decision.answer;
    },
    /** Holds `value`, minted at that second, for an hour. */
    mint(seconds: number, value: string) {
      this.happens(seconds, { kind: 'requested' });
      return this.happens(seconds, {
        kind: 'minted',
        flightId: this.flightId,
        token: token(value),
        sentAt: at(seconds),
        lifetimeMs: 3_600_000,
        tookMs: 100,
        random: 0,
      });
    },
  };
}

const EARLY = 3_300;
const LAST = 3_550;
const EXPIRED = 3_601;

const elsewhere = (flightId: number, retryInMs = 2_000) =>
  ({ kind: 'refreshing-elsewhere', flightId, retryInMs }) as const;

describe('another process is refreshing', () => {
  test.each([
    ['an early refresh stands down', EARLY, false, 'stand-down'],
    ['in the last moments it is waited for', LAST, false, 'wait'],
    ['after expiry it is waited for', EXPIRED, false, 'wait'],
    ['a token that drew a 401 is no use meanwhile', EARLY, true, 'wait'],
  ])('%s', (_, seconds, rejected, kind) => {
    const one = life();
    one.mint(0, 'T1');
    one.happens(seconds, { kind: 'requested' });
    if (rejected) one.happens(seconds, { kind: 'rejected', value: 'T1', on: 'first-send' });
    expect(one.happens(seconds, elsewhere(one.flightId))).toEqual({ kind });
    expect(one.state.flight === undefined).toBe(kind === 'stand-down');
    expect(one.told).toEqual([]);
  });

  test('a process without a token waits', () => {
    const one = life();
    one.happens(0, { kind: 'requested' });
    expect(one.happens(0, elsewhere(one.flightId))).toEqual({ kind: 'wait' });
  });

  test('a process that stood down serves without a refresh until it is time to look again, and no gate is closed', () => {
    const one = life();
    one.mint(0, 'T1');
    one.happens(EARLY, { kind: 'requested' });
    one.happens(EARLY, elsewhere(one.flightId));
    expect(one.happens(EARLY + 1, { kind: 'requested' })).not.toHaveProperty('refresh');
    expect(one.happens(EARLY + 2, { kind: 'requested' })).toMatchObject({
      kind: 'serve',
      refresh: { reason: 'early' },
    });
    expect(one.state.account.endpoint).toEqual({});
  });

  test('it never looks again later than the last moments', () => {
    const one = life();
    one.mint(0, 'T1');
    one.happens(3_539, { kind: 'requested' });
    one.happens(3_539, elsewhere(one.flightId, 60_000));
    expect(one.happens(3_540, { kind: 'requested' }).kind).toBe('wait');
  });

  test.each([
    ['in the last moments', LAST, false, 'stand-down'],
    ['after expiry', EXPIRED, false, 'wait'],
    ['after a 401', EARLY, true, 'wait'],
  ])('where no process can refresh now, %s', (_, seconds, rejected, kind) => {
    const one = life();
    one.mint(0, 'T1');
    one.happens(seconds, { kind: 'requested' });
    if (rejected) one.happens(seconds, { kind: 'rejected', value: 'T1', on: 'first-send' });
    const deferral = { ...elsewhere(one.flightId, 1_000), untilExpiry: true };
    expect(one.happens(seconds, deferral)).toEqual({ kind });
    if (kind === 'wait') return;
    expect(one.happens(seconds, { kind: 'requested' })).toMatchObject({ kind: 'serve' });
    expect(one.happens(seconds + 1, { kind: 'requested' })).toMatchObject({ kind: 'wait' });
  });

  test('a token is never served past its expiry, however late the next look would be', () => {
    const one = life();
    one.mint(0, 'T1');
    one.happens(LAST, { kind: 'requested' });
    one.happens(LAST, { ...elsewhere(one.flightId, 600_000), untilExpiry: true });
    expect(one.happens(3_599, { kind: 'requested' })).toMatchObject({ kind: 'serve' });
    expect(one.happens(3_600, { kind: 'requested' })).toMatchObject({ kind: 'wait' });
  });

  test('a flight that was overtaken is told to wait, and changes nothing', () => {
    const one = life();
    one.mint(0, 'T1');
    const before = one.state;
    expect(one.happens(EARLY, elsewhere(99))).toEqual({ kind: 'wait' });
    expect(one.state).toBe(before);
  });
});

describe('another process was refused', () => {
  const cooling = (flightId: number, changes: object = {}) =>
    ({
      kind: 'cooling-elsewhere',
      flightId,
      failure: 'refused elsewhere',
      cause: 'credentials',
      concerns: 'account',
      delayMs: 7_000,
      failures: 3,
      random: 0,
      ...changes,
    }) as Extract<Happening<string>, { kind: 'cooling-elsewhere' }>;

  test('the gate closes for exactly that long, and the next failure counts on', () => {
    const one = life();
    one.happens(0, { kind: 'requested' });
    expect(one.happens(0, cooling(one.flightId))).toEqual({ kind: 'refused' });
    expect(one.happens(1, { kind: 'requested' })).toMatchObject({
      kind: 'fail',
      because: { kind: 'cooling', cause: 'credentials', failure: 'refused elsewhere' },
      retryInMs: 6_000,
    });
    expect(one.happens(7, { kind: 'requested' }).kind).toBe('wait');
    expect(one.state.account.endpoint.rejected).toMatchObject({ failures: 3 });
    expect(one.told).toEqual(['coolDownStarted']);
  });

  test('a rejected but living token from the store is served while there is nothing else', () => {
    const one = life();
    one.happens(0, { kind: 'requested' });
    const fallback = { token: token('T0'), sentAt: at(0), lifetimeMs: 60_000 };
    one.happens(0, cooling(one.flightId, { fallback }));
    expect(one.happens(1, { kind: 'requested' })).toMatchObject({ kind: 'serve' });
    expect(one.happens(1, { kind: 'requested', not: 'T0' }).kind).toBe('fail');
    expect(one.happens(8, { kind: 'requested' }).kind).toBe('wait');
  });

  test('the own token is kept as long as it lives, and goes where the policy says so', () => {
    const fallback = { token: token('T0'), sentAt: at(EARLY), lifetimeMs: 60_000 };
    for (const [policy, held] of [
      [{}, 'T1'],
      [{ onCredentialsRejected: 'drop' as const }, undefined],
    ] as const) {
      const one = life(policy);
      one.mint(0, 'T1');
      one.happens(EARLY, { kind: 'requested' });
      one.happens(EARLY, cooling(one.flightId, { fallback }));
      const { slot } = one.state;
      expect(slot.kind === 'held' ? slot.token.value : undefined).toBe(held);
    }
  });

  test('a flight that was overtaken changes nothing', () => {
    const one = life();
    expect(one.happens(0, cooling(5))).toEqual({ kind: 'superseded' });
    expect(one.state).toEqual(initialState());
  });

  test('failures elsewhere make the own cool-down longer', () => {
    const one = life();
    one.happens(0, { kind: 'requested' });
    one.happens(0, {
      kind: 'mint-failed',
      flightId: one.flightId,
      failure: 'refused',
      cause: 'credentials',
      concerns: 'account',
      failuresElsewhere: 3,
      random: 0.5,
    });
    expect(one.happens(0, { kind: 'requested' })).toMatchObject({ retryInMs: 40_000 });
  });
});

describe('a newer token was found in the store', () => {
  const found = (value: string, seconds: number) =>
    ({
      kind: 'found',
      token: token(value),
      sentAt: at(seconds),
      lifetimeMs: 1_800_000,
      random: 0,
    }) as const;

  test('it replaces the current one, and its own lifetime counts', () => {
    const one = life();
    one.mint(0, 'T1');
    expect(one.happens(100, found('T2', 100))).toEqual({ kind: 'accepted' });
    expect(one.happens(101, { kind: 'requested' })).toMatchObject({ kind: 'serve' });
    expect(one.state.slot).toMatchObject({ suspect: false, expiresAt: at(1_900) });
  });

  test('it ends a cool-down, for some process has reached the endpoint', () => {
    const one = life();
    one.happens(0, { kind: 'requested' });
    one.happens(0, {
      kind: 'mint-failed',
      flightId: one.flightId,
      failure: 'down',
      cause: 'transient',
      concerns: 'account',
      random: 0,
    });
    one.happens(0, found('T2', 0));
    expect(one.told).toEqual(['coolDownStarted', 'coolDownEnded']);
    expect(one.happens(0, { kind: 'requested' })).toMatchObject({ kind: 'serve' });
  });

  test('a flight under way asks for itself', () => {
    const one = life();
    one.happens(0, { kind: 'requested' });
    expect(one.happens(0, found('T2', 0))).toEqual({ kind: 'superseded' });
    expect(one.state.slot).toEqual({ kind: 'empty' });
  });
});

test('a token adopted after a 401 may become invalid as well, and is replaced at once', () => {
  const one = life();
  one.mint(0, 'T1');
  one.happens(10, { kind: 'rejected', value: 'T1', on: 'first-send' });
  one.happens(10, { kind: 'requested', not: 'T1' });
  one.happens(10, {
    kind: 'minted',
    flightId: one.flightId,
    token: token('T2'),
    sentAt: at(10),
    lifetimeMs: 1_000_000,
    random: 0,
  });
  expect(one.happens(10, { kind: 'rejected', value: 'T2', on: 'first-send' })).toMatchObject({
    kind: 'replay',
  });
});
