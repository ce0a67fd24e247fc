import { describe, expect, test } from '@jest/globals';
import type { AxiosInstance, AxiosResponse } from 'axios';

import type { Answer } from '../../src/axios/answer.js';
import type { Sent } from '../../src/axios/exchange.js';
import { Rejection, type Original } from '../../src/axios/rejection.js';
import {
  bearerOf,
  createProviderClient,
  whyNotReplayed,
  type ResourceResponse,
  type TokenSource,
} from '../../src/index.js';
import { oauth2ClientCredentials } from '../../src/providers/index.js';
import { createFakeClock } from '../../src/testing/index.js';
import {
  ALWAYS_401,
  answer,
  createMemoryServer,
  ECHO,
  failureOf,
  memoryClientOf,
  providerOf,
  useOAuth2,
  warmClientOf,
} from './support.js';

const server = useOAuth2();

describe('a 401 that a new token does not fix', () => {
  test('behaviour 25: costs two sends and one token call, the caller gets the second 401, and the new token is kept for others', async () => {
    const { http, source, token } = await warmClientOf(server);
    const error = await failureOf(http.get(ALWAYS_401));
    expect(error.response.status).toBe(401);
    expect(String(error.config.headers.Authorization)).toBe(`Bearer ${server.issuedTokens[1]}`);
    expect(whyNotReplayed(error)).toBe('already-replayed');
    expect(server.requests.map((request) => request.token)).toEqual([
      token,
      server.issuedTokens[1],
    ]);
    expect(source.peek()?.value).toBe(server.issuedTokens[1]);
    expect((await http.get(ECHO)).data.token).toBe(server.issuedTokens[1]);
    expect(server.tokenCalls).toBe(2);
  });

  test('behaviour 30: forces at most 7 token calls in the first minute and one a minute from then on, and calls beside it never fail', async () => {
    const clock = createFakeClock();
    const { http } = await warmClientOf(server, {}, { clock, random: () => 0.5 });
    const good: number[] = [];
    const forcedIn = async (seconds: number) => {
      const before = server.tokenCalls;
      for (let second = 0; second < seconds; second += 1) {
        const [bad, fine] = await Promise.all([failureOf(http.get(ALWAYS_401)), http.get(ECHO)]);
        expect(bad.response.status).toBe(401);
        good.push(fine.status);
        clock.advance(1_000);
      }
      return server.tokenCalls - before;
    };
    expect(await forcedIn(60)).toBeLessThanOrEqual(7);
    expect(await forcedIn(120)).toBeLessThanOrEqual(3);
    expect(new Set(good)).toEqual(new Set([200]));
  });

  test('behaviour 30: while 401s force no token the caller gets the 401 at once, and can ask why', async () => {
    const { http } = await warmClientOf(server);
    for (let n = 0; n < 6; n += 1) await failureOf(http.get(ALWAYS_401));
    const sends = server.requests.length;
    const error = await failureOf(http.get(ALWAYS_401));
    expect(whyNotReplayed(error)).toBe('forced-mints-spent');
    expect(error.cause).toBeUndefined();
    expect(server.requests.length - sends).toBe(1);
    expect(server.tokenCalls).toBe(7);
  });

  test('behaviour 30: an endpoint that returns the rejected string again is asked once, and the caller gets the first 401', async () => {
    const { http } = await warmClientOf(server);
    server.issueSameToken();
    const error = await failureOf(http.get(ALWAYS_401));
    expect(error.response.status).toBe(401);
    expect(whyNotReplayed(error)).toBe('no-other-token');
    expect(error.cause).toMatchObject({ code: 'ERR_TOKEN_REQUEST_REFUSED' });
    expect(server.requests).toHaveLength(1);
    await failureOf(http.get(ALWAYS_401));
    expect(server.tokenCalls).toBe(2);
    expect((await http.get(ECHO)).status).toBe(200);
  });
});

