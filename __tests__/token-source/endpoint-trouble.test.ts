import { describe, expect, test } from '@jest/globals';

import { CredentialsRejectedError, TokenAcquisitionError } from '../../src/errors/index.js';
import type { FakeTokenCall } from '../../src/testing/index.js';
import { bench, ended, outcome, warmBench } from './hand-held.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const stumbling = () => {
  throw new RangeError('not in these words');
};

describe('behaviour 36: what may pass by itself is tried three times in one flight', () => {
  test.each<[string, (call: FakeTokenCall) => void, string]>([
    ['status 429', (call) => call.answer(429), 'ERR_TOKEN_REQUEST_REFUSED'],
    ['status 503', (call) => call.answer(503), 'ERR_TOKEN_REQUEST_REFUSED'],
    [
      'temporarily_unavailable',
      (call) => call.answer(400, { error: 'temporarily_unavailable' }),
      'ERR_TOKEN_REQUEST_REFUSED',
    ],
    ['a reset connection', (call) => call.cut('ECONNRESET'), 'ERR_TOKEN_ENDPOINT_UNREACHABLE'],
    ['an HTML page', (call) => call.answer(200, '<html>hi</html>'), 'ERR_TOKEN_RESPONSE_MALFORMED'],
    ['an answer without a token', (call) => call.answer(200, {}), 'ERR_TOKEN_RESPONSE_MALFORMED'],
  ])('%s', async (_, answer, code) => {
    const { source, endpoint, pass } = bench({ random: () => 0.999 });
    endpoint.onCall = answer;
    const caller = ended(source.getToken());
    await pass(199);
    expect(endpoint.calls).toHaveLength(1);
    await pass(1);
    expect(endpoint.calls).toHaveLength(2);
    await pass(400);
    expect(endpoint.calls).toHaveLength(3);
    const error = await caller;
    expect(error).toBeInstanceOf(TokenAcquisitionError);
    expect(error).toMatchObject({ code, provider: 'acme', retryable: true });
    await pass(MINUTE);
    expect(endpoint.calls).toHaveLength(3);
  });

  test('and the second attempt may bring the token', async () => {
    const { source, endpoint, pass, told } = bench();
    endpoint.onCall = (call, count) => (count === 1 ? call.answer(500) : call.issue('token-1'));
    const caller = source.getToken();
    await pass(200);
    expect((await caller).value).toBe('token-1');
    expect(told('refreshed')).toMatchObject([{ attempts: 2, reason: 'cold' }]);
    expect(told('tokenCalled')).toMatchObject([
      { attempt: 1, status: 500, errorType: '500' },
      { attempt: 2, status: 200, errorType: undefined },
    ]);
  });

  test('a call that hangs is given up after 5 s, and the whole flight after 10 s', async () => {
    const { source, endpoint, clock, pass } = bench();
    const caller = ended(source.getToken());
    await pass(4_999);
    expect(endpoint.calls).toHaveLength(1);
    await pass(1);
    await pass(0);
    expect(endpoint.calls).toHaveLength(2);
    await pass(4_999);
    expect(await outcome(caller)).toBe('pending');
    await pass(1);
    expect(await caller).toMatchObject({
      code: 'ERR_TOKEN_ENDPOINT_UNREACHABLE',
      message: expect.stringContaining('did not answer in time'),
    });
    expect(endpoint.calls).toHaveLength(2);
    expect(clock.pendingTimers).toBe(0);
  });

  test('options bound attempts, calls and flight', async () => {
    const { source, endpoint, clock, pass } = bench({
      maxAttempts: 5,
      attemptTimeoutMs: 100,
      flightTimeoutMs: 450,
    });
    const caller = ended(source.getToken());
    await pass(450);
    expect(await caller).toMatchObject({ code: 'ERR_TOKEN_ENDPOINT_UNREACHABLE' });
    expect(endpoint.calls).toHaveLength(5);
    expect(clock.pendingTimers).toBe(0);
  });

  test('a call that cannot be aborted is given up all the same', async () => {
    const { source, endpoint, pass } = bench({ maxAttempts: 1 });
    endpoint.deaf = true;
    const caller = ended(source.getToken());
    await pass(5_000);
    expect(await caller).toMatchObject({ code: 'ERR_TOKEN_ENDPOINT_UNREACHABLE' });
    endpoint.lastCall.issue('token-too-late');
    await pass(0);
    expect(source.peek()).toBeUndefined();
  });

  test.each<[string, (call: FakeTokenCall) => void]>([
    ['400', (call) => call.answer(400)],
    ['a redirect', (call) => call.answer(302, '', { location: 'https://elsewhere.test/' })],
  ])('%s is tried once', async (_, answer) => {
    const { source, endpoint, pass } = bench();
    endpoint.onCall = answer;
    const caller = ended(source.getToken());
    await pass(MINUTE);
    expect(await caller).toMatchObject({ code: 'ERR_TOKEN_REQUEST_REFUSED', retryable: false });
    expect(endpoint.calls).toHaveLength(1);
  });
});

