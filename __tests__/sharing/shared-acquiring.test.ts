import { expect, test } from '@jest/globals';

import { isBearerError } from '../../src/index.js';
import { allAsk, fleet } from './shared-fleet.js';

const names = (events: readonly { name: string }[]) => events.map(({ name }) => name);

test('behaviour 42: processes that start cold at once share one mint', async () => {
  const cold = fleet(8);
  cold.answerAtOnce();
  expect(await allAsk(cold)).toEqual(Array.from({ length: 8 }, () => 'T1'));
  expect(cold.endpoint.calls).toHaveLength(1);
});

test('behaviour 42: a process that starts later adopts the token with one question and no mint', async () => {
  const { answerAtOnce, members, join, pass, endpoint } = fleet(1);
  answerAtOnce();
  await members[0].token();
  await pass(600_000);
  const late = join();
  expect(await late.token()).toBe('T1');
  expect(endpoint.calls).toHaveLength(1);
  expect(late.store.calls).toEqual(['begin']);
  expect(late.events.find(({ name }) => name === 'refreshed')).toMatchObject({
    from: 'store',
    attempts: 0,
    expiresInMs: 3_000_000,
  });
});

test.each([-600_000, 600_000])(
  'behaviour 42: hosts whose clocks are %i ms apart see the same life and renew at the same time',
  async (clocksApartMs) => {
    const apart = fleet(3, { clocksApartMs });
    const { answerAtOnce, members, pass, endpoint, clock } = apart;
    answerAtOnce();
    for (const { token } of members) expect(await token()).toBe('T1');
    const ends = members.map(({ source }) => source.timeToExpiryMs());
    expect(ends).toEqual([3_600_000, 3_600_000, 3_600_000]);
    const wall = members.map(({ source }) => source.peek()!.expiresAt! - clock.now());
    expect(wall).toEqual([0, 1, 2].map((n) => 3_600_000 + n * clocksApartMs));
    await pass(3_200_000);
    for (const { token } of members) expect(await token()).toBe('T1');
    await pass(400_001);
    expect(await allAsk(apart)).toEqual(['T2', 'T2', 'T2']);
    expect(endpoint.calls).toHaveLength(2);
  },
);

test('the life of an adopted token is shortened by the round trip, never lengthened', async () => {
  const { answerAtOnce, members, join, pass } = fleet(1);
  answerAtOnce({ expires_in: 100 });
  await members[0].token();
  const late = join();
  late.store.delay(200);
  const asked = late.token();
  await pass(200);
  await asked;
  // The store said 99.8 s after 200 ms; nobody knows how much of these was the way back.
  expect(late.source.timeToExpiryMs()).toBe(99_600);
});

test('warm requests ask the store nothing', async () => {
  const { answerAtOnce, members, pass } = fleet(1);
  answerAtOnce();
  const [{ token, source, store }] = members;
  await token();
  const before = store.calls.length;
  for (let n = 0; n < 1_000; n += 1) {
    await pass(40);
    expect(source.peek()?.value).toBe('T1');
    await source.getToken();
  }
  expect(store.calls.length - before).toBe(0);
});

test('a process in the early window goes on with its token while another one renews it', async () => {
  const { members, endpoint, pass, settle } = fleet(2);
  endpoint.onCall = (call, count) => count === 1 && call.issue('T1');
  const [leader, other] = members;
  await leader.token();
  await other.token();
  await pass(3_400_000);

  expect(await leader.token()).toBe('T1');
  await settle();
  expect(endpoint.calls).toHaveLength(2);
  expect(await other.token()).toBe('T1');
  await settle();
  // It has looked once, waits for nobody, closes no gate, and does not ask at each request.
  const looked = other.store.calls.length;
  for (let n = 0; n < 20; n += 1) expect(await other.token()).toBe('T1');
  await settle();
  expect(other.store.calls.length).toBe(looked);
  expect(names(other.events)).not.toContain('coolDownStarted');
  expect(names(other.events)).not.toContain('refreshFailed');

  endpoint.lastCall.issue('T2');
  await pass(3_000);
  expect(await other.token()).toBe('T1');
  await settle();
  expect(await other.token()).toBe('T2');
  expect(endpoint.calls).toHaveLength(2);
});

test('a process whose token draws a 401 while it stood aside waits for the replacement', async () => {
  const { members, endpoint, pass, settle } = fleet(2);
  endpoint.onCall = (call, count) => count === 1 && call.issue('T1');
  const [leader, other] = members;
  await leader.token();
  await other.token();
  await pass(3_400_000);
  await leader.token();
  await other.token();
  await settle();

  expect(other.source.reject('T1').kind).toBe('replay');
  const replacement = other.token('T1');
  await settle();
  endpoint.lastCall.issue('T2');
  await pass(1_000);
  expect(await replacement).toBe('T2');
  expect(endpoint.calls).toHaveLength(2);
});

