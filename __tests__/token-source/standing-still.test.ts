import { describe, expect, test } from '@jest/globals';

import { ACME, bench, ended, outcome, warmBench, type Bench } from './hand-held.js';
import { fleet } from '../sharing/shared-fleet.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** One call under way, and no second attempt to hide behind. */
async function callUnderWay(options: Parameters<typeof bench>[0] = {}) {
  const underWay = bench({ maxAttempts: 1, ...options });
  const caller = ended(underWay.source.getToken());
  await underWay.settle();
  expect(underWay.endpoint.calls).toHaveLength(1);
  return { ...underWay, caller };
}

/** Nothing was held against the token endpoint. */
function expectNoBlame({ told }: Bench) {
  expect(told('refreshFailed')).toEqual([]);
  expect(told('coolDownStarted')).toEqual([]);
}

describe('behaviour 50: a timeout that ran out while the process stood still says nothing about the token endpoint', () => {
  test.each<[string, (clock: Bench['clock']) => void]>([
    ['a frozen function or a stopped container', (clock) => clock.stall(HOUR)],
    ['a suspended laptop, whose monotonic clock stood still', (clock) => clock.suspend(HOUR)],
  ])(
    '%s: a waiting caller is served by a new attempt, without a cool-down',
    async (_, standStill) => {
      const { caller, ...woken } = await callUnderWay();
      standStill(woken.clock);
      await woken.pass(1_500);
      expect(woken.endpoint.calls).toHaveLength(2);
      woken.endpoint.lastCall.issue('token-1');
      expect(await caller).toBe('token-1');
      expectNoBlame(woken);
      expect(woken.told('refreshed')).toMatchObject([{ attempts: 1 }]);
      expect(woken.clock.pendingTimers).toBe(0);
    },
  );

  test('the new attempt has all its time', async () => {
    const { caller, clock, endpoint, pass } = await callUnderWay();
    await pass(4_900);
    clock.stall(HOUR);
    await pass(0);
    expect(endpoint.calls).toHaveLength(2);
    await pass(4_999);
    expect(await outcome(caller)).toBe('pending');
    await pass(1);
    expect(await caller).toMatchObject({ code: 'ERR_TOKEN_ENDPOINT_UNREACHABLE' });
  });

  test('a connection that was lost meanwhile is replaced at once', async () => {
    const { caller, ...woken } = await callUnderWay();
    woken.clock.stall(HOUR);
    woken.endpoint.lastCall.cut('ECONNRESET');
    await woken.settle();
    expect(woken.endpoint.calls).toHaveLength(2);
    woken.endpoint.lastCall.issue('token-1');
    expect(await caller).toBe('token-1');
    expectNoBlame(woken);
  });

  test('a call whose connection lives is not made a second time', async () => {
    const { caller, clock, endpoint, pass } = await callUnderWay();
    clock.stall(3 * SECOND);
    await pass(900);
    endpoint.lastCall.issue('token-1');
    expect(await caller).toBe('token-1');
    expect(endpoint.calls).toHaveLength(1);
  });

  test('a token that expired in the socket is fetched again', async () => {
    const { caller, ...woken } = await callUnderWay();
    woken.clock.stall(HOUR);
    woken.endpoint.lastCall.issue('token-1', { expires_in: 60 });
    await woken.settle();
    woken.endpoint.lastCall.issue('token-2', { expires_in: 60 });
    expect(await caller).toBe('token-2');
    expectNoBlame(woken);
  });

  test('a refusal that was read late is a refusal', async () => {
    const { caller, clock, endpoint } = await callUnderWay();
    clock.stall(HOUR);
    endpoint.lastCall.answer(401, { error: 'invalid_client' });
    expect(await caller).toMatchObject({ code: 'ERR_CREDENTIALS_REJECTED' });
    expect(endpoint.calls).toHaveLength(1);
  });

  test('credentials that could not be fetched meanwhile are asked for again', async () => {
    let fail: ((error: Error) => void) | undefined;
    let asked = 0;
    const credentials = () => {
      asked += 1;
      return asked > 1 ? ACME : new Promise<never>((_, reject) => (fail = reject));
    };
    const { source, clock, endpoint, settle } = bench({ provider: { credentials } });
    const caller = ended(source.getToken());
    await settle();
    clock.stall(HOUR);
    fail?.(new Error('the vault has closed the connection'));
    await settle();
    endpoint.lastCall.issue('token-1');
    expect(await caller).toBe('token-1');
  });

  test('a flight that is stopped again and again makes at most four attempts', async () => {
    const { caller, clock, endpoint, pass, told } = await callUnderWay();
    for (let stalls = 0; stalls < 4; stalls += 1) {
      clock.stall(MINUTE);
      await pass(0);
    }
    expect(endpoint.calls).toHaveLength(4);
    expect(await caller).toMatchObject({ code: 'ERR_TOKEN_ENDPOINT_UNREACHABLE' });
    expect(told('coolDownStarted')).toHaveLength(1);
  });

  test('a function that is frozen in the middle of a background refresh serves its next request at once', async () => {
    const warm = await warmBench({ maxAttempts: 1 });
    await warm.pass(55 * MINUTE);
    expect(await ended(warm.source.getToken())).toBe('token-1');
    await warm.settle();
    expect(warm.endpoint.calls.filter(({ isOver }) => !isOver)).toHaveLength(1);

    warm.clock.stall(10 * MINUTE);
    const next = ended(warm.source.getToken());
    await warm.settle();
    expect(warm.endpoint.calls).toHaveLength(3);
    warm.endpoint.lastCall.issue('token-2');
    expect(await next).toBe('token-2');
    expectNoBlame(warm);
  });

  test('close() during the stall ends the flight for good', async () => {
    const { caller, clock, source, endpoint, pass } = await callUnderWay();
    clock.stall(HOUR);
    source.close();
    await pass(MINUTE);
    expect(await caller).toMatchObject({ code: 'ERR_TOKEN_SOURCE_CLOSED' });
    expect(endpoint.calls).toHaveLength(1);
    expect(clock.pendingTimers).toBe(0);
  });

  test('a process that held the lease takes the token that another has fetched meanwhile, and reports no failure', async () => {
    const { members, slot, endpoint, clock, settle, pass } = fleet(1, { maxAttempts: 1 });
    const caller = members[0].token();
    await settle();
    clock.stall(HOUR);
    const other = await slot();
    await other.begin({ owner: 'other', leaseMs: 15_000, minRemainingMs: 0 });
    const theirs = { value: 'theirs', undated: false };
    await other.commit({ owner: 'other', fence: undefined, token: theirs, remainingMs: HOUR });
    await pass(0);
    expect(await caller).toBe('theirs');
    expect(endpoint.calls).toHaveLength(1);
    expect((await other.read())?.token.value).toBe('theirs');
  });

  test('no other process learns of it, so that a new attempt is made at once', async () => {
    const { members, endpoint, clock, settle } = fleet(1, { maxAttempts: 1 });
    const caller = members[0].token();
    await settle();
    clock.stall(2 * SECOND);
    endpoint.lastCall.cut('ECONNRESET');
    await settle();
    expect(endpoint.calls).toHaveLength(2);
    endpoint.lastCall.issue('token-1');
    expect(await caller).toBe('token-1');
  });

  test('a stall does not count as time that a mint takes', async () => {
    const { caller, clock, source, endpoint, pass } = await callUnderWay();
    clock.stall(HOUR);
    endpoint.lastCall.issue('token-1', { expires_in: 14_400 });
    expect(await caller).toBe('token-1');
    // By an hour's mint, half of the life would be the window of the early refresh.
    await pass(2.5 * HOUR);
    expect(source.peek()?.value).toBe('token-1');
  });
});