describe('what an answer to the replay says about the new token', () => {
  /** Twenty tokens in a row draw a 401, and so does not one replay; but the answers are of that status. */
  async function healedTimes(status: number): Promise<number> {
    const { http } = await warmClientOf(server, { validateStatus: null });
    for (let n = 0; n < 20; n += 1) {
      server.revokeTokens();
      server.api.failNext(1, { status: 401 });
      server.api.failNext(1, { status });
      if ((await http.get(ECHO)).status === 401) return n;
    }
    return 20;
  }

  test.each([200, 404])('%d: it works, so the forced mint is given back', async (status) => {
    expect(await healedTimes(status)).toBe(20);
  });

  test.each([500, 503])('%d: nothing, so the forced mint is spent', async (status) => {
    expect(await healedTimes(status)).toBe(6);
  });

  test('nothing, where it is answered to a request that only joined', async () => {
    const { http } = await warmClientOf(server);
    for (let n = 0; n < 6; n += 1) {
      server.revokeTokens();
      const refresh = server.tokenEndpoint.holdNext();
      const first = failureOf(http.get(ALWAYS_401));
      await refresh.arrived;
      const joined = http.get(ECHO);
      refresh.release();
      await first;
      expect((await joined).status).toBe(200);
    }
    expect(whyNotReplayed(await failureOf(http.get(ALWAYS_401)))).toBe('forced-mints-spent');
  });
});

describe('a token that becomes invalid again before the replay it was fetched for is answered', () => {
  test('costs no caller a request, however long that answer takes', async () => {
    const { http } = await warmClientOf(server);
    server.revokeTokens();
    const [firstSend, slowReplay] = [server.api.holdNext(), server.api.holdNext()];
    const first = http.get(ECHO);
    await firstSend.arrived;
    firstSend.release();
    await slowReplay.arrived;
    const { tokenCalls } = server;
    server.api.failNext(2, { status: 401 });
    const others = await Promise.all([http.get(ECHO), http.post(ECHO, { n: 1 })]);
    expect(others.map(({ status }) => status)).toEqual([200, 200]);
    expect(server.tokenCalls).toBe(tokenCalls + 1);
    slowReplay.release();
    expect((await first).status).toBe(200);
  });
});

describe('behaviour 29: while the token endpoint cools down', () => {
  test('a 401 is returned at once, the suspect token serves other requests, and it is replaced as soon as the gate opens', async () => {
    const clock = createFakeClock();
    const options = { clock, random: () => 0.5, maxAttempts: 1 };
    const { http, token } = await warmClientOf(server, {}, options);
    server.tokenEndpoint.fail({ status: 503 });
    const first = await failureOf(http.get(ALWAYS_401)); // Tries to mint, and starts the cool-down.
    expect(whyNotReplayed(first)).toBe('no-other-token');
    expect(server.tokenCalls).toBe(2);

    const error = await failureOf(http.get(ALWAYS_401));
    expect(error.response.status).toBe(401);
    expect(whyNotReplayed(error)).toBe('endpoint-cooling');
    expect(error.cause).toMatchObject({ status: 503, phase: 'cooling down' });
    expect((await http.get(ECHO)).data.token).toBe(token);
    expect(server.tokenCalls).toBe(2);

    server.tokenEndpoint.recover();
    clock.advance(60_000);
    expect((await http.get(ECHO)).data.token).toBe(server.issuedTokens[1]);
    expect(server.tokenCalls).toBe(3);
  });
});

test('behaviour 29: a 401 is healed as soon as the credentials change, although rejected ones cool down', async () => {
  const { url: baseURL, tokenUrl } = server;
  let credentials = server.credentials;
  const provider = oauth2ClientCredentials({ baseURL, tokenUrl, credentials: () => credentials });
  const http = createProviderClient(provider);
  await http.get(ECHO);
  const changed = server.rotateCredentials();
  server.revokeTokens();
  const rejected = { response: { status: 401 }, cause: { code: 'ERR_CREDENTIALS_REJECTED' } };
  expect(await failureOf(http.get(ECHO))).toMatchObject(rejected);
  expect(await failureOf(http.get(ECHO))).toMatchObject(rejected);
  expect(server.tokenCalls).toBe(2);

  credentials = changed;
  expect((await http.get(ECHO)).status).toBe(200);
});

