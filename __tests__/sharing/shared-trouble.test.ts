import { describe, expect, test } from '@jest/globals';

import { isBearerError } from '../../src/index.js';
import { ACME, forcedMintOf } from '../token-source/hand-held.js';
import { allAsk, fleet } from './shared-fleet.js';

type Member = ReturnType<typeof fleet>['members'][number];

const told = ({ events }: Member, name: string) => events.filter((event) => event.name === name);

test.each([
  ['refuses', (store: Member['store']) => store.fail(), 0],
  ['never answers', (store: Member['store']) => store.hang(), 250],
  ['carries out and never answers', (store: Member['store']) => store.loseReplies(), 250],
  ['answers late', (store: Member['store']) => store.delay(400), 250],
])(
  'behaviour 44: with a store that %s a cold start waits at most one operation bound',
  async (_, disturb, delayMs) => {
    const { members, answerAtOnce, clock, pass } = fleet(1);
    answerAtOnce();
    const [member] = members as [Member];
    disturb(member.store);
    const startedAt = clock.monotonic();
    let tookMs = -1;
    void member.token().then(() => (tookMs = clock.monotonic() - startedAt));
    await pass(delayMs);
    expect(tookMs).toBe(delayMs);
    expect(member.source.peek()?.value).toBe('T1');
  },
);

test('behaviour 44: while the breaker is open nothing waits and nothing is asked; a probe ends that', async () => {
  const { members, answerAtOnce, clock, pass } = fleet(1);
  answerAtOnce();
  const [member] = members as [Member];
  const { store, source, token } = member;
  store.hang();
  const renew = async (value: string, withinMs: number) => {
    const answer = source.reject(value);
    const startedAt = clock.monotonic();
    let tookMs = -1;
    const next = token(value).then((result) => {
      tookMs = clock.monotonic() - startedAt;
      source.replayed({ accepted: true, forcedMint: forcedMintOf(answer) });
      return result;
    });
    await pass(withinMs);
    return { value: await next, tookMs };
  };
  await Promise.all([token(), pass(1_500)]);
  // The first flight has asked and failed twice: when it began, and when it wanted to commit.
  expect(await renew('T1', 400)).toMatchObject({ value: 'T2', tookMs: 250 });
  const asked = store.calls.length;
  expect(await renew('T2', 400)).toEqual({ value: 'T3', tookMs: 0 });
  expect(await renew('T3', 100)).toEqual({ value: 'T4', tookMs: 0 });
  expect(store.calls.length).toBe(asked);
  expect(told(member, 'storeFailed')).toHaveLength(1);

  await pass(1_000);
  store.recover();
  expect(await renew('T4', 100)).toMatchObject({ value: 'T5', tookMs: 0 });
  expect(store.calls.length).toBeGreaterThan(asked);
  expect(told(member, 'storeRecovered')).toHaveLength(1);
});

test('a valid token is served at once, whatever the store does', async () => {
  const { members, answerAtOnce, pass } = fleet(1);
  answerAtOnce();
  const [{ store, token, events }] = members as [Member];
  await token();
  store.hang();
  for (let minute = 0; minute < 30; minute += 1) {
    await pass(61_000);
    expect(await token()).toBe('T1');
  }
  expect(events.filter(({ name }) => name === 'refreshFailed')).toHaveLength(0);
});

test('an answer that is lost after the work was done delays no process: the lease goes back with the token', async () => {
  const { members, answerAtOnce, endpoint, pass } = fleet(2);
  answerAtOnce();
  const [a, b] = members as [Member, Member];
  a.store.loseNextReplies(1, 'begin');
  const first = a.token();
  await pass(250);
  expect(await first).toBe('T1');
  expect(await b.token()).toBe('T1');
  expect(endpoint.calls).toHaveLength(1);
});

test('nor does a lost answer whose mint then fails', async () => {
  const { members, slot, endpoint, pass } = fleet(1, { maxAttempts: 1 });
  endpoint.onCall = (call) => call.answer(500);
  const [{ store, token }] = members as [Member];
  const held = store.holdNext('begin');
  const failing = token();
  await pass(300);
  expect(isBearerError(await failing)).toBe(true);
  // Only now does the question reach the store: a queue of the client has let it go.
  held.release();
  await pass(10);
  const next = await (await slot()).begin({ owner: 'b', leaseMs: 1_000, minRemainingMs: 0 });
  expect(next.kind).toBe('lead');
});

