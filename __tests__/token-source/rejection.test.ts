import { describe, expect, test } from '@jest/globals';

import type { TokenSource } from '../../src/token-source/token-source.js';
import { ended, outcome, warmBench, type Bench } from './hand-held.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** What a request does after a 401, as the interceptors do it: report by value, then ask for another token. */
async function afterRejection(source: TokenSource, value: string): Promise<unknown> {
  const answer = source.reject(value);
  return answer.kind === 'replay' ? ended(source.getToken({ not: value })) : answer.because;
}

async function minted(bench: Bench, value: string): Promise<void> {
  await bench.settle();
  bench.endpoint.last.token(value);
  await bench.settle();
}

test('behaviour 24: a 401 on the current token makes it suspect, and one refresh replaces it', async () => {
  const bench = await warmBench();
  const { source, endpoint, told } = bench;
  expect(source.reject('token-1')).toEqual({ kind: 'replay' });
  expect(source.peek()).toBeUndefined();
  const replay = source.getToken({ not: 'token-1' });
  await minted(bench, 'token-2');
  expect((await replay).value).toBe('token-2');
  expect(endpoint.calls).toHaveLength(2);
  expect(told('refreshed').at(-1)).toMatchObject({ reason: 'rejected' });
});

test('behaviour 25: after a 401 on the replay the new token is kept and served to others', async () => {
  const bench = await warmBench();
  const { source, endpoint } = bench;
  source.reject('token-1');
  const replay = source.getToken({ not: 'token-1' });
  await minted(bench, 'token-2');
  await replay;
  source.replayed('token-2', { accepted: false });
  expect(source.reject('token-2', { on: 'replay' })).toEqual({
    kind: 'pass',
    because: 'already-replayed',
  });
  expect(source.peek()?.value).toBe('token-2');
  expect(endpoint.calls).toHaveLength(2);
});

test('behaviour 26: a late 401 on a token replaced long ago mints nothing and doubts nothing', async () => {
  const bench = await warmBench();
  const { source, endpoint, pass } = bench;
  source.reject('token-1');
  void source.getToken({ not: 'token-1' });
  await minted(bench, 'token-2');
  await pass(10 * MINUTE);
  expect(source.reject('token-1')).toEqual({ kind: 'replay' });
  expect(source.peek()?.value).toBe('token-2');
  expect((await source.getToken({ not: 'token-1' })).value).toBe('token-2');
  expect(endpoint.calls).toHaveLength(2);
});

test('behaviour 27: 50 requests with one revoked token cost one token call, and all get the new token', async () => {
  const bench = await warmBench();
  const { source, endpoint } = bench;
  const replays = Array.from({ length: 50 }, () => afterRejection(source, 'token-1'));
  const values = Promise.all(replays.map((replay) => replay));
  await bench.settle();
  expect(endpoint.calls).toHaveLength(2);
  endpoint.last.token('token-2');
  expect(new Set(await values)).toEqual(new Set(['token-2']));
});

test('behaviour 27: 401s that trickle in while and after the refresh runs cost no second one', async () => {
  const bench = await warmBench();
  const { source, endpoint, pass } = bench;
  const replays: Promise<unknown>[] = [];
  for (let request = 0; request < 20; request += 1) {
    if (request === 10) endpoint.last.token('token-2');
    source.reject('token-1');
    replays.push(source.getToken({ not: 'token-1' }).then(({ value }) => value));
    await pass(3);
  }
  expect(new Set(await Promise.all(replays))).toEqual(new Set(['token-2']));
  expect(endpoint.calls).toHaveLength(2);
});