test('in the last moments callers wait for the other process', async () => {
  const { members, endpoint, pass, settle } = fleet(2);
  endpoint.onCall = (call, count) => count === 1 && call.issue('T1', { expires_in: 600 });
  const [leader, other] = members;
  await leader.token();
  await other.token();
  await pass(580_000);
  const leading = leader.token();
  await settle();
  const waiting = other.token();
  await pass(3_000);
  endpoint.lastCall.issue('T2');
  await pass(1_000);
  expect(await waiting).toBe('T2');
  expect(await leading).toBe('T2');
  expect(endpoint.calls).toHaveLength(2);
});

test('a waiting process learns when another has fetched the token, and reports how long it waited', async () => {
  const { members, endpoint, pass, settle } = fleet(2);
  const [leader, other] = members;
  void leader.token();
  await settle();
  const waiting = other.token();
  await pass(400);
  endpoint.lastCall.issue('T1');
  await pass(600);
  expect(await waiting).toBe('T1');
  const awaited = other.events.find(({ name }) => name === 'leaseAwaited');
  expect(awaited).toMatchObject({ outcome: 'token' });
});

test('polls 50 ms after the first look and then less and less often, up to every half second', async () => {
  const { members, pass, settle } = fleet(2);
  void members[0].token();
  await settle();
  void members[1].token();
  const counts: number[] = [];
  for (const until of [0, 49, 1, 75, 113, 169, 253, 380, 500, 500, 500]) {
    await pass(until);
    counts.push(members[1].store.calls.length);
  }
  expect(counts).toEqual([1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test('a hint ends the waiting at once', async () => {
  const { members, endpoint, pass, settle } = fleet(2, { hints: true });
  void members[0].token();
  await settle();
  const waiting = members[1].token();
  await pass(2_000);
  const polls = members[1].store.calls.length;
  endpoint.lastCall.issue('T1');
  await settle();
  expect(await waiting).toBe('T1');
  expect(members[1].store.calls.length).toBe(polls + 1);
});

test('a caller who waits for another process may leave, and the flight goes on', async () => {
  const { members, slot, answerAtOnce, pass } = fleet(1);
  answerAtOnce();
  await (await slot()).begin({ owner: 'ghost', leaseMs: 3_000, minRemainingMs: 0 });
  const { source, token } = members[0];
  const abort = new AbortController();
  const leaving = source.getToken({ signal: abort.signal });
  const hurried = source.getToken({ timeoutMs: 100 });
  const patient = token();
  await pass(100);
  abort.abort(new Error('gone'));
  await expect(leaving).rejects.toThrow('gone');
  await expect(hurried).rejects.toThrow('within 100 ms');
  await pass(4_000);
  expect(await patient).toBe('T1');
});

test('a provider with one active token is not asked while another process may still bring the token', async () => {
  const { members, slot, endpoint, pass } = fleet(1, { singleActiveToken: true });
  await (await slot()).begin({ owner: 'ghost', leaseMs: 60_000, minRemainingMs: 0 });
  const waiting = members[0].token();
  await pass(18_000);
  const error = await waiting;
  expect(isBearerError(error, 'ERR_TOKEN_LEASE_HELD')).toBe(true);
  expect(error).toMatchObject({ provider: 'acme', phase: 'token request', retryable: true });
  expect(endpoint.calls).toHaveLength(0);
  expect(names(members[0].events)).not.toContain('coolDownStarted');
});

test('any other provider is asked after all, once the lease should have ended', async () => {
  const { members, slot, answerAtOnce, endpoint, pass } = fleet(1);
  answerAtOnce();
  await (await slot()).begin({ owner: 'ghost', leaseMs: 60_000, minRemainingMs: 0 });
  const waiting = members[0].token();
  await pass(16_500);
  expect(endpoint.calls).toHaveLength(0);
  await pass(1_500);
  expect(await waiting).toBe('T1');
  expect((await (await slot()).read())?.token.value).toBe('T1');
});

test('a lease of 3 s is renewed each second for as long as the mint runs, and given back with the token', async () => {
  const { members, slot, endpoint, pass, settle } = fleet(1, { attemptTimeoutMs: 10_000 });
  const [{ token, store }] = members;
  const minted = token();
  await settle();
  const other = await slot();
  for (let second = 0; second < 8; second += 1) {
    const answer = await other.begin({ owner: 'b', leaseMs: 1, minRemainingMs: 0 });
    if (answer.kind !== 'held') throw new Error(answer.kind);
    expect(answer.remainingMs).toBeGreaterThanOrEqual(2_000);
    expect(answer.remainingMs).toBeLessThanOrEqual(3_000);
    await pass(1_000);
  }
  endpoint.lastCall.issue('T1');
  await settle();
  expect(await minted).toBe('T1');
  await pass(10_000);
  expect(store.calls).toEqual(['begin', ...Array<string>(8).fill('renew'), 'commit']);
});

test('a lease that another process has taken is renewed no longer', async () => {
  const { members, slot, pass, settle, clock } = fleet(1);
  const [{ token, store }] = members;
  void token();
  await settle();
  clock.advance(3_001);
  await (await slot()).begin({ owner: 'other', leaseMs: 60_000, minRemainingMs: 0 });
  await pass(5_000);
  expect(store.calls.filter((call) => call === 'renew').length).toBeLessThanOrEqual(4);
  expect((await (await slot()).begin({ owner: 'third', leaseMs: 1, minRemainingMs: 0 })).kind).toBe(
    'held',
  );
});

test('a renewal that is lost costs nothing: the next one comes before the lease ends', async () => {
  const { members, slot, endpoint, pass, settle } = fleet(1);
  const [{ token, store }] = members;
  const minted = token();
  await settle();
  store.failNext(1, 'renew');
  await pass(3_500);
  expect((await (await slot()).begin({ owner: 'b', leaseMs: 1, minRemainingMs: 0 })).kind).toBe(
    'held',
  );
  endpoint.lastCall.issue('T1');
  expect(await minted).toBe('T1');
});

test('no lease of the first edition is stolen, which lasts 15 s and is never renewed', async () => {
  const { members, slot, endpoint, pass } = fleet(3);
  const first = await slot();
  const { fence } = (await first.begin({ owner: 'first', leaseMs: 15_000, minRemainingMs: 0 })) as {
    fence: number;
  };
  const waiting = members.map(({ token }) => token());
  await pass(14_000);
  expect(endpoint.calls).toHaveLength(0);
  const token = { value: 'T1', undated: false };
  await first.commit({ owner: 'first', fence, token, remainingMs: 3_600_000 });
  await pass(1_000);
  expect(await Promise.all(waiting)).toEqual(['T1', 'T1', 'T1']);
  expect(endpoint.calls).toHaveLength(0);
});

test('one of the first edition waits for a lease that is renewed, and gets the token', async () => {
  const { members, slot, endpoint, pass, settle } = fleet(1, { attemptTimeoutMs: 10_000 });
  const minted = members[0].token();
  await settle();
  const first = await slot();
  const asks = () => first.begin({ owner: 'first', leaseMs: 15_000, minRemainingMs: 1_000 });
  for (let second = 0; second < 8; second += 1) {
    expect((await asks()).kind).toBe('held');
    await pass(1_000);
  }
  endpoint.lastCall.issue('T1');
  await settle();
  expect(await asks()).toMatchObject({ kind: 'token', token: { value: 'T1' } });
  expect(await minted).toBe('T1');
});

test('another process takes over about 3 s after the holder of the lease died', async () => {
  const { members, slot, endpoint, pass, clock } = fleet(2);
  await (await slot()).begin({ owner: 'ghost', leaseMs: 3_000, minRemainingMs: 0 });
  const startedAt = clock.monotonic();
  endpoint.onCall = (call) => call.issue('T1');
  const served: number[] = [];
  for (const { token } of members)
    void token().then(() => served.push(clock.monotonic() - startedAt));
  await pass(4_000);
  expect(served).toHaveLength(2);
  expect(Math.max(...served)).toBeLessThan(3_600);
  expect(endpoint.calls).toHaveLength(1);
});

test('waiting for another process leaves the full time for its own mint', async () => {
  const { members, slot, endpoint, pass } = fleet(1);
  await (await slot()).begin({ owner: 'ghost', leaseMs: 9_000, minRemainingMs: 0 });
  const waiting = members[0].token();
  await pass(9_500);
  expect(endpoint.calls).toHaveLength(1);
  await pass(4_000);
  endpoint.lastCall.issue('T1');
  await pass(0);
  expect(await waiting).toBe('T1');
});

test('a token of unknown lifetime is shared with its lifetime unknown', async () => {
  const { members, join, answerAtOnce, pass } = fleet(1);
  answerAtOnce({ expires_in: undefined });
  await members[0].token();
  await pass(60_000);
  const late = join();
  expect(await late.token()).toBe('T1');
  expect(late.source.peek()?.expiresAt).toBeUndefined();
});

test('the granted scope comes with the adopted token', async () => {
  const { members, join, endpoint } = fleet(1, {
    provider: {
      parseToken: ({ body }) => ({
        accessToken: (body as { access_token: string }).access_token,
        expiresInSeconds: 3600,
        scope: 'calls:read',
      }),
    },
  });
  endpoint.onCall = (call) => call.issue('T1');
  await members[0].token();
  const late = join();
  await late.token();
  expect(late.source.peek()?.scope).toBe('calls:read');
});