test('a question that reaches the store after the flight has landed leaves no lease behind', async () => {
  const { members, slot, answerAtOnce, pass } = fleet(1);
  answerAtOnce({ expires_in: 4 });
  const [{ store, token }] = members as [Member];
  store.failNext(1, 'commit');
  const held = store.holdNext('begin');
  const asked = token();
  await pass(300);
  expect(await asked).toBe('T1');
  held.release();
  await pass(10);
  const next = await (await slot()).begin({ owner: 'b', leaseMs: 1_000, minRemainingMs: 0 });
  expect(next.kind).toBe('lead');
});

test('one lost answer does not count as an outage with one active token: the process asks again and mints under the lease', async () => {
  const { members, slot, endpoint, pass } = fleet(2, { singleActiveToken: true });
  const [a, b] = members as [Member, Member];
  a.store.loseNextReplies(1, 'begin');
  const first = a.token();
  await pass(250);
  const second = b.token();
  await pass(500);
  expect(endpoint.calls).toHaveLength(1);
  endpoint.lastCall.issue('T1');
  await pass(1_000);
  expect(await first).toBe('T1');
  expect(await second).toBe('T1');
  expect(await (await slot()).read()).toBeDefined();
});

describe('behaviour 54: each new token invalidates the last, and the store is away', () => {
  const single = { singleActiveToken: true } as const;

  /** Two processes that hold T1, which then draws a 401 everywhere while no store answers. */
  async function revoked() {
    const all = fleet(2, single);
    all.answerAtOnce();
    await allAsk(all, 1_000);
    for (const { source, store } of all.members) {
      store.hang();
      source.reject('T1');
    }
    return all;
  }

  test('requests wait, and go on with one new token for all when the store answers again', async () => {
    const { members, endpoint, pass, clock } = await revoked();
    const startedAt = clock.monotonic();
    const ended: number[] = [];
    const asked = members.map(({ token }) =>
      token('T1').finally(() => ended.push(clock.monotonic() - startedAt)),
    );
    await pass(4_000);
    expect(endpoint.calls).toHaveLength(1);
    for (const { store } of members) store.recover();
    await pass(3_000);
    expect(await Promise.all(asked)).toEqual(['T2', 'T2']);
    expect(endpoint.calls).toHaveLength(2);
    expect(Math.max(...ended)).toBeLessThan(4_000 + 1_500);
  });

  test('a caller waits no longer than its own time-out allows', async () => {
    const { members, pass } = await revoked();
    const [{ source }] = members as [Member];
    const hurried = source
      .getToken({ not: 'T1', timeoutMs: 2_000 })
      .catch((error: unknown) => error);
    await pass(2_000);
    expect(isBearerError(await hurried, 'ERR_TOKEN_WAIT_TIMED_OUT')).toBe(true);
  });

  test('the store is probed about once a second, however many requests wait, and never without a waiting request', async () => {
    const { members, pass } = await revoked();
    const [{ store, token }] = members as [Member];
    const before = store.calls.length;
    for (let n = 0; n < 50; n += 1) void token('T1');
    await pass(9_000);
    // Three in quick succession, before it counts as away.
    const probes = store.calls.length - before;
    expect(probes).toBeGreaterThanOrEqual(7);
    expect(probes).toBeLessThanOrEqual(11);
  });

  test('after 10 s without the store a process mints for itself, one token at a time and less and less often', async () => {
    const { members, endpoint, pass, clock } = await revoked();
    const [{ token, source }] = members as [Member];
    const at: number[] = [];
    const startedAt = clock.monotonic();
    endpoint.onCall = (call) => {
      at.push(Math.round((clock.monotonic() - startedAt) / 1_000));
      call.issue(`T${at.length + 1}`);
    };
    // Each token is dead on arrival: another process has minted too.
    const requests = async () => {
      for (let dead = 'T1'; at.length < 5;) {
        const value = String(await token(dead));
        if (!/^T\d/.test(value)) continue;
        source.reject(value);
        dead = value;
      }
    };
    const load = requests();
    await pass(120_000);
    await load;
    const gaps = at.slice(1).map((time, n) => time - at[n]!);
    expect(at[0]).toBeGreaterThanOrEqual(10);
    expect(at[0]).toBeLessThanOrEqual(12);
    for (const [n, wanted] of [2, 4, 8, 16].entries()) {
      expect(gaps[n]).toBeGreaterThanOrEqual(wanted - 1);
      expect(gaps[n]).toBeLessThanOrEqual(wanted + 2);
    }
  });

  test('a request that may not mint in time fails with a retryable error that says why', async () => {
    const { members, endpoint, pass } = await revoked();
    const [{ token, source }] = members as [Member];
    let dead = 'T1';
    for (const withinMs of [12_000, 3_000, 6_000, 10_000, 18_000]) {
      const next = token(dead);
      await pass(withinMs);
      dead = String(await next);
      source.reject(dead);
    }
    expect(endpoint.calls).toHaveLength(6);
    const failing = token(dead);
    await pass(18_000);
    const error = await failing;
    expect(isBearerError(error, 'ERR_TOKEN_STORE_FAILED')).toBe(true);
    expect(error).toMatchObject({ phase: 'token request', retryable: true });
    expect(endpoint.calls).toHaveLength(6);
  });

  test('the current token is served until it expires, at once and without a mint', async () => {
    const { members, answerAtOnce, endpoint, clock, pass } = fleet(1, single);
    answerAtOnce({ expires_in: 600 });
    const [{ store, token }] = members as [Member];
    await token();
    await pass(575_000);
    store.hang();
    for (let second = 0; second < 24; second += 1) {
      const startedAt = clock.monotonic();
      let tookMs = Infinity;
      const asked = token().then((value) => {
        tookMs = clock.monotonic() - startedAt;
        return value;
      });
      await pass(1_000);
      expect(await asked).toBe('T1');
      expect(tookMs).toBeLessThanOrEqual(250);
    }
    expect(endpoint.calls).toHaveLength(1);
    // It has ended, and the store has been away for long enough.
    await pass(2_000);
    const next = token();
    await pass(1_000);
    expect(await next).toBe('T2');
  });

  test('a cold start waits for the store too, and not at all while the store answers', async () => {
    const { members, answerAtOnce, endpoint, pass } = fleet(2, single);
    answerAtOnce();
    const [away, well] = members as [Member, Member];
    away.store.fail();
    const waiting = away.token();
    await pass(5_000);
    expect(endpoint.calls).toHaveLength(0);
    expect(await well.token()).toBe('T1');
    away.store.recover();
    await pass(1_500);
    expect(await waiting).toBe('T1');
  });

  test('a token minted without the store is written to it when it is back', async () => {
    const { members, slot, pass } = await revoked();
    const [{ store, token }] = members as [Member];
    const alone = token('T1');
    await pass(12_000);
    expect(await alone).toBe('T2');
    store.recover();
    await pass(3_000);
    await token();
    await pass(10);
    expect((await (await slot()).read())?.token.value).toBe('T2');
  });

  test('a clear() that cannot reach the store causes no mint that invalidates the others’ token', async () => {
    const { members, endpoint, pass } = await revoked();
    const [{ source, store, token }] = members as [Member];
    source.clear();
    const asked = token();
    await pass(3_000);
    expect(endpoint.calls).toHaveLength(1);
    store.recover();
    await pass(1_500);
    expect(await asked).toBe('T2');
  });

  test('no timer is left once no caller waits', async () => {
    const { members, clock, pass } = await revoked();
    for (const { source } of members) source.close();
    await pass(300);
    expect(clock.pendingTimers).toBe(0);
  });
});

