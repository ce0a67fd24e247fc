import { describe, expect, test } from '@jest/globals';

import { bench, ended, outcome, warmBench } from './hand-held.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Of an hour's token without jitter: from here on it is renewed in the background; from there on callers wait. */
const EARLY = 54 * MINUTE;
const LAST = 59 * MINUTE;

test('behaviour 15: with a fresh token nothing is asked, nothing is scheduled, and peek() answers at once', async () => {
  const { source, endpoint, clock, events } = await warmBench();
  const before = events.length;
  for (let request = 0; request < 1_000; request += 1) {
    expect(source.peek()?.value).toBe('token-1');
    expect((await source.getToken()).value).toBe('token-1');
  }
  expect(endpoint.calls).toHaveLength(1);
  expect(clock.pendingTimers).toBe(0);
  expect(events).toHaveLength(before);
});

test('behaviour 16: in the early window 5 requests go out at once with the old token while one refresh hangs', async () => {
  const { source, endpoint, pass, settle, told } = await warmBench();
  await pass(EARLY);
  for (let request = 0; request < 5; request += 1) {
    expect(await outcome(source.getToken())).toBe('token-1');
  }
  await settle();
  expect(endpoint.calls).toHaveLength(2);
  expect(told('joined')).toEqual([]); // Nobody waits for it.
  endpoint.lastCall.issue('token-2');
  await settle();
  expect(await outcome(source.getToken())).toBe('token-2');
});

test('a token that drew a 401 is not reported as serving, although it is sent while there is no other', async () => {
  const { source, endpoint, settle, told } = await warmBench({ maxAttempts: 1 });
  endpoint.onCall = (call) => call.answer(503);
  source.reject('token-1');
  expect(await ended(source.getToken({ not: 'token-1' }))).toMatchObject({ status: 503 });
  await settle();
  expect(told('refreshFailed')).toMatchObject([{ reason: 'rejected', stillServing: false }]);
  expect(await ended(source.getToken())).toBe('token-1');
});

describe('behaviour 17: a failed early refresh affects no request', () => {
  test.each([
    ['a network error', { cut: 'ECONNRESET' }],
    ['a 500', { status: 500 }],
    ['a 400', { status: 400 }],
    ['a 401', { status: 401 }],
  ])('%s', async (_, { cut, status }: { cut?: string; status?: number }) => {
    const { source, endpoint, pass, told } = await warmBench({ maxAttempts: 1 });
    endpoint.onCall = (call) => (cut === undefined ? call.answer(status!) : call.cut(cut));
    await pass(EARLY);
    for (let request = 0; request < 10; request += 1) {
      expect(await outcome(source.getToken())).toBe('token-1');
      await pass(100);
    }
    expect(endpoint.calls).toHaveLength(2);
    expect(told('refreshFailed')).toHaveLength(1);
    const [failed] = told('refreshFailed');
    expect(failed).toMatchObject({ reason: 'early', stillServing: true, nextAttemptInMs: 4_000 });
    expect(failed!.error.code).toMatch(/^ERR_/);

    await pass(3_000);
    await source.getToken();
    await pass(0);
    expect(endpoint.calls).toHaveLength(3);
  });
});

test('behaviour 18: an early refresh outlives the request that started it', async () => {
  const { source, endpoint, pass, settle } = await warmBench();
  await pass(EARLY);
  const abort = new AbortController();
  await source.getToken({ signal: abort.signal, timeoutMs: 50 });
  abort.abort();
  await pass(60);
  expect(endpoint.lastCall.aborted).toBe(false);
  endpoint.lastCall.issue('token-2');
  await settle();
  expect(source.peek()?.value).toBe('token-2');
});

