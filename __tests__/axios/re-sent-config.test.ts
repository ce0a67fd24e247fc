import { describe, expect, test } from '@jest/globals';
import axios from 'axios';
import axiosRetry from 'axios-retry';

import { createProviderClient, whyNotReplayed } from '../../src/index.js';
import {
  ALWAYS_401,
  ECHO,
  failureOf,
  providerOf,
  useOAuth2,
  warmClientOf,
  type Failure,
} from './support.js';

const server = useOAuth2();

describe('a config that is sent again', () => {
  test('by axios-retry after a 503, with the token revoked meanwhile, is healed', async () => {
    const { http } = await warmClientOf(server);
    axiosRetry(http, { retries: 3, retryDelay: () => 1, onRetry: () => server.revokeTokens() });
    server.api.failNext(1, { status: 503 });
    const { data } = await http.get(ECHO);
    expect(data.token).toBe(server.issuedTokens[1]);
    expect(server.requests.map(({ status }) => status)).toEqual([503, 401, 200]);
  });

  test('by axios-retry around a replay: 401, 503, 401, 200', async () => {
    const { http } = await warmClientOf(server);
    axiosRetry(http, { retries: 3, retryDelay: () => 1, onRetry: () => server.revokeTokens() });
    server.revokeTokens();
    server.api.failNext(1, { status: 401 });
    server.api.failNext(1, { status: 503 });
    const { data } = await http.put(ECHO, { a: 1 }, { timeout: 60_000 });
    expect(data.token).toBe(server.issuedTokens.at(-1));
    expect(server.requests.map(({ status }) => status)).toEqual([401, 503, 401, 200]);
    expect(server.requests.map(({ json }) => json)).toEqual(Array(4).fill({ a: 1 }));
  });

  test('by the caller, instance(error.config), carries the current token and is healed', async () => {
    const { http } = await warmClientOf(server);
    server.api.failNext(1, { status: 500 });
    const error = await failureOf(http.post(ECHO, { a: 1 }));
    server.revokeTokens();
    await http.get(ECHO); // Another request has renewed the token.
    const { data } = await http(error.config);
    expect(data.token).toBe(server.issuedTokens[1]);
    expect(server.requests.at(-1)?.json).toEqual({ a: 1 });
    server.revokeTokens();
    expect((await http(error.config)).data.token).toBe(server.issuedTokens[2]);
    expect(server.requests.filter(({ status }) => status === 401)).toHaveLength(2);
  });

  test('after a replay that failed is healed again, and again', async () => {
    const { http } = await warmClientOf(server);
    for (let round = 1; round <= 3; round += 1) {
      server.revokeTokens();
      server.api.failNext(1, { status: 401 });
      server.api.failNext(1, { status: 500 });
      const error = await failureOf(http.post(ECHO, { a: 1 }));
      expect(error.response.status).toBe(500);
      server.revokeTokens();
      expect((await http(error.config)).data.token).toBe(server.issuedTokens.at(-1));
    }
  });

  test('as it came back from a success, response.config, is healed', async () => {
    const { http } = await warmClientOf(server);
    const { config } = await http.post(ECHO, { a: 1 });
    server.revokeTokens();
    const { data } = await http(config);
    expect(data.token).toBe(server.issuedTokens[1]);
    expect(server.requests.at(-1)?.json).toEqual({ a: 1 });
  });

  test('by bare axios(error.config) sends a working header, not a mask', async () => {
    const { http } = await warmClientOf(server);
    server.api.failNext(1, { status: 500 });
    const error = await failureOf(http.post(ECHO, { a: 1 }));
    const { data } = await axios(error.config);
    expect(data.token).toBe(server.issuedTokens[0]);
  });

  test('with { bearer: false } goes out without the token that it carried', async () => {
    const { http } = await warmClientOf(server);
    server.api.failNext(1, { status: 500 });
    const { config } = await failureOf(http.get(ECHO));
    expect((await failureOf(http({ ...config, bearer: false }))).response.status).toBe(401);
    expect(server.requests[1]?.token).toBeUndefined();
    expect(server.tokenCalls).toBe(1);
  });

  test('with { bearer: false } is no longer ours', async () => {
    const { http } = await warmClientOf(server);
    const first = await failureOf(http.get(ALWAYS_401, { timeout: 5_000 }));
    expect(whyNotReplayed(first)).toBe('already-replayed');
    const config = { ...first.config, bearer: false as const, timeout: 9_000 };
    const second = await failureOf(http(config));
    expect(whyNotReplayed(second)).toBeUndefined();
    expect(second.config.timeout).toBe(9_000);
  });

  test('to a foreign origin goes out without the token that it carried', async () => {
    const { http } = await warmClientOf(server);
    server.api.failNext(1, { status: 500 });
    const { config } = await failureOf(http.get(ECHO));
    const elsewhere = server.url.replace('127.0.0.1', 'localhost');
    expect((await failureOf(http({ ...config, baseURL: elsewhere }))).response.status).toBe(401);
    expect(server.requests.at(-1)?.token).toBeUndefined();
  });

  test('through the client of another provider carries that one’s token', async () => {
    const { http } = await warmClientOf(server);
    const other = createProviderClient(providerOf(server));
    server.api.failNext(1, { status: 500 });
    const { config } = await failureOf(http.get(ECHO));
    expect((await other(config)).data.token).toBe(server.issuedTokens[1]);
  });

  test('with a header of the caller’s own put into it keeps that', async () => {
    const { http } = await warmClientOf(server);
    server.api.failNext(1, { status: 500 });
    const { config } = await failureOf(http.get(ECHO));
    config.headers.set('authorization', 'Custom mine');
    await failureOf(http(config));
    expect(server.requests[1]?.headers.authorization).toBe('Custom mine');
  });
});