test('a commit that is lost costs one bound at most, and is made good later', async () => {
  const { members, answerAtOnce, pass, settle, slot } = fleet(1);
  answerAtOnce();
  const [{ store, token }] = members as [Member];
  store.failNext(1, 'commit');
  expect(await token()).toBe('T1');
  expect(await (await slot()).read()).toBeUndefined();
  await pass(2_000);
  await token();
  await settle();
  expect((await (await slot()).read())?.token.value).toBe('T1');
});

test('a late holder serves the newer token that took the place of its own', async () => {
  const { members, slot, endpoint, settle, pass } = fleet(1);
  const [{ token, source }] = members as [Member];
  const late = token();
  await settle();
  const other = await slot();
  // As after a pause of the whole process: by the store's clock the lease is over, by ours nothing happened.
  await other.commit({
    owner: 'other',
    fence: 99,
    token: { value: 'T-newer', undated: false },
    remainingMs: 3_600_000,
  });
  endpoint.lastCall.issue('T-late');
  await pass(0);
  expect(await late).toBe('T-newer');
  expect(source.peek()?.value).toBe('T-newer');
  expect((await other.read())?.token.value).toBe('T-newer');
});

test('rejected credentials: one mint for all, one cool-down for all, and it grows with each new attempt', async () => {
  const refused = fleet(8);
  const { endpoint, clock, join } = refused;
  const at: number[] = [];
  endpoint.onCall = (call) => {
    at.push(clock.monotonic());
    call.answer(401, { error: 'invalid_client' });
  };
  const errors = await allAsk(refused, 1_000);
  expect(errors.every((error) => isBearerError(error, 'ERR_CREDENTIALS_REJECTED'))).toBe(true);
  expect(at).toHaveLength(1);

  for (let second = 0; second < 120; second += 1) {
    await allAsk(refused, 1_000);
  }
  const gaps = at.slice(1).map((time, n) => Math.round((time - at[n]!) / 1_000));
  // 5, 10, 20, 40 s and so on, whichever process makes the attempt.
  expect(gaps).toEqual([5, 10, 20, 40]);
  // A process that starts now learns that without asking the endpoint.
  const calls = at.length;
  const late = join();
  expect(isBearerError(await late.token(), 'ERR_CREDENTIALS_REJECTED')).toBe(true);
  expect(at).toHaveLength(calls);
});