describe('behaviour 36: a provider definition that throws over an answer makes no storm', () => {
  test.each<[string, object, (call: FakeTokenCall) => void]>([
    ['parseToken', { parseToken: stumbling }, (call) => call.issue('token-1')],
    ['classifyFailure', { classifyFailure: stumbling }, (call) => call.answer(502, '<html>')],
  ])('%s: fifty requests cost the calls of one flight', async (_, provider, answer) => {
    const { source, endpoint, pass } = bench({ provider });
    endpoint.onCall = answer;
    const first = ended(source.getToken());
    await pass(600);
    expect(await first).toMatchObject({ retryInMs: expect.any(Number) });
    for (let request = 1; request < 50; request += 1) {
      expect(await outcome(source.getToken())).toMatchObject({ phase: 'cooling down' });
    }
    expect(endpoint.calls).toHaveLength(3);
  });

  test('where classifyFailure throws over a failure, its status and RFC 6749 decide', async () => {
    const { source, endpoint, told } = bench({ provider: { classifyFailure: stumbling } });
    endpoint.onCall = (call) => call.answer(400, { error: 'invalid_client' });
    expect(await outcome(source.getToken())).toBeInstanceOf(CredentialsRejectedError);
    expect(endpoint.calls).toHaveLength(1);
    expect(told('coolDownStarted')).toMatchObject([{ cause: 'credentials' }]);
  });
});

describe('behaviour 37: Retry-After is kept to the second', () => {
  test.each([
    ['in seconds, with 429', 429, () => ({ 'retry-after': '2' })],
    ['in seconds, with a status that says nothing of it', 400, () => ({ 'retry-after': '2' })],
    ['as a date', 503, (now: number) => ({ 'retry-after': new Date(now + 2_000).toUTCString() })],
    [
      'as a date by the server’s own clock',
      503,
      () => ({
        'retry-after': 'Wed, 21 Oct 2015 07:28:02 GMT',
        date: 'Wed, 21 Oct 2015 07:28:00 GMT',
      }),
    ],
  ])('%s', async (_, status, headers) => {
    const { source, endpoint, clock, pass, told } = bench();
    endpoint.onCall = (call) => call.answer(status, '', headers(clock.now()));
    expect(await outcome(source.getToken())).toMatchObject({ status, retryInMs: 2_000 });
    await pass(500);
    expect(endpoint.calls).toHaveLength(1);
    expect(await outcome(source.getToken())).toMatchObject({
      phase: 'cooling down',
      retryInMs: 1_500,
    });
    expect(told('coolDownStarted')).toMatchObject([{ cause: 'server-set', delayMs: 2_000 }]);

    await pass(1_499);
    expect(await outcome(source.getToken())).toMatchObject({ retryInMs: 1 });
    expect(endpoint.calls).toHaveLength(1);
    await pass(1);
    endpoint.onCall = (call) => call.issue('token-1');
    expect((await source.getToken()).value).toBe('token-1');
    expect(endpoint.calls).toHaveLength(2);
  });

  test('is capped at one hour, and the error says so', async () => {
    const { source, endpoint, pass } = bench();
    endpoint.onCall = (call) => call.answer(429, '', { 'retry-after': '86400' });
    expect(await outcome(source.getToken())).toMatchObject({ retryInMs: HOUR });
    await pass(HOUR - 1);
    expect(await outcome(source.getToken())).toMatchObject({ retryInMs: 1 });
    await pass(1);
    await outcome(source.getToken());
    expect(endpoint.calls).toHaveLength(2);
  });

  test('is kept beside rejected credentials, which a limit may lie behind', async () => {
    const { source, endpoint, pass, told } = bench();
    endpoint.onCall = (call) => call.answer(403, '', { 'retry-after': '60' });
    expect(await outcome(source.getToken())).toMatchObject({
      code: 'ERR_CREDENTIALS_REJECTED',
      retryInMs: MINUTE,
    });
    expect(told('coolDownStarted')).toMatchObject([{ cause: 'credentials', delayMs: MINUTE }]);
    await pass(MINUTE - 1);
    expect(await outcome(source.getToken())).toMatchObject({ retryInMs: 1 });
    expect(endpoint.calls).toHaveLength(1);
  });
});