describe('an endpoint that is down while a 401 is healed', () => {
  test('gives the caller the original 401, with the typed acquisition error as its cause', async () => {
    const { http, source } = await warmClientOf(server, {}, { maxAttempts: 1 });
    const refusals: string[] = [];
    source.on('replayRefused', ({ because }) => refusals.push(because));
    server.revokeTokens();
    server.tokenEndpoint.resetConnections();
    const error = await failureOf(http.get(ECHO));
    expect(error).toMatchObject({
      name: 'AxiosError',
      code: 'ERR_BAD_REQUEST',
      message: 'Request failed with status code 401',
    });
    expect(error.response.data).toEqual({ error: 'invalid_token' });
    expect(error.cause).toMatchObject({
      code: 'ERR_TOKEN_ENDPOINT_UNREACHABLE',
      provider: 'oauth2',
      retryable: true,
    });
    expect(whyNotReplayed(error)).toBe('no-other-token');
    expect(refusals).toEqual(['no-other-token']);
    expect(server.requests).toHaveLength(1);
  });

  test('gives each of many callers their own 401', async () => {
    const { http } = await warmClientOf(server, {}, { maxAttempts: 1 });
    server.revokeTokens();
    server.tokenEndpoint.fail({ status: 500 });
    const errors = await Promise.all(
      Array.from({ length: 20 }, (_, i) => failureOf(http.get(ECHO, { params: { i } }))),
    );
    expect(errors.map(({ config }) => (config.params as { i: number }).i)).toEqual([
      ...Array(20).keys(),
    ]);
    expect(errors.every(({ response }) => response.status === 401)).toBe(true);
    expect(server.tokenCalls).toBe(2);
  });
});

describe('what counts as a rejected token', () => {
  test.each([
    ['403', 403, {}],
    ['insufficient_scope', 401, { 'www-authenticate': 'Bearer error="insufficient_scope"' }],
  ])(
    'behaviour 31: %s invalidates nothing and is not replayed',
    async (_name, status, headers: Record<string, string>) => {
      const { http, source, token } = await warmClientOf(server);
      server.api.failNext(1, { status, headers });
      const error = await failureOf(http.get(ECHO));
      expect(error.response.status).toBe(status);
      expect(whyNotReplayed(error)).toBeUndefined();
      expect(source.peek()?.value).toBe(token);
      expect(server.requests).toHaveLength(1);
    },
  );

  const ways: [string, { status: number; body?: object }, (r: ResourceResponse) => boolean][] = [
    [
      'a 200 with a code in its body',
      { status: 200, body: { code: 'TOKEN_EXPIRED' } },
      ({ data }) => (data as { code?: string }).code === 'TOKEN_EXPIRED',
    ],
    ['a 419', { status: 419 }, ({ status }) => status === 419],
  ];

  function clientThatJudges(isTokenRejection: (response: ResourceResponse) => boolean): {
    http: AxiosInstance;
    source: TokenSource;
  } {
    const http = createProviderClient(providerOf(server, { isTokenRejection }));
    return { http, source: bearerOf(http)!.source };
  }

  test.each(ways)(
    'behaviour 32: %s, which the provider’s classifier calls a rejection, is healed the same way',
    async (_name, failure, isTokenRejection) => {
      const { http } = clientThatJudges(isTokenRejection);
      await http.get(ECHO);
      server.api.failNext(1, failure);
      expect((await http.get(ECHO)).data.token).toBe(server.issuedTokens[1]);
      expect(server.tokenCalls).toBe(2);

      server.api.failNext(2, failure); // And so is its replay.
      const second = await http.get(ECHO, { validateStatus: null });
      expect(second.status).toBe(failure.status);
      expect(whyNotReplayed(second)).toBeDefined();
    },
  );

  test('behaviour 32: a classifier that throws leaves the decision to the standard', async () => {
    const { http } = clientThatJudges(() => {
      throw new Error('broken');
    });
    expect((await http.get(ECHO)).status).toBe(200);
    server.revokeTokens();
    expect((await http.get(ECHO)).status).toBe(200);
  });
});