test('credentials from a vault that were rejected in another process do not count as changed', async () => {
  let asked = 0;
  const { members, endpoint, join } = fleet(1);
  endpoint.onCall = (call) => call.answer(401, { error: 'invalid_client' });
  await members[0]!.token();
  const late = join({
    provider: {
      credentials: () => {
        asked += 1;
        return ACME;
      },
    },
  });
  await late.token();
  const [events, questions] = [late.events.length, late.store.calls.length];
  for (let request = 0; request < 5; request += 1)
    expect(isBearerError(await late.token(), 'ERR_CREDENTIALS_REJECTED')).toBe(true);
  expect(late.events).toHaveLength(events);
  expect(late.store.calls).toHaveLength(questions);
  expect(asked).toBe(6);
  expect(endpoint.calls).toHaveLength(1);
});

test('the error after a failure of another process says where to look, and nothing of the answer', async () => {
  const { members, endpoint, join } = fleet(1);
  endpoint.onCall = (call) =>
    call.answer(401, {
      error: 'invalid_client',
      error_description: 'the secret acme-client-secret',
    });
  await members[0]!.token();
  const error = (await join().token()) as Error & { status: number; retryInMs: number };
  expect(error.message).toContain('acme: the token call of another process has just failed (401)');
  expect(error.message).not.toContain('acme-client-secret');
  expect(error).toMatchObject({ status: 401, phase: 'cooling down', retryable: false });
  expect(error.retryInMs).toBeGreaterThan(4_000);
});

test('all processes respect Retry-After', async () => {
  const limited = fleet(4);
  const { endpoint, pass, members } = limited;
  endpoint.onCall = (call) => call.answer(429, '', { 'retry-after': '60' });
  await allAsk(limited, 1_000);
  await pass(50_000);
  await Promise.all(members.map(({ token }) => token()));
  expect(endpoint.calls).toHaveLength(1);
  endpoint.onCall = (call) => call.issue('T1');
  await pass(10_000);
  expect(await allAsk(limited)).toEqual(['T1', 'T1', 'T1', 'T1']);
  expect(endpoint.calls).toHaveLength(2);
});

test("one host's network fault keeps the others from the endpoint for two seconds at most", async () => {
  const { members, endpoint, pass } = fleet(2, { maxAttempts: 1 });
  const [a, b] = members as [Member, Member];
  endpoint.onCall = (call) => call.cut('ECONNREFUSED');
  expect(isBearerError(await a.token(), 'ERR_TOKEN_ENDPOINT_UNREACHABLE')).toBe(true);
  endpoint.onCall = (call) => call.issue('T1');
  expect(isBearerError(await b.token(), 'ERR_TOKEN_ENDPOINT_UNREACHABLE')).toBe(true);
  await pass(2_001);
  expect(await b.token()).toBe('T1');
});