describe('behaviour 28: a 401 while a refresh is under way', () => {
  test('joins it; from then on callers wait for the replacement', async () => {
    const bench = await warmBench();
    const { source, endpoint, pass, settle } = bench;
    await pass(54 * MINUTE);
    expect(await outcome(source.getToken())).toBe('token-1');
    source.reject('token-1');
    const others = [source.getToken(), source.getToken({ not: 'token-1' })];
    await settle();
    expect(await outcome(others[0]!)).toBe('pending');
    expect(endpoint.calls).toHaveLength(2);
    endpoint.last.token('token-2');
    for (const other of others) expect(await outcome(other)).toBe('token-2');
    expect(endpoint.calls).toHaveLength(2);
  });

  test('and fails: the one with the 401 is told why, the others get the token in hand', async () => {
    const bench = await warmBench({ maxAttempts: 1 });
    const { source, endpoint, settle } = bench;
    source.reject('token-1');
    const refused = ended(source.getToken({ not: 'token-1' }));
    const other = source.getToken();
    await settle();
    endpoint.last.answer(500);
    expect(await refused).toMatchObject({ code: 'ERR_TOKEN_REQUEST_REFUSED' });
    expect((await other).value).toBe('token-1');
  });

  test('and its caller aborts: the others are not harmed', async () => {
    const bench = await warmBench();
    const { source, settle } = bench;
    source.reject('token-1');
    const abort = new AbortController();
    const left = ended(source.getToken({ not: 'token-1', signal: abort.signal }));
    const stays = source.getToken({ not: 'token-1' });
    await settle();
    abort.abort();
    expect(await left).toMatchObject({ name: 'AbortError' });
    await minted(bench, 'token-2');
    expect((await stays).value).toBe('token-2');
  });
});

test('behaviour 29: while the endpoint cools down a 401 mints nothing; the token is sent on and replaced as soon as the gate opens', async () => {
  const bench = await warmBench({ maxAttempts: 1 });
  const { source, endpoint, pass, settle } = bench;
  await pass(54 * MINUTE);
  await source.getToken();
  await settle();
  endpoint.last.answer(500);
  await settle();

  expect(source.reject('token-1')).toEqual({ kind: 'pass', because: 'endpoint-cooling' });
  expect((await source.getToken()).value).toBe('token-1');
  expect(source.peek()).toBeUndefined();
  expect(endpoint.calls).toHaveLength(2);
  await pass(3_999);
  expect((await source.getToken()).value).toBe('token-1');
  await pass(1);
  const waits = source.getToken();
  await minted(bench, 'token-2');
  expect((await waits).value).toBe('token-2');
});

describe('behaviour 30: a call that always answers 401', () => {
  test('closes the rejection gate when its replay is rejected too; while it is closed 401s mint nothing', async () => {
    const bench = await warmBench();
    const { source, endpoint, told, pass } = bench;
    source.reject('token-1');
    void source.getToken({ not: 'token-1' });
    await minted(bench, 'token-2');
    source.replayed('token-2', { accepted: false });
    source.reject('token-2', { on: 'replay' });
    expect(told('rejectionGateClosed')).toMatchObject([{ delayMs: 1_000 }]);

    expect(source.reject('token-2')).toEqual({ kind: 'pass', because: 'rejection-gate-closed' });
    expect(source.peek()?.value).toBe('token-2');
    await pass(1_000);
    expect(source.reject('token-2')).toEqual({ kind: 'replay' });
    expect(endpoint.calls).toHaveLength(2);
  });

  test('does not close the gate once the replay of another was accepted and the token dies later', async () => {
    const bench = await warmBench();
    const { source } = bench;
    source.reject('token-1');
    void source.getToken({ not: 'token-1' });
    await minted(bench, 'token-2');
    source.replayed('token-2', { accepted: true });
    expect(source.reject('token-2')).toEqual({ kind: 'replay' });
  });

  test('closes the gate too if the endpoint insists on the same token', async () => {
    const bench = await warmBench();
    const { source, told } = bench;
    source.reject('token-1');
    const replay = ended(source.getToken({ not: 'token-1' }));
    await minted(bench, 'token-1');
    expect(await replay).toMatchObject({ code: 'ERR_TOKEN_REQUEST_REFUSED' });
    expect(told('rejectionGateClosed')).toHaveLength(1);
    expect(source.peek()?.value).toBe('token-1');
    expect(source.reject('token-1')).toEqual({ kind: 'pass', because: 'rejection-gate-closed' });
  });

  test('a 401 on the same token again does not hand it to the one who was refused with it', async () => {
    const { source } = await warmBench();
    expect(await outcome(source.getToken({ not: 'token-1' }))).toMatchObject({
      message: expect.stringContaining('the rejected token again'),
    });
  });
});