describe('behaviour 19: in the last moments', () => {
  test('callers wait on one refresh and get its token', async () => {
    const { source, endpoint, pass, settle } = await warmBench();
    await pass(LAST);
    const callers = [1, 2, 3].map(() => source.getToken());
    await settle();
    expect(endpoint.calls).toHaveLength(2);
    endpoint.lastCall.issue('token-2');
    for (const { value } of await Promise.all(callers)) expect(value).toBe('token-2');
  });

  test.each([
    ['transiently', 503],
    ['over the credentials', 401],
  ])('callers get the token in hand if the refresh fails %s', async (_, status) => {
    const { source, endpoint, pass, told } = await warmBench({ maxAttempts: 1 });
    await pass(LAST);
    endpoint.onCall = (call) => call.answer(status);
    expect((await source.getToken()).value).toBe('token-1');
    expect(told('refreshFailed')).toMatchObject([{ reason: 'last', stillServing: true }]);
    // The endpoint cools down: nobody waits, and nobody asks it.
    expect((await source.getToken()).value).toBe('token-1');
    expect(endpoint.calls).toHaveLength(2);
  });

  test('while the refresh hangs, callers get the current token before it expires', async () => {
    // They used to wait until the token was over, and then failed with the refresh.
    const { source, pass, settle } = await warmBench({ life: 60 });
    await pass(57 * SECOND);
    const caller = source.getToken();
    await settle();
    expect(await outcome(caller)).toBe('pending');
    await pass(1.5 * SECOND);
    expect(await outcome(caller)).toBe('token-1');
    await pass(1.5 * SECOND);
    expect(await outcome(source.getToken())).toBe('pending');
  });

  test('a caller with less time than that ends by its own timeout', async () => {
    const { source, pass } = await warmBench({ life: 60 });
    await pass(57 * SECOND);
    const caller = ended(source.getToken({ timeoutMs: 100 }));
    await pass(100);
    expect(await caller).toMatchObject({ code: 'ERR_TOKEN_WAIT_TIMED_OUT', timeoutMs: 100 });
  });

  test('a caller who waits while the token draws a 401 waits for the replacement', async () => {
    const { source, endpoint, pass } = await warmBench({ life: 60 });
    await pass(57 * SECOND);
    const caller = source.getToken();
    await pass(100);
    source.reject('token-1');
    await pass(1.5 * SECOND);
    expect(await outcome(caller)).toBe('pending');
    endpoint.lastCall.issue('token-2');
    expect(await outcome(caller)).toBe('token-2');
  });
});

test('behaviour 20: with the token expired and the endpoint down callers fail fast, and none gets the expired token', async () => {
  const { source, endpoint, pass } = await warmBench({ maxAttempts: 1 });
  await pass(HOUR);
  endpoint.onCall = (call) => call.cut('ECONNREFUSED');
  expect(await outcome(source.getToken())).toMatchObject({
    code: 'ERR_TOKEN_ENDPOINT_UNREACHABLE',
    retryInMs: 800,
  });
  await pass(300);
  for (let request = 0; request < 20; request += 1) {
    expect(await outcome(source.getToken())).toMatchObject({ retryInMs: 500 });
  }
  expect(endpoint.calls).toHaveLength(2);
});

describe('behaviour 21: maxStale', () => {
  test('serves an expired token until its end and some more, with a warning for each back-off', async () => {
    const { source, endpoint, pass, told } = await warmBench({
      maxAttempts: 1,
      maxStaleMs: 10 * MINUTE,
    });
    endpoint.onCall = (call) => call.answer(500);
    await pass(HOUR);
    let served = 0;
    for (let second = 0; second < 600; second += 1) {
      if ((await outcome(source.getToken())) === 'token-1') served += 1;
      await pass(SECOND);
    }
    expect(served).toBe(600);
    expect(told('refreshFailed').length).toBe(endpoint.calls.length - 1);
    expect(told('servedStale').length).toBe(600);
    expect(told('refreshFailed').every(({ stillServing }) => stillServing)).toBe(true);
    expect(await outcome(source.getToken())).toMatchObject({ code: 'ERR_TOKEN_REQUEST_REFUSED' });
  });

  test('serves it also while the credentials function throws', async () => {
    // A fault on our own side of the wire used to be passed on although maxStale allowed the token.
    let isBroken = false;
    const { source, pass } = await warmBench({
      maxStaleMs: 10 * MINUTE,
      provider: {
        credentials: () => {
          if (isBroken) throw new Error('the vault is sealed');
          return { clientId: 'acme-client-id', clientSecret: 'acme-client-secret' };
        },
      },
    });
    isBroken = true;
    await pass(HOUR + 1);
    expect(await outcome(source.getToken())).toBe('token-1');
  });
});

