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
  bench.endpoint.lastCall.issue(value);
  await bench.settle();
}

test('behaviour 24: a 401 on the current token makes it suspect, and one refresh replaces it', async () => {
  const bench = await warmBench();
  const { source, endpoint, told } = bench;
  expect(source.reject('token-1')).toEqual({ kind: 'replay', forcedMint: 2 });
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
  source.replayed({ accepted: false });
  expect(source.reject('token-2', { on: 'replay' })).toEqual({
    kind: 'pass',
    because: 'already-replayed',
  });
  expect(source.peek()?.value).toBe('token-2');
  expect(endpoint.calls).toHaveLength(2);
});

test('behaviour 26: a late 401 on a token replaced long ago changes nothing', async () => {
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
  endpoint.lastCall.issue('token-2');
  expect(new Set(await values)).toEqual(new Set(['token-2']));
});

test('behaviour 27: 401s that arrive during and after the refresh cost no second one', async () => {
  const bench = await warmBench();
  const { source, endpoint, pass } = bench;
  const replays: Promise<unknown>[] = [];
  for (let request = 0; request < 20; request += 1) {
    if (request === 10) endpoint.lastCall.issue('token-2');
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
    endpoint.lastCall.issue('token-2');
    for (const other of others) expect(await outcome(other)).toBe('token-2');
    expect(endpoint.calls).toHaveLength(2);
  });

  test('and fails: the caller with the 401 learns why, the others get the current token', async () => {
    const bench = await warmBench({ maxAttempts: 1 });
    const { source, endpoint, settle } = bench;
    source.reject('token-1');
    const refused = ended(source.getToken({ not: 'token-1' }));
    const other = source.getToken();
    await settle();
    endpoint.lastCall.answer(500);
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
  endpoint.lastCall.answer(500);
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
  /** The token in hand draws a 401, another is minted for it, and the replay with that one is answered. */
  async function refusedTwice(bench: Bench, { accepted }: { accepted: boolean }) {
    const { source, endpoint } = bench;
    const { value } = await source.getToken();
    const answer = source.reject(value);
    if (answer.kind === 'pass') return answer.because;
    const replay = source.getToken({ not: value });
    const next = `token-${endpoint.calls.length + 1}`;
    await minted(bench, next);
    await replay;
    source.replayed({ accepted, forcedMint: answer.forcedMint });
    if (!accepted) source.reject(next, { on: 'replay' });
    return next;
  }

  test('forces six mints at once, then one a minute; the last token stays in use', async () => {
    const bench = await warmBench();
    const { source, told, pass } = bench;
    for (let mint = 2; mint <= 7; mint += 1)
      expect(await refusedTwice(bench, { accepted: false })).toBe(`token-${mint}`);
    expect(told('forcedMintsSpent')).toHaveLength(0);

    expect(await refusedTwice(bench, { accepted: false })).toBe('forced-mints-spent');
    expect(told('forcedMintsSpent')).toMatchObject([{ delayMs: MINUTE }]);
    expect(source.peek()?.value).toBe('token-7');
    await pass(MINUTE);
    expect(await refusedTwice(bench, { accepted: false })).toBe('token-8');
    expect(await refusedTwice(bench, { accepted: false })).toBe('forced-mints-spent');
  });

  test('leaves the budget alone for tokens that really become invalid: each accepted replay gives its mint back', async () => {
    const bench = await warmBench();
    for (let mint = 2; mint <= 21; mint += 1)
      expect(await refusedTwice(bench, { accepted: true })).toBe(`token-${mint}`);
  });

  test('behaviour 53: 401s force no more than 30 mints a minute, though each replay is accepted', async () => {
    const bench = await warmBench();
    for (let mint = 2; mint <= 31; mint += 1) await refusedTwice(bench, { accepted: true });
    expect(await refusedTwice(bench, { accepted: true })).toBe('forced-mints-spent');
    await bench.pass(MINUTE);
    expect(await refusedTwice(bench, { accepted: true })).toBe('token-32');
  });

  test('spends the whole budget if the endpoint returns the same token', async () => {
    const bench = await warmBench();
    const { source } = bench;
    source.reject('token-1');
    const replay = ended(source.getToken({ not: 'token-1' }));
    await minted(bench, 'token-1');
    expect(await replay).toMatchObject({ code: 'ERR_TOKEN_REQUEST_REFUSED' });
    expect(source.peek()?.value).toBe('token-1');
    expect(source.reject('token-1')).toEqual({ kind: 'pass', because: 'forced-mints-spent' });
  });

  test('after a second 401 on a token, the caller does not get that token again', async () => {
    const { source } = await warmBench();
    expect(await outcome(source.getToken({ not: 'token-1' }))).toMatchObject({
      message: expect.stringContaining('the rejected token again'),
    });
  });
});

test('a token that becomes invalid during the first replay with it is replaced at once, and no caller waits for that replay', async () => {
  const bench = await warmBench();
  const { source, endpoint, clock } = bench;
  source.reject('token-1');
  void source.getToken({ not: 'token-1' });
  await minted(bench, 'token-2');
  const second = source.reject('token-2');
  const replay = source.getToken({ not: 'token-2' });
  await minted(bench, 'token-3');
  expect(second.kind).toBe('replay');
  expect((await replay).value).toBe('token-3');
  expect(endpoint.calls).toHaveLength(3);
  expect(clock.pendingTimers).toBe(0);
});

test('a 401 after clear() is replayed, since the token it was for has been cleared', async () => {
  const bench = await warmBench();
  bench.source.clear();
  expect(bench.source.reject('token-1')).toEqual({ kind: 'replay' });
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

test('a suspect token that expires before it could be replaced is not served', async () => {
  const { source, endpoint, pass, settle } = await warmBench({ maxAttempts: 1 });
  await pass(HOUR - SECOND);
  source.reject('token-1');
  const caller = ended(source.getToken());
  await pass(2 * SECOND);
  endpoint.lastCall.answer(500);
  await settle();
  expect(await caller).toMatchObject({ code: 'ERR_TOKEN_REQUEST_REFUSED' });
});
