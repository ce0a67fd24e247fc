import { describe, expect, test } from '@jest/globals';

import { TokenAcquisitionError, MisconfigurationError } from '../../src/errors/index.js';
import type { HeldHere } from '../../src/sharing/refresh.js';
import {
  afterAnswer,
  afterCommit,
  afterMint,
  afterWait,
  newFlight,
  type Asking,
  type FlightSituation,
  type Minting,
  type SharedFlight,
} from '../../src/sharing/shared-flight.js';
import type { BeginAnswer, StoredRecord } from '../../src/sharing/token-store.js';
import type { Minted } from '../../src/token-call/mint.js';
import { failed } from '../../src/token-call/token-call-failure.js';
import { AccessToken } from '../../src/token/access-token.js';
import { defaultPolicy } from '../../src/token/lifecycle.js';
import { aToken } from '../store/slots.js';

/* The decisions of one flight, as tables: what came of the last step, and what the flight does next. */

const sentAt = { wallMs: 1_000_000, monoMs: 500 };
const situation: FlightSituation = {
  placement: undefined,
  now: { wallMs: 1_000_500, monoMs: 1_000 },
  random: 0.5,
  isOver: false,
  hasLeaseRunOut: false,
  rejected: ['dead'],
  storeAwayMs: 0,
  storePausedMs: 0,
  mintAloneInMs: 0,
  provider: 'acme',
  policy: defaultPolicy,
  singleActiveToken: false,
  waitLimitMs: 17_000,
};
const record = (value: string): StoredRecord => ({
  token: aToken(value),
  remainingMs: 60_000,
  fence: 7,
});
const done = <T>(value: T) => ({ kind: 'done', value }) as const;
const silence = { kind: 'failed', late: new Promise<never>(() => undefined) } as const;
const cooling = (fallback?: string): BeginAnswer => ({
  kind: 'cooling',
  failure: {
    cause: 'credentials',
    code: 'ERR_CREDENTIALS_REJECTED',
    retryable: false,
    failures: 3,
  },
  remainingMs: 4_000,
  fallback: fallback === undefined ? undefined : record(fallback),
});
const lead = { kind: 'lead', fence: 8, failures: 2 } as const;
const minted: Minted = {
  token: new AccessToken({ value: 'fresh', expiresAt: undefined, scope: undefined }),
  sentAt,
  lifetimeMs: 60_000,
  tookMs: 20,
  attempts: 1,
};