test('behaviour 22: 200 processes with the same life spread their refreshes over half the window, and none enters the last moments', async () => {
  const starts: number[] = [];
  for (let process = 0; process < 200; process += 1) {
    const { source, clock } = await warmBench({ random: () => process / 200 });
    for (let second = 0; source.peek() !== undefined; second += 1) clock.advance(SECOND);
    starts.push(clock.monotonic());
  }
  starts.sort((a, b) => a - b);
  expect(starts[0]).toBe(EARLY);
  expect(starts.at(-1)).toBeLessThanOrEqual(EARLY + 3 * MINUTE);
  expect(starts.at(-1)! - starts[0]!).toBeGreaterThan(170 * SECOND);
  const widestGap = Math.max(...starts.slice(1).map((start, index) => start - starts[index]!));
  expect(widestGap).toBeLessThanOrEqual(2 * SECOND);
});

test('behaviour 23: a refresh that succeeds after failures clears the back-off, and all deadlines are the new token’s', async () => {
  const { source, endpoint, pass, told } = await warmBench({ maxAttempts: 1 });
  let isDown = true;
  endpoint.onCall = (call) => (isDown ? call.answer(500) : call.issue('token-2'));
  await pass(EARLY);
  for (let second = 0; second < 30; second += 1) {
    await source.getToken();
    await pass(SECOND);
  }
  const delays = told('refreshFailed').map(({ nextAttemptInMs }) => nextAttemptInMs);
  expect(delays).toEqual([4_000, 8_000, 16_000, 32_000]);

  isDown = false;
  await pass(MINUTE);
  await source.getToken();
  await pass(0);
  expect(source.peek()?.value).toBe('token-2');
  expect(told('coolDownEnded')).toHaveLength(1);
  expect(source.timeToExpiryMs()).toBe(HOUR);

  isDown = true;
  await pass(EARLY);
  expect((await source.getToken()).value).toBe('token-2');
  await pass(0);
  expect(told('refreshFailed').at(-1)!.nextAttemptInMs).toBe(4_000);
});

test('a slow endpoint widens the early window to four times its slowest recent call, at most to half the life', async () => {
  const { source, endpoint, pass } = bench();
  const caller = source.getToken();
  await pass(400);
  endpoint.lastCall.issue('token-1', { expires_in: 4 });
  await caller;
  await pass(2_399 - 400);
  expect(source.peek()?.value).toBe('token-1');
  await pass(1);
  expect(source.peek()).toBeUndefined();
});

test('with one active token only, no token is fetched before the last moments', async () => {
  const { source, endpoint, pass, settle } = await warmBench({ singleActiveToken: true });
  await pass(LAST - 1);
  expect(await outcome(source.getToken())).toBe('token-1');
  expect(endpoint.calls).toHaveLength(1);
  await pass(1);
  const caller = source.getToken();
  await settle();
  expect(endpoint.calls).toHaveLength(2);
  endpoint.lastCall.issue('token-2');
  expect((await caller).value).toBe('token-2');
});

test('the provider may say that it has only one active token, and an option may override that', async () => {
  const byProvider = await warmBench({ provider: { singleActiveToken: true } });
  await byProvider.pass(EARLY + 1);
  expect(byProvider.source.peek()).toBeDefined();
  const overruled = await warmBench({
    provider: { singleActiveToken: true },
    singleActiveToken: false,
  });
  await overruled.pass(EARLY + 1);
  expect(overruled.source.peek()).toBeUndefined();
});

test('a failure with "Retry-After: 0" counts as one without the header: no storm of calls follows', async () => {
  // A server that always said so used to be asked at every request.
  const { source, endpoint, pass } = bench({ maxAttempts: 1 });
  endpoint.onCall = (call) => call.answer(503, '', { 'retry-after': '0' });
  for (let request = 0; request < 20; request += 1) {
    await outcome(source.getToken());
    await pass(10);
  }
  expect(endpoint.calls).toHaveLength(1);
});