describe('a validateStatus that accepts 401', () => {
  test.each([() => true, null, undefined])('is healed, too (%p)', async (validateStatus) => {
    const { http } = await warmClientOf(server);
    server.revokeTokens();
    const { status, data } = await http.get(ECHO, { validateStatus: validateStatus as null });
    expect([status, data.token]).toEqual([200, server.issuedTokens[1]]);
  });

  test('gets a permanent 401 as a response, as from axios, and can ask why', async () => {
    const { http } = await warmClientOf(server, { validateStatus: () => true });
    const response = await http.get(ALWAYS_401);
    expect(response.status).toBe(401);
    expect(response.request.path).toBe(ALWAYS_401);
    expect(Object.keys(response)).toContain('request');
    expect(whyNotReplayed(response)).toBe('already-replayed');
    expect(server.requests).toHaveLength(2);
  });

  test('gets the 401 unchanged when no new token can be fetched', async () => {
    const options = { maxAttempts: 1 };
    const { http } = await warmClientOf(server, { validateStatus: () => true }, options);
    server.revokeTokens();
    server.tokenEndpoint.fail({ status: 503 });
    const response = await http.get(ECHO);
    expect(response.status).toBe(401);
    expect(Object.keys(response)).toContain('request');
    expect(whyNotReplayed(response)).toBe('no-other-token');
  });

  test('gets an abort during healing as an error', async () => {
    const { http } = await warmClientOf(server, { validateStatus: () => true });
    server.revokeTokens();
    const refresh = server.tokenEndpoint.holdNext();
    const controller = new AbortController();
    const request = failureOf(http.get(ECHO, { signal: controller.signal }));
    await refresh.arrived;
    controller.abort();
    expect(await request).toMatchObject({ code: 'ERR_CANCELED' });
    refresh.release();
  });
});

test('a failure that names no config is judged by its status, and passes through as it is', async () => {
  const memory = createMemoryServer();
  const odd = Object.assign(new Error('odd'), { response: { status: 401 } });
  const { http } = memoryClientOf(memory, { adapter: () => Promise.reject(odd) });
  expect(await failureOf(http.get('/x'))).toBe(odd);
  expect(whyNotReplayed(odd)).toBe('already-replayed');
  expect(whyNotReplayed(undefined)).toBeUndefined();
  expect(whyNotReplayed('text')).toBeUndefined();
});

test('a 401 that an XMLHttpRequest got from another origin says nothing about the token', async () => {
  const memory = createMemoryServer();
  const { http, source } = memoryClientOf(memory, {
    adapter: (config) =>
      answer(config, 401).catch((error: unknown) => {
        (error as any).response.request = { responseURL: 'https://evil.example.com/x' };
        throw error;
      }),
  });
  const token = await source.getToken();
  await failureOf(http.get('/x'));
  expect(source.peek()).toBe(token);
});

describe('a replay that is refused', () => {
  function refused(original: Original, cause?: unknown) {
    const source = { emit: () => undefined };
    const sent = { config: {}, attachment: { source } } as unknown as Sent;
    new Rejection(sent, {} as Answer, original).refuse('no-other-token', cause);
  }

  test('gives its reason for the error itself, even one without a config', () => {
    const error = Object.assign(new Error('401'), { status: 401 });
    refused({ kind: 'error', error });
    expect(whyNotReplayed(error)).toBe('no-other-token');
    expect('cause' in error).toBe(false);
  });

  test('gives its reason for a response that validateStatus accepts, which gets no cause', () => {
    const response = { status: 401 } as AxiosResponse;
    refused({ kind: 'response', response }, new Error('why'));
    expect(whyNotReplayed(response)).toBe('no-other-token');
    expect('cause' in response).toBe(false);
  });

  test('has what failed as its cause, which loggers do not list and an app may replace', () => {
    const error = new Error('401');
    const cause = new Error('why');
    refused({ kind: 'error', error }, cause);
    expect(Object.getOwnPropertyDescriptor(error, 'cause')).toEqual({
      value: cause,
      configurable: true,
      writable: true,
      enumerable: false,
    });
  });

  test.each([Object.freeze(new Error('401')), 'a thrown text'])(
    'leaves an error that can carry no cause: %p',
    (error) => {
      expect(() => refused({ kind: 'error', error }, new Error('why'))).not.toThrow();
    },
  );
});