describe('after the answer of the store, a flight', () => {
  function next(
    answer: BeginAnswer | undefined,
    changes: Partial<FlightSituation> = {},
    asking: Partial<Asking> = {},
    held?: HeldHere,
  ): SharedFlight {
    const outcome = answer === undefined ? silence : done(answer);
    const flight = { ...newFlight(0), ...asking };
    return afterAnswer(flight, outcome, { sentAt, held }, { ...situation, ...changes });
  }

  test('adopts a token, whose life counts from before the question', () => {
    expect(next({ kind: 'token', ...record('T1') })).toMatchObject({
      kind: 'landed',
      acquired: { kind: 'adopted', fence: 7, sentAt, lifetimeMs: 60_000, token: { value: 'T1' } },
    });
  });

  test.each<[string, BeginAnswer | undefined, Partial<FlightSituation>]>([
    ['is offered what drew a 401 here', { kind: 'token', ...record('dead') }, {}],
    ['gets no answer', undefined, {}],
  ])('mints without the lease if it %s', (_, answer, changes) => {
    expect(next(answer, changes)).toMatchObject({ kind: 'minting', lease: undefined });
  });

  test('mints under the lease that it was given; or asks again, if that has run out meanwhile', () => {
    expect(next(lead)).toEqual({
      kind: 'minting',
      lease: lead,
      isSecondTry: false,
      awaited: undefined,
    });
    expect(next(lead, { hasLeaseRunOut: true })).toMatchObject({ kind: 'asking', polls: 1 });
  });

  test('waits while another holds the lease, and reports the outcome', () => {
    const held = { kind: 'held', remainingMs: 3_000 } as const;
    expect(next(held)).toMatchObject({
      kind: 'waiting',
      step: { for: 'lease-holder', pauseMs: 50 },
      then: { kind: 'asking', polls: 1, hasWaitedForHolder: true },
    });
    // It has not waited yet, however long this process stood still during the first question.
    expect(next(held, { now: { wallMs: 0, monoMs: 60_000 } }).kind).toBe('waiting');
    expect(next(held, { now: { wallMs: 0, monoMs: 60_000 } }, { polls: 1 }).kind).toBe('minting');

    const waited = { polls: 3, startedAt: 400, hasWaitedForHolder: true };
    const token: BeginAnswer = { kind: 'token', ...record('T1') };
    expect([token, lead, cooling()].map((answer) => next(answer, {}, waited))).toMatchObject([
      { awaited: { waitedMs: 600, outcome: 'token' } },
      { awaited: { waitedMs: 600, outcome: 'lead' } },
      { awaited: { waitedMs: 600, outcome: 'gave up' } },
    ]);
  });

  test('counts the silence of the store from the first question that it did not answer', () => {
    const singleActiveToken = true;
    const at = (monoMs: number, silentSince?: number) =>
      next(undefined, { singleActiveToken, now: { wallMs: 0, monoMs } }, { silentSince });
    expect(at(10_499)).toMatchObject({
      kind: 'waiting',
      then: { silentSince: 500, hasWaitedForHolder: false },
    });
    expect(at(10_500)).toMatchObject({ kind: 'minting' });
    expect(at(10_499, 499)).toMatchObject({ kind: 'minting' });
    const held = { value: 'T1', scope: undefined, rejected: false, remainingMs: 1 };
    const withToken = (changes: Partial<HeldHere>) =>
      next(undefined, { singleActiveToken, storeAwayMs: 60_000 }, {}, { ...held, ...changes }).kind;
    expect(withToken({})).toBe('waiting');
    expect(withToken({ remainingMs: undefined })).toBe('waiting');
    expect(withToken({ remainingMs: 0 })).toBe('minting');
    expect(withToken({ rejected: true })).toBe('minting');
  });

  test('ends with another process’s failure, and with its token unless that drew a 401 here', () => {
    expect(next(cooling('T0'))).toMatchObject({
      kind: 'landed',
      acquired: {
        kind: 'cooling-elsewhere',
        cause: 'credentials',
        concerns: 'account',
        delayMs: 4_000,
        failures: 3,
        fallback: { token: { value: 'T0' } },
      },
    });
    for (const value of ['dead', undefined])
      expect(next(cooling(value))).toMatchObject({ acquired: { fallback: undefined } });
  });

  test('gives up if a second mint would do harm, and says what is missing', () => {
    const singleActiveToken = true;
    const late = { singleActiveToken, now: { wallMs: 0, monoMs: 17_000 } };
    const errorAfter = (answer: BeginAnswer | undefined) => {
      const asking = { polls: 9, silentSince: 10_000, hasWaitedForHolder: true };
      const landed = next(answer, late, asking);
      expect(landed).toMatchObject({ awaited: { outcome: 'gave up' } });
      return landed.kind === 'landed' && landed.acquired.kind === 'failed'
        ? landed.acquired.failure.error
        : landed;
    };
    const common = { provider: 'acme', phase: 'token request', retryable: true };
    expect(errorAfter({ kind: 'held', remainingMs: 3_000 })).toMatchObject({
      ...common,
      code: 'ERR_TOKEN_LEASE_HELD',
      message:
        'acme: another process holds the refresh lease but has fetched no token. A token call now could invalidate the token of ' +
        'other processes, so none was made. The next request tries again.',
    });
    expect(errorAfter(undefined)).toMatchObject({ ...common, code: 'ERR_TOKEN_STORE_FAILED' });
  });

  test.each([
    ['a token', { kind: 'token', ...record('T1') }],
    ['the lease', lead],
    ['none', undefined],
  ] as const)('is abandoned after clear(), whatever the answer: %s', (_, answer) => {
    expect(next(answer, { isOver: true })).toEqual({
      kind: 'landed',
      acquired: { kind: 'abandoned' },
    });
  });
});

test('after a wait a flight asks again, unless the current token will do or clear() came first', () => {
  const then = { ...newFlight(0), polls: 1 };
  const step = { kind: 'wait', for: 'store', pauseMs: 1, lookAgainInMs: 1 } as const;
  const waiting = { kind: 'waiting', step, then } as const;
  expect(afterWait(waiting, false, false)).toBe(then);
  expect(afterWait(waiting, true, false)).toMatchObject({ acquired: { kind: 'stay' } });
  expect(afterWait(waiting, false, true)).toMatchObject({ acquired: { kind: 'abandoned' } });
});