describe('a config that comes back', () => {
  const flags = (config: object) =>
    Object.keys(config).filter((key) => /auth|refresh|retry/i.test(key));

  test.each([
    ['after a replay that succeeded', () => server.revokeTokens(), ECHO],
    ['after a replay that was rejected', () => undefined, ALWAYS_401],
    [
      'after a replay that broke off',
      () => {
        server.api.failNext(1, { status: 401 });
        server.api.resetNext(1);
      },
      ECHO,
    ],
  ])('%s is what the caller wrote', async (_name, prepare, url) => {
    const transform = (data: unknown) => JSON.stringify(data);
    const asWritten = { timeout: 5_000, transformRequest: [transform] };
    const { http } = await warmClientOf(server, asWritten);
    prepare();
    const { config } = await http.post(url, { a: 1 }).catch((error: unknown) => error as Failure);
    expect(config).toMatchObject({ timeout: 5_000, transformRequest: [transform], method: 'post' });
    expect(config).not.toHaveProperty('timeoutErrorMessage');
    expect(flags(config)).toEqual([]);
  });

  test('lets the caller change the body and send it again', async () => {
    const { http } = await warmClientOf(server);
    const { config } = await failureOf(http.post(ALWAYS_401, { a: 1 }));
    const { data } = await http({ ...config, url: ECHO, data: { b: 2 } });
    expect(data.method).toBe('POST');
    expect(server.requests.at(-1)?.json).toEqual({ b: 2 });
  });

  test('has no transformRequest where the caller removed it', async () => {
    const { http } = await warmClientOf(server);
    http.interceptors.request.use((config) => {
      delete config.transformRequest;
      return config;
    });
    server.revokeTokens();
    const { config } = await http.post(ECHO, 'text');
    expect(config).not.toHaveProperty('transformRequest');
  });
});

describe('a config of the caller’s', () => {
  test('that serves two requests at once is not written to', async () => {
    const { http } = await warmClientOf(server);
    const config = {
      headers: { 'x-mine': '1' },
      params: { q: 1 },
      bearer: { params: { scope: 'a' } },
    };
    const copy = structuredClone(config);
    server.revokeTokens();
    await Promise.all([http.get(ECHO, config), http.post(ECHO, { a: 1 }, config)]);
    await http.get(ECHO, config);
    expect(config).toEqual(copy);
    expect(Object.getOwnPropertySymbols(config)).toEqual([]);
  });

  test('that is frozen works, cold, warm and healed', async () => {
    const { http } = await warmClientOf(server);
    const config = Object.freeze({
      headers: Object.freeze({ 'x-mine': '1' }),
      bearer: Object.freeze({ replay: true }),
      timeout: 5_000,
    });
    expect((await http.get(ECHO, config)).status).toBe(200);
    server.revokeTokens();
    expect((await http.get(ECHO, config)).data.token).toBe(server.issuedTokens[1]);
  });
});