describe('behaviour 38: rejected credentials', () => {
  test.each<[string, (call: FakeTokenCall) => void]>([
    ['invalid_client', (call) => call.answer(400, { error: 'invalid_client' })],
    ['401', (call) => call.answer(401)],
    ['403', (call) => call.answer(403)],
  ])('%s: a type of its own, no retry, a cool-down', async (_, answer) => {
    const { source, endpoint, pass, told } = bench();
    endpoint.onCall = answer;
    const error = await outcome(source.getToken());
    expect(error).toBeInstanceOf(CredentialsRejectedError);
    expect(error).toMatchObject({ code: 'ERR_CREDENTIALS_REJECTED', retryable: false });
    expect(told('refreshFailed')).toMatchObject([{ severity: 'error' }]);
    await pass(3_999);
    expect(await outcome(source.getToken())).toBeInstanceOf(CredentialsRejectedError);
    expect(endpoint.calls).toHaveLength(1);
  });

  test('with onCredentialsRejected "drop" the token goes at once', async () => {
    const { source, endpoint, pass } = await warmBench({ onCredentialsRejected: 'drop' });
    endpoint.onCall = (call) => call.answer(401);
    await pass(54 * MINUTE);
    await source.getToken();
    await pass(0);
    expect(await outcome(source.getToken())).toBeInstanceOf(CredentialsRejectedError);
  });

  test('a provider may class an answer its own way, also inside a 200', async () => {
    const { source, endpoint } = bench({
      provider: {
        classifyFailure: ({ body }) =>
          (body as { status?: string } | undefined)?.status === 'FAILURE'
            ? 'credentials'
            : undefined,
      },
    });
    endpoint.onCall = (call) => call.answer(200, { status: 'FAILURE' });
    expect(await outcome(source.getToken())).toBeInstanceOf(CredentialsRejectedError);
  });
});

describe('an error of RFC 6749 that comes with status 200', () => {
  test('is passed on as it is, and does not count as a malformed answer', async () => {
    const { source, endpoint } = bench();
    endpoint.onCall = (call) => call.answer(200, { error: 'invalid_client' });
    expect(await outcome(source.getToken())).toBeInstanceOf(CredentialsRejectedError);
    expect(endpoint.calls).toHaveLength(1);
  });
});

describe('a provider’s budget of token calls', () => {
  const tokenBudget = { calls: 10, windowMs: 30 * MINUTE };

  test('turns into a clear error with the time that remains, and no eleventh call', async () => {
    const { source, endpoint, pass } = bench({ provider: { tokenBudget } });
    endpoint.onCall = (call, count) => call.issue(`token-${count}`);
    for (let call = 0; call < 10; call += 1) {
      source.clear();
      await source.getToken();
      await pass(MINUTE);
    }
    source.clear();
    expect(await outcome(source.getToken())).toMatchObject({
      code: 'ERR_TOKEN_BUDGET_SPENT',
      retryable: true,
      retryInMs: 20 * MINUTE,
      message: expect.stringContaining('1200 s'),
    });
    expect(endpoint.calls).toHaveLength(10);
    await pass(20 * MINUTE);
    expect((await source.getToken()).value).toBe('token-11');
  });

  test('leaves a token that is still valid in use', async () => {
    const { source, endpoint, pass } = bench({
      provider: { tokenBudget: { calls: 1, windowMs: 2 * HOUR } },
    });
    endpoint.onCall = (call) => call.issue('token-1');
    await source.getToken();
    await pass(59 * MINUTE + 30 * SECOND);
    expect((await source.getToken()).value).toBe('token-1');
    await pass(30 * SECOND);
    expect(await outcome(source.getToken())).toMatchObject({ code: 'ERR_TOKEN_BUDGET_SPENT' });
    expect(endpoint.calls).toHaveLength(1);
  });

  test('counts every attempt that may have issued a token', async () => {
    const { source, endpoint, pass, told } = bench({
      provider: { tokenBudget: { calls: 2, windowMs: MINUTE } },
    });
    endpoint.onCall = (call) => call.cut('ECONNRESET');
    const caller = ended(source.getToken());
    await pass(SECOND);
    // What went wrong is told first, and that no more may be asked when somebody does.
    expect(await caller).toMatchObject({
      code: 'ERR_TOKEN_ENDPOINT_UNREACHABLE',
      retryInMs: MINUTE,
    });
    expect(told('refreshFailed')).toMatchObject([{ nextAttemptInMs: MINUTE }]);
    await pass(2 * SECOND);
    expect(await outcome(source.getToken())).toMatchObject({ code: 'ERR_TOKEN_BUDGET_SPENT' });
    expect(endpoint.calls).toHaveLength(2);
  });

  test.each([
    { trouble: 'answers that refuse', fail: (call: FakeTokenCall) => call.answer(503) },
    { trouble: 'refused connections', fail: (call: FakeTokenCall) => call.cut('ECONNREFUSED') },
  ])('is not spent by an outage: $trouble', async ({ fail }) => {
    const { source, endpoint, pass } = bench({ provider: { tokenBudget } });
    endpoint.onCall = fail;
    for (let minute = 0; minute < 5; minute += 1) {
      const caller = ended(source.getToken());
      await pass(MINUTE);
      await caller;
    }
    expect(endpoint.calls.length).toBeGreaterThan(10);
    endpoint.onCall = (call) => call.issue('token-1');
    expect((await source.getToken()).value).toBe('token-1');
  });

  test('is not charged for a call that clear() kept from going out', async () => {
    const { source, endpoint, settle } = bench({
      provider: { tokenBudget: { calls: 2, windowMs: MINUTE } },
    });
    const caller = source.getToken();
    source.clear();
    await settle();
    expect(endpoint.calls).toHaveLength(1);
    source.clear();
    await settle();
    endpoint.lastCall.issue('token-1');
    expect((await caller).value).toBe('token-1');
  });
});