describe('behaviour 30: a new token that draws a 401 before the replay that it was minted for is answered', () => {
  /** Token 2 has just been minted for a 401 on token 1; `waiter` was refused with it as well. */
  async function onTrial(options: { signal?: AbortSignal; timeoutMs?: number } = {}) {
    const bench = await warmBench();
    const { source } = bench;
    source.reject('token-1');
    void source.getToken({ not: 'token-1' });
    await minted(bench, 'token-2');
    expect(source.reject('token-2')).toEqual({ kind: 'replay' });
    const waiter = ended(source.getToken({ not: 'token-2', ...options }));
    await bench.settle();
    return { ...bench, bench, waiter };
  }

  test('is kept and served to others, while the one with the 401 waits', async () => {
    const { source, endpoint, waiter, told } = await onTrial();
    expect(await outcome(waiter)).toBe('pending');
    expect(source.peek()?.value).toBe('token-2');
    expect(told('rejectionGateClosed')).toHaveLength(0);
    expect(endpoint.calls).toHaveLength(2);
  });

  test('is replaced if the replay was accepted: then it has died since', async () => {
    const { source, bench, endpoint, waiter } = await onTrial();
    const another = ended(source.getToken({ not: 'token-2' }));
    source.replayed('token-2', { accepted: true });
    await minted(bench, 'token-3');
    expect(await waiter).toBe('token-3');
    expect(await another).toBe('token-3');
    expect(endpoint.calls).toHaveLength(3);
  });

  test('is kept if the replay was rejected: then the token is not at fault, and the one who waited is told so', async () => {
    const { source, endpoint, waiter, pass, clock } = await onTrial();
    await pass(400);
    source.replayed('token-2', { accepted: false });
    source.reject('token-2', { on: 'replay' });
    expect(await waiter).toMatchObject({
      code: 'ERR_TOKEN_NOT_AT_FAULT',
      phase: 'cooling down',
      retryable: true,
      retryInMs: 1_000,
      message: expect.stringContaining('the token is not at fault'),
    });
    expect(source.peek()?.value).toBe('token-2');
    expect(endpoint.calls).toHaveLength(2);
    expect(clock.pendingTimers).toBe(0);
  });

  test('is replaced if the replay is not answered within a second', async () => {
    const { bench, waiter, pass, endpoint } = await onTrial();
    await pass(999);
    expect(endpoint.calls).toHaveLength(2);
    await pass(1);
    await minted(bench, 'token-3');
    expect(await waiter).toBe('token-3');
  });

  test('is kept if the request cannot be sent again: no replay will tell', async () => {
    const { source, waiter, told } = await onTrial();
    expect(source.reject('token-2', { on: 'only-send' })).toEqual({
      kind: 'pass',
      because: 'rejection-gate-closed',
    });
    expect(await waiter).toMatchObject({ code: 'ERR_TOKEN_NOT_AT_FAULT' });
    expect(told('rejectionGateClosed')).toHaveLength(1);
  });

  test('a caller who aborts or runs out of time ends its own wait, and nothing else', async () => {
    const abort = new AbortController();
    const { source, bench, waiter, pass } = await onTrial({ signal: abort.signal });
    const hurried = ended(source.getToken({ not: 'token-2', timeoutMs: 300 }));
    const patient = ended(source.getToken({ not: 'token-2' }));
    abort.abort();
    expect(await waiter).toMatchObject({ name: 'AbortError' });
    await pass(300);
    expect(await hurried).toMatchObject({ code: 'ERR_TOKEN_WAIT_TIMED_OUT' });
    source.replayed('token-2', { accepted: true });
    await minted(bench, 'token-3');
    expect(await patient).toBe('token-3');
  });

  test('clear() ends the wait with a token fetched after it, close() with an error', async () => {
    const cleared = await onTrial();
    cleared.source.clear();
    await minted(cleared.bench, 'token-3');
    expect(await cleared.waiter).toBe('token-3');

    const closed = await onTrial();
    closed.source.close();
    expect(await closed.waiter).toMatchObject({ code: 'ERR_TOKEN_SOURCE_CLOSED' });
    expect(closed.clock.pendingTimers).toBe(0);
  });

  test('is replaced only once the endpoint gate opens, where that has closed meanwhile', async () => {
    const { source, endpoint, bench, waiter, pass, settle } = await onTrial();
    await pass(999);
    source.replayed('token-2', { accepted: true });
    await settle();
    endpoint.last.answer(401, { error: 'invalid_client' });
    expect(await waiter).toMatchObject({ code: 'ERR_CREDENTIALS_REJECTED' });
    expect((await source.getToken()).value).toBe('token-2');
    await pass(6_000);
    const next = source.getToken();
    await minted(bench, 'token-3');
    expect((await next).value).toBe('token-3');
  });
});