test('a process without a token gets the rejected but living one while the fleet cools down', async () => {
  const { members, join, endpoint, answerAtOnce } = fleet(1, { maxAttempts: 1 });
  answerAtOnce();
  const [a] = members as [Member];
  await a.token();
  endpoint.onCall = (call) => call.answer(429, '', { 'retry-after': '60' });
  a.source.reject('T1');
  await a.token();
  const late = join();
  expect(await late.token()).toBe('T1');
  expect(await late.token()).toBe('T1');
  // It is served while there is nothing better; a 401 on it goes to the caller.
  expect(late.source.reject('T1')).toEqual({ kind: 'pass', because: 'endpoint-cooling' });
  expect(isBearerError(await late.token('T1'))).toBe(true);
  expect(endpoint.calls).toHaveLength(2);
});

test('a fault on our side is not shared', async () => {
  let isSealed = false;
  const provider = {
    tokenRequest: () => {
      if (isSealed) throw new Error('sealed');
      return { url: '/oauth/token', body: { json: {} } };
    },
  };
  const { members, endpoint, settle } = fleet(2, { provider });
  endpoint.onCall = (call) => call.issue('T1');
  const [a, b] = members as [Member, Member];
  isSealed = true;
  expect(isBearerError(await a.token(), 'ERR_BEARER_MISCONFIGURED')).toBe(true);
  await settle();
  isSealed = false;
  expect(await b.token()).toBe('T1');
});

test('an outage is reported once, and so is its end', async () => {
  const { members, answerAtOnce, pass } = fleet(1);
  answerAtOnce();
  const [member] = members as [Member];
  await member.token();
  member.store.fail();
  for (let minute = 0; minute < 10; minute += 1) {
    await pass(61_000);
    await member.token();
  }
  member.store.recover();
  await pass(61_000);
  await member.token();
  await pass(0);
  expect(told(member, 'storeFailed')).toHaveLength(1);
  expect(told(member, 'storeRecovered')).toHaveLength(1);
});

test('a store that cannot even be opened leaves everything to the source itself', async () => {
  const { members, answerAtOnce } = fleet(1);
  answerAtOnce();
  const [member] = members as [Member];
  member.store.open = () => Promise.reject(new Error('no such algorithm'));
  expect(await member.token()).toBe('T1');
  expect(told(member, 'storeFailed')).toHaveLength(1);
});

test('a process that stood still for longer than its lease asks again instead of failing, and gets the token of another', async () => {
  const { members, slot, endpoint, clock, settle, pass } = fleet(1, { maxAttempts: 1 });
  const [{ token }] = members as [Member];
  const late = token();
  await settle();
  const other = await slot();
  // Time goes on, and nothing of this process runs: its lease is not renewed, and its token call is lost.
  clock.advance(3_001);
  expect((await other.begin({ owner: 'other', leaseMs: 3_000, minRemainingMs: 0 })).kind).toBe(
    'lead',
  );
  endpoint.lastCall.cut('ECONNRESET');
  await pass(100);
  const t2 = { value: 'T2', undated: false };
  await other.commit({ owner: 'other', fence: undefined, token: t2, remainingMs: 3_600_000 });
  await pass(1_000);
  expect(await late).toBe('T2');
  expect((await other.read())?.token.value).toBe('T2');
  expect(endpoint.calls).toHaveLength(1);
});

test('while the endpoint is left alone here, a request still finds the token that another process brings', async () => {
  const { members, endpoint, slot, pass } = fleet(1, { maxAttempts: 1 });
  endpoint.onCall = (call) => call.answer(429, '', { 'retry-after': '600' });
  const [{ token }] = members as [Member];
  expect(isBearerError(await token())).toBe(true);
  const other = await slot();
  const t2 = { value: 'T2', undated: false };
  await other.commit({ owner: 'other', fence: undefined, token: t2, remainingMs: 3_600_000 });
  await pass(1_500);
  expect(await token()).toBe('T2');
});

test('a request that fails fast does not ask the store each time', async () => {
  const { members, endpoint, pass } = fleet(1, { maxAttempts: 1 });
  endpoint.onCall = (call) => call.answer(429, '', { 'retry-after': '600' });
  const [{ token, store }] = members as [Member];
  await token();
  await pass(2_000);
  const before = store.calls.length;
  await Promise.all(Array.from({ length: 50 }, () => token()));
  expect(store.calls.slice(before)).toEqual(['read']);
});
