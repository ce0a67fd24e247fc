import { describe, expect, test } from '@jest/globals';

import { isBearerError } from '../../src/index.js';
import { allAsk, fleet } from './shared-fleet.js';

test('one lost answer does not count as an outage with one active token: the process asks again and mints under the lease', async () => {
  const { members, slot, endpoint, pass } = fleet(2, { singleActiveToken: true });
  const [a, b] = members;
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
    const [{ source }] = members;
    const hurried = source
      .getToken({ not: 'T1', timeoutMs: 2_000 })
      .catch((error: unknown) => error);
    await pass(2_000);
    expect(isBearerError(await hurried, 'ERR_TOKEN_WAIT_TIMED_OUT')).toBe(true);
  });

  test('the store is probed about once a second, however many requests wait, and never without a waiting request', async () => {
    const { members, pass } = await revoked();
    const [{ store, token }] = members;
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
    const [{ token, source }] = members;
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
    const [{ token, source }] = members;
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
    const [{ store, token }] = members;
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
    const [away, well] = members;
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
    const [{ store, token }] = members;
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
    const [{ source, store, token }] = members;
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