test('behaviour 30: the growth of the rejection gate is forgotten after 5 min without such a case', async () => {
  const bench = await warmBench({ life: 24 * 3600 });
  const { source, endpoint, told, pass, settle } = bench;
  endpoint.onCall = (call, count) => call.token(`token-${count}`, { expires_in: 24 * 3600 });
  const hopeless = async () => {
    const { value } = await source.getToken();
    if (source.reject(value).kind === 'pass') return;
    const next = await source.getToken({ not: value });
    source.replayed(next.value, { accepted: false });
    source.reject(next.value, { on: 'replay' });
  };
  for (const wait of [0, 1, 2, 4, 8]) {
    await pass(wait * SECOND);
    await hopeless();
    await settle();
  }
  const delays = () => told('rejectionGateClosed').map(({ delayMs }) => delayMs / SECOND);
  expect(delays()).toEqual([1, 2, 4, 8, 16]);
  await pass(5 * MINUTE + 1);
  await hopeless();
  expect(delays()).toEqual([1, 2, 4, 8, 16, 1]);
});

test('a 401 after clear() is worth another try, since nothing speaks for the token it drew', async () => {
  const bench = await warmBench();
  bench.source.clear();
  expect(bench.source.reject('token-1')).toEqual({ kind: 'replay' });
});

test('a 401 with no token in hand and the endpoint cooling goes to the caller', async () => {
  const bench = await warmBench({ maxAttempts: 1 });
  const { source, endpoint, settle } = bench;
  source.clear();
  const caller = ended(source.getToken());
  await settle();
  endpoint.last.answer(500);
  await caller;
  expect(source.reject('token-1')).toEqual({ kind: 'pass', because: 'endpoint-cooling' });
  expect(source.reject('token-1', { on: 'replay' })).toEqual({
    kind: 'pass',
    because: 'already-replayed',
  });
});

test('each set of parameters has its own suspicion', async () => {
  const bench = await warmBench();
  const { source } = bench;
  const scoped = source.getToken({ params: { scope: 'calls' } });
  await minted(bench, 'token-calls');
  await scoped;
  source.reject('token-calls', { params: { scope: 'calls' } });
  expect(source.peek()?.value).toBe('token-1');
  expect(source.peek({ scope: 'calls' })).toBeUndefined();
});

test('a suspect token that expires before it could be replaced is served to nobody', async () => {
  const { source, endpoint, pass, settle } = await warmBench({ maxAttempts: 1 });
  await pass(HOUR - SECOND);
  source.reject('token-1');
  const caller = ended(source.getToken());
  await pass(2 * SECOND);
  endpoint.last.answer(500);
  await settle();
  expect(await caller).toMatchObject({ code: 'ERR_TOKEN_REQUEST_REFUSED' });
});
