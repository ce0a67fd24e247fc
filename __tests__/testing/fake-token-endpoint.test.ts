import { describe, expect, test } from '@jest/globals';
import axios from 'axios';
import { inspect } from 'node:util';

import { createTokenSource, type TokenSourceOptions } from '../../src/index.js';
import { oauth2ClientCredentials } from '../../src/providers/index.js';
import {
  createFakeClock,
  createFakeTokenEndpoint,
  type FakeTokenEndpoint,
} from '../../src/testing/index.js';
import { acme, ended } from '../token-source/hand-held.js';

const SECRET = 'secret-of-the-client';

function sourceAt(endpoint: FakeTokenEndpoint, tokenUrl: string, options: TokenSourceOptions = {}) {
  const provider = oauth2ClientCredentials({
    baseURL: 'https://api.example.com',
    tokenUrl,
    clientId: 'acme-7',
    clientSecret: SECRET,
    clientAuthentication: 'client_secret_post',
    scope: 'read',
  });
  return createTokenSource(provider, options);
}

describe.each(['through the adapter', 'over loopback'] as const)('%s', (way) => {
  async function start(options: TokenSourceOptions = {}) {
    const endpoint = createFakeTokenEndpoint();
    const source =
      way === 'over loopback'
        ? sourceAt(endpoint, await endpoint.listen(), options)
        : sourceAt(endpoint, 'https://auth.example.com/token', {
            transport: { adapter: endpoint.adapter },
            ...options,
          });
    return {
      endpoint,
      source,
      valueOf: async () => (await source.getToken()).value,
      async [Symbol.asyncDispose]() {
        source.close();
        await endpoint.close();
      },
    };
  }

  test('each call is issued a new token, and the calls can be looked at', async () => {
    await using one = await start();
    expect(await one.valueOf()).toBe('fake-token-1');
    one.source.clear();
    expect(await one.valueOf()).toBe('fake-token-2');
    const { calls, lastCall } = one.endpoint;
    expect(calls.map(({ method }) => method)).toEqual(['POST', 'POST']);
    expect(lastCall.url).toMatch(/\/token$/);
    expect(lastCall.headers['content-type']).toMatch(/urlencoded/);
    expect(lastCall.params).toEqual({
      grant_type: 'client_credentials',
      scope: 'read',
      client_id: 'acme-7',
      client_secret: SECRET,
    });
  });

  test('an OAuth error is answered as often as wanted, then tokens again', async () => {
    await using one = await start({ maxAttempts: 1 });
    one.endpoint.failNext(1, { status: 401, body: { error: 'invalid_client' } });
    await expect(one.source.getToken()).rejects.toMatchObject({
      code: 'ERR_CREDENTIALS_REJECTED',
      oauthError: { error: 'invalid_client' },
    });
    one.source.clear();
    expect(await one.valueOf()).toBe('fake-token-1');
  });

  test('a Retry-After reaches the token source', async () => {
    await using one = await start({ maxAttempts: 1 });
    one.endpoint.failNext(1, { status: 429, headers: { 'retry-after': '30' } });
    const { retryInMs } = (await ended(one.source.getToken())) as { retryInMs: number };
    expect(Math.ceil(retryInMs / 1_000)).toBe(30);
  });

  test('a held call waits until it is let go', async () => {
    await using one = await start();
    const held = one.endpoint.holdNext();
    const asked = one.valueOf();
    const call = await held.arrived;
    expect([call.isOver, one.endpoint.issuedTokens]).toEqual([false, []]);
    held.release();
    expect(await asked).toBe('fake-token-1');
    expect([call.isOver, call.aborted]).toEqual([true, false]);
  });

  test('a held call can be answered by hand, and its release changes nothing then', async () => {
    await using one = await start();
    const held = one.endpoint.holdNext();
    const asked = one.valueOf();
    (await held.arrived).issue('by-hand', { expires_in: 60 });
    one.endpoint.failNext(1, { status: 400 });
    held.release();
    expect(await asked).toBe('by-hand');
    one.source.clear();
    await expect(one.valueOf()).rejects.toMatchObject({ status: 400 });
    expect(one.endpoint.issuedTokens).toEqual(['by-hand']);
  });

  test('a cut connection is a network error', async () => {
    await using one = await start({ maxAttempts: 1 });
    one.endpoint.resetNext(1);
    await expect(one.source.getToken()).rejects.toMatchObject({
      code: 'ERR_TOKEN_ENDPOINT_UNREACHABLE',
      cause: { code: 'ECONNRESET' },
    });
  });

  test('a call whose caller gave up says so, and can no longer be answered', async () => {
    await using one = await start({ maxAttempts: 1, attemptTimeoutMs: 500, flightTimeoutMs: 500 });
    one.endpoint.hang();
    await expect(one.source.getToken()).rejects.toMatchObject({
      code: 'ERR_TOKEN_ENDPOINT_UNREACHABLE',
    });
    const { lastCall } = one.endpoint;
    // The server hears of a closed connection a moment later.
    await untilTrue(() => lastCall.aborted);
    lastCall.issue();
    expect([lastCall.isOver, one.endpoint.issuedTokens]).toEqual([true, []]);
  });
});

