import { expect, test } from '@jest/globals';

import { isBearerError } from '../../src/index.js';
import { ACME } from '../token-source/hand-held.js';
import { allAsk, fleet } from './shared-fleet.js';

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
  await members[0].token();
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
  await members[0].token();
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
  const [a, b] = members;
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
  const [a] = members;
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
  const [a, b] = members;
  isSealed = true;
  expect(isBearerError(await a.token(), 'ERR_BEARER_MISCONFIGURED')).toBe(true);
  await settle();
  isSealed = false;
  expect(await b.token()).toBe('T1');
});

test('while the endpoint is left alone here, a request still finds the token that another process brings', async () => {
  const { members, endpoint, slot, pass } = fleet(1, { maxAttempts: 1 });
  endpoint.onCall = (call) => call.answer(429, '', { 'retry-after': '600' });
  const [{ token }] = members;
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
  const [{ token, store }] = members;
  await token();
  await pass(2_000);
  const before = store.calls.length;
  await Promise.all(Array.from({ length: 50 }, () => token()));
  expect(store.calls.slice(before)).toEqual(['read']);
});