describe('after a mint, a flight', () => {
  const error = new TokenAcquisitionError('ERR_TOKEN_ENDPOINT_UNREACHABLE', 'no answer', {
    provider: 'acme',
    phase: 'token request',
    retryable: true,
  });
  const refused = failed({ error, cause: 'transient', concerns: 'account' });
  const local = failed({
    error: new MisconfigurationError({ option: 'x', problem: 'y', remedy: 'z' }),
    cause: 'local',
    concerns: 'request',
  });
  const stoodStill = failed({ ...refused.failure, stoodStill: true });
  const minting = (changes: Partial<Minting> = {}): Minting => ({
    kind: 'minting',
    lease: lead,
    isSecondTry: false,
    awaited: undefined,
    ...changes,
  });
  const alone = minting({ lease: undefined });

  test('commits the token under the fence of its lease', () => {
    expect(afterMint(minting(), { kind: 'minted', minted }, situation)).toEqual({
      kind: 'committing',
      minted,
      fence: 8,
    });
  });

  test('without the lease serves it at once, and shares it when that can be', () => {
    expect(afterMint(alone, { kind: 'minted', minted }, situation)).toEqual({
      kind: 'landed',
      acquired: { kind: 'minted', minted, fence: undefined },
      share: minted,
    });
  });

  test('tells the others of a failure that concerns them, if it held the lease', () => {
    expect(afterMint(minting(), refused, situation)).toMatchObject({
      acquired: { ...refused, failuresElsewhere: 2 },
      tell: { coolMs: 2_000, failure: { cause: 'transient', failures: 1 } },
    });
    for (const result of [local, stoodStill])
      expect(afterMint(minting(), result, situation)).toEqual({
        kind: 'landed',
        acquired: { ...result, failuresElsewhere: undefined },
        tell: undefined,
      });
    expect(afterMint(alone, refused, situation)).toEqual({ kind: 'landed', acquired: refused });
  });

  test('that failed asks once more if its lease has run out, since another may have the token', () => {
    const late = { ...situation, hasLeaseRunOut: true };
    expect(afterMint(minting(), refused, late)).toMatchObject({
      kind: 'asking',
      polls: 0,
      startedAt: 1_000,
      isSecondTry: true,
      tell: { coolMs: 2_000 },
    });
    expect(afterMint(minting({ isSecondTry: true }), refused, late).kind).toBe('landed');
    expect(afterMint(alone, refused, late).kind).toBe('landed');
  });

  test.each([
    ['a token', { kind: 'minted', minted } as const],
    ['a failure', refused],
  ])('is abandoned after clear(), whatever came: %s', (_, result) => {
    expect(afterMint(minting(), result, { ...situation, isOver: true })).toEqual({
      kind: 'landed',
      acquired: { kind: 'abandoned' },
    });
  });
});

test.each([
  ['its own, with the fence', 'is written', done({ kind: 'committed', fence: 8 } as const), 8],
  ['its own, not shared yet', 'gets no answer', silence, undefined],
  [
    'its own, not shared yet',
    'comes too late, and the newer one cannot be used',
    done({ kind: 'superseded' } as const),
    undefined,
  ],
  [
    'its own, not shared yet',
    'comes too late for a token that drew a 401 here',
    done({ kind: 'superseded', record: record('dead') } as const),
    undefined,
  ],
])('a flight takes %s, if the commit %s', (_, __, outcome, fence) => {
  const committing = { kind: 'committing', minted, fence: 8 } as const;
  expect(afterCommit(committing, outcome, sentAt, situation).acquired).toEqual({
    kind: 'minted',
    minted,
    fence,
  });
});

test('a flight takes the newer token that its commit comes too late for', () => {
  const committing = { kind: 'committing', minted, fence: 6 } as const;
  const outcome = done({ kind: 'superseded', record: record('T7') } as const);
  expect(afterCommit(committing, outcome, sentAt, situation).acquired).toMatchObject({
    kind: 'adopted',
    fence: 7,
    token: { value: 'T7' },
  });
});