describe('what it answers', () => {
  function fake(options: Parameters<typeof createFakeTokenEndpoint>[0] = {}) {
    const endpoint = createFakeTokenEndpoint(options);
    const http = axios.create({ adapter: endpoint.adapter, validateStatus: () => true });
    return { endpoint, ask: async (body: object = {}) => http.post('/token', body) };
  }

  test('has the scope that was asked for', async () => {
    const { ask } = fake();
    expect((await ask({ scope: 'read' })).data).toEqual({
      access_token: 'fake-token-1',
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'read',
    });
  });

  test('is written as the provider writes it', async () => {
    const { ask } = fake({
      toBody: ({ token, expiresIn }) => ({ payload: { jwt: token, ttl: expiresIn } }),
    });
    expect((await ask()).data).toEqual({ payload: { jwt: 'fake-token-1', ttl: 3600 } });
  });

  test('is what a function of the test makes of each call', async () => {
    const { endpoint, ask } = fake();
    endpoint.onCall = (call, count) => call.issue(`${String(call.params.tenant)}-${count}`);
    await ask({ tenant: 'a' });
    await ask({ tenant: 'b' });
    expect(endpoint.issuedTokens).toEqual(['a-1', 'b-2']);
  });

  test('is a 500 that says why where such a function throws', async () => {
    const { endpoint, ask } = fake();
    endpoint.onCall = () => {
      throw new Error('not what I expected');
    };
    const { status, data } = await ask();
    expect([status, JSON.stringify(data)]).toEqual([500, expect.stringContaining('not what I')]);
  });

  test('comes late by the time of its clock', async () => {
    const clock = createFakeClock();
    const { endpoint, ask } = fake({ clock });
    endpoint.delay(500);
    const asked = ask();
    await clock.advanceAsync(499);
    expect(clock.pendingTimers).toBe(1);
    await clock.advanceAsync(1);
    expect((await asked).status).toBe(200);
  });

  test('is an error of axios where the status is refused, as with any adapter', async () => {
    const endpoint = createFakeTokenEndpoint();
    endpoint.fail({ status: 503, body: 'down' });
    await expect(axios.post('/token', {}, { adapter: endpoint.adapter })).rejects.toMatchObject({
      code: 'ERR_BAD_REQUEST',
      response: { status: 503, data: 'down' },
    });
  });
});

describe('the life of its tokens', () => {
  test('is what was set, and passes with the clock', async () => {
    const clock = createFakeClock();
    const endpoint = createFakeTokenEndpoint({ clock });
    endpoint.issueTokensLiving(60);
    const source = createTokenSource(acme(), { clock, transport: { adapter: endpoint.adapter } });
    const { value, expiresAt } = await source.getToken();
    expect(expiresAt).toBe(clock.now() + 60_000);
    expect(endpoint.tokenState(value)).toBe('live');
    clock.advance(60_000);
    expect(endpoint.tokenState(value)).toBe('expired');
    expect((await source.getToken()).value).toBe('fake-token-2');
    expect(endpoint.liveTokens).toEqual(['fake-token-2']);
  });

  test('ends when it is revoked, also that of a token given by hand', async () => {
    const endpoint = createFakeTokenEndpoint();
    endpoint.onCall = (call) => call.issue('T1');
    await axios.post('/token', {}, { adapter: endpoint.adapter });
    expect(endpoint.tokenState('T1')).toBe('live');
    endpoint.revokeTokens();
    expect(endpoint.tokenState('T1')).toBe('revoked');
  });
});

test('a token that was given twice is one token, and dies as one', async () => {
  const endpoint = createFakeTokenEndpoint();
  endpoint.onCall = (call) => call.issue('T1');
  for (let call = 0; call < 2; call += 1)
    await axios.post('/token', {}, { adapter: endpoint.adapter });
  expect([endpoint.issuedTokens, endpoint.liveTokens]).toEqual([['T1', 'T1'], ['T1']]);
  endpoint.revokeToken('T1');
  expect(endpoint.liveTokens).toEqual([]);
});

test('printed, its calls show which fields they carried and no value of them', async () => {
  const endpoint = createFakeTokenEndpoint();
  const source = sourceAt(endpoint, 'https://auth.example.com/token', {
    transport: { adapter: endpoint.adapter },
  });
  await source.getToken();
  const printed = `${inspect(endpoint.calls, { depth: 9, showHidden: true })}${JSON.stringify(endpoint.calls)}`;
  expect(printed).toContain('client_secret');
  expect(printed).not.toContain(SECRET);
});

test('after a reset it is as it was, and what waited is let go', async () => {
  const endpoint = createFakeTokenEndpoint();
  const ask = () => axios.post('/token', {}, { adapter: endpoint.adapter });
  endpoint.onCall = (call) => call.answer(400);
  endpoint.hang();
  const waiting = ask();
  endpoint.reset();
  expect((await waiting).status).toBe(200);
  await ask();
  expect(endpoint.calls).toHaveLength(1);
});

test('before the first call there is no last one, and it says so', () => {
  expect(() => createFakeTokenEndpoint().lastCall).toThrow('No token call has arrived yet.');
});

async function untilTrue(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

test('an unknown option of the fake token endpoint is refused by name', () => {
  const options = { clocks: undefined, tobody: () => ({}) };
  expect(() => createFakeTokenEndpoint(options as object)).toThrow(
    /tobody.*Did you mean `toBody`/s,
  );
});
