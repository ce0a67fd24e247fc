import { describe, expect, jest, test } from '@jest/globals';
import axios, { AxiosHeaders, type InternalAxiosRequestConfig } from 'axios';
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';

import {
  attachBearer,
  MisconfigurationError,
  whyNotReplayed,
  type AttachOptions,
} from '../../src/index.js';
import { createFakeClock, type SandboxEcho } from '../../src/testing/index.js';
import {
  ALWAYS_401,
  bodyOf,
  createMemoryServer,
  ECHO,
  failureOf,
  useOAuth2,
  warmClientOf,
} from './support.js';

const server = useOAuth2();

type Hook = NonNullable<AttachOptions['onReplay']>;

/** A hook that the test lets go on. */
function heldHook() {
  let release!: () => void;
  let reach!: () => void;
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const released = new Promise<void>((resolve) => (release = resolve));
  const onReplay: Hook = async () => {
    reach();
    await released;
  };
  return { onReplay, reached, release };
}

describe('onReplay', () => {
  test('signs a request anew before it is sent again, once, with the new token and the body in place', async () => {
    const signed: unknown[] = [];
    const onReplay: Hook = async (config) => {
      await Promise.resolve();
      const body = String(config.data);
      signed.push([config.method, config.url, String(config.headers['Authorization']), body]);
      config.headers.set('X-Signature', createHash('sha256').update(body).digest('hex'));
    };
    const { http, token } = await warmClientOf(server, {}, { onReplay });
    server.revokeTokens();
    const headers = { 'X-Signature': 'of the first send' };
    const response = await http.post<SandboxEcho>(ECHO, { amount: 7 }, { headers });
    const renewed = server.issuedTokens[1];
    expect(renewed).not.toBe(token);
    expect(signed).toEqual([['post', ECHO, `Bearer ${renewed}`, '{"amount":7}']]);
    expect(String(bodyOf(response))).toBe('{"amount":7}');
    expect(server.requests.map((request) => request.headers['x-signature'])).toEqual([
      'of the first send',
      createHash('sha256').update('{"amount":7}').digest('hex'),
    ]);
  });

  test('may change where it is sent, and with which headers', async () => {
    const onReplay: Hook = (config) => {
      config.params = { nonce: 2 };
      config.headers.delete('X-Once');
    };
    const { http } = await warmClientOf(server, {}, { onReplay });
    server.revokeTokens();
    await http.get(ECHO, { params: { nonce: 1 }, headers: { 'X-Once': '1' } });
    expect(server.requests.map(({ query }) => query.get('nonce'))).toEqual(['1', '2']);
    expect(server.requests.map(({ headers }) => headers['x-once'])).toEqual(['1', undefined]);
  });

  test('that leads a request to a foreign origin takes no token there', async () => {
    const onReplay: Hook = (config) => {
      config.baseURL = server.url.replace('127.0.0.1', 'localhost');
    };
    const { http } = await warmClientOf(server, {}, { onReplay });
    server.revokeTokens();
    expect((await failureOf(http.get(ECHO))).response.status).toBe(401);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      `Bearer ${server.issuedTokens[0]}`,
      undefined,
    ]);
  });

  const ONTO: [string, (headers: object) => unknown][] = [
    ['a plain object', (headers) => headers],
    ['a frozen object', Object.freeze],
    ['Headers', (headers) => new Headers(headers as HeadersInit)],
    ['a Map', (headers) => new Map(Object.entries(headers))],
    ['AxiosHeaders that are frozen', (headers) => Object.freeze(new AxiosHeaders({ ...headers }))],
  ];

  test.each(ONTO)('may put other headers in place of the ones it gets: %s', async (_, onto) => {
    const onReplay: Hook = (config) => {
      config.headers = onto(Object.assign({}, config.headers, { 'X-Nonce': '2' })) as AxiosHeaders;
      config.data = 'signed anew';
    };
    const { http } = await warmClientOf(server, {}, { onReplay });
    server.revokeTokens();
    const headers = { 'X-Nonce': '1' };
    const response = await http.post<SandboxEcho>(ECHO, 'once', { headers });
    expect(String(bodyOf(response))).toBe('signed anew');
    expect(server.requests.map((request) => request.headers['x-nonce'])).toEqual(['1', '2']);
  });

  test.each(ONTO)('takes no token to a foreign origin with other headers: %s', async (_, onto) => {
    const onReplay: Hook = (config) => {
      config.headers = onto(Object.assign({}, config.headers)) as AxiosHeaders;
      config.baseURL = server.url.replace('127.0.0.1', 'localhost');
    };
    const { http } = await warmClientOf(server, {}, { onReplay });
    server.revokeTokens();
    expect((await failureOf(http.get(ECHO))).response.status).toBe(401);
    expect(server.requests[1]!.headers.authorization).toBeUndefined();
  });

  test('may freeze the config', async () => {
    const onReplay: Hook = (config) => void Object.freeze(config);
    const { http } = await warmClientOf(server, { timeout: 5_000 }, { onReplay });
    server.revokeTokens();
    expect((await http.get(ECHO)).status).toBe(200);
  });

  test('is not called for a request that is not sent again', async () => {
    const onReplay = jest.fn<Hook>();
    const { http } = await warmClientOf(server, {}, { onReplay });
    await http.get(ECHO);
    server.revokeTokens();
    await failureOf(http.get(ECHO, { bearer: { replay: false } }));
    expect(onReplay).not.toHaveBeenCalled();
    await failureOf(http.get(ALWAYS_401));
    expect(onReplay).toHaveBeenCalledTimes(1);
  });

  test('is called for each of many requests that are healed at once', async () => {
    const seen: unknown[] = [];
    const onReplay: Hook = (config) => void seen.push(config.params);
    const { http } = await warmClientOf(server, {}, { onReplay });
    server.revokeTokens();
    const all = Array.from({ length: 10 }, (_, n) => http.get(ECHO, { params: { n } }));
    await Promise.all(all);
    expect(new Set(seen.map((params) => (params as { n: number }).n)).size).toBe(10);
    expect(server.tokenCalls).toBe(2);
  });

  test('is never handed the config of the first send', async () => {
    const configs: InternalAxiosRequestConfig[] = [];
    const onReplay: Hook = (config) => void configs.push(config);
    const { http } = await warmClientOf(server, {}, { onReplay });
    http.interceptors.request.use((config) => {
      configs.push(config);
      return config;
    });
    server.revokeTokens();
    await http.get(ECHO, { headers: { 'X-Id': '1' } });
    const [first, again] = configs;
    expect(again).not.toBe(first);
    expect(again!.headers).not.toBe(first!.headers);
    expect(again!.headers.get('X-Id')).toBe('1');
  });
});

describe('an onReplay that fails', () => {
  const failures: [string, Hook][] = [
    [
      'throws',
      () => {
        throw new Error('no key');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no key'))],
  ];

  test.each(failures)(
    '(%s) leaves the caller the original 401, with its error as the cause',
    async (_, onReplay) => {
      const { http, source } = await warmClientOf(server, {}, { onReplay });
      const refused: string[] = [];
      source.on('replayRefused', ({ because }) => refused.push(because));
      server.revokeTokens();
      const error = await failureOf(http.get(ECHO));
      expect(error).toMatchObject({ isAxiosError: true, code: 'ERR_BAD_REQUEST' });
      expect(error.response).toMatchObject({ status: 401, data: { error: 'invalid_token' } });
      expect(error.cause.message).toBe('no key');
      expect(whyNotReplayed(error)).toBe('replay-hook-failed');
      expect(refused).toEqual(['replay-hook-failed']);
      expect(server.requests).toHaveLength(1);
    },
  );

  test.each(failures)(
    '(%s) leaves a caller who accepts a 401 that response',
    async (_, onReplay) => {
      const { http } = await warmClientOf(server, { validateStatus: null }, { onReplay });
      server.revokeTokens();
      const response = await http.get(ECHO);
      expect(response.status).toBe(401);
      expect(whyNotReplayed(response)).toBe('replay-hook-failed');
    },
  );

  test.each(failures)('(%s) leaves a streamed 401 to be read', async (_, onReplay) => {
    const { http } = await warmClientOf(server, { responseType: 'stream' }, { onReplay });
    server.revokeTokens();
    const { response } = await failureOf(http.get(ECHO));
    expect(await json(response.data as Readable)).toMatchObject({ error: 'invalid_token' });
  });

  test('leaves the new token in place for the others', async () => {
    const onReplay = jest.fn<Hook>().mockRejectedValueOnce(new Error('no key'));
    const { http } = await warmClientOf(server, {}, { onReplay });
    server.revokeTokens();
    await failureOf(http.get(ECHO));
    expect((await http.get(ECHO)).data.token).toBe(server.issuedTokens[1]);
    expect(server.tokenCalls).toBe(2);
  });
});

describe('while an onReplay runs', () => {
  test('the caller’s time-out ends it with axios’s own error, and nothing is sent', async () => {
    const clock = createFakeClock();
    const { onReplay, reached, release } = heldHook();
    const { http } = await warmClientOf(server, {}, { clock, onReplay });
    server.revokeTokens();
    const request = failureOf(http.get(ECHO, { timeout: 200 }));
    await reached;
    clock.advance(200);
    const error = await request;
    expect(error).toMatchObject({ code: 'ECONNABORTED', message: 'timeout of 200ms exceeded' });
    expect(error.config.timeout).toBe(200);
    expect(whyNotReplayed(error)).toBeUndefined();
    release();
    await http.get(ECHO);
    expect(server.requests).toHaveLength(2); // The first send, and that of now.
  });

  test('the caller’s signal ends it at once, and nothing is sent', async () => {
    const { onReplay, reached, release } = heldHook();
    const { http } = await warmClientOf(server, {}, { onReplay });
    server.revokeTokens();
    const controller = new AbortController();
    const request = failureOf(http.get(ECHO, { signal: controller.signal }));
    await reached;
    controller.abort();
    expect((await request).code).toBe('ERR_CANCELED');
    release();
    await http.get(ECHO);
    expect(server.requests).toHaveLength(2);
  });

  test('the time it takes is subtracted from the replay’s', async () => {
    const clock = createFakeClock();
    const timeouts: unknown[] = [];
    const { onReplay, reached, release } = heldHook();
    const { http } = await warmClientOf(server, {}, { clock, onReplay });
    const send = http.defaults.adapter;
    server.revokeTokens();
    const axiosAdapter = axios.getAdapter(send);
    const request = http.get(ECHO, {
      timeout: 10_000,
      adapter(config) {
        timeouts.push(config.timeout);
        return axiosAdapter(config);
      },
    });
    await reached;
    clock.advance(4_000);
    release();
    expect((await request).config.timeout).toBe(10_000);
    expect(timeouts).toEqual([10_000, 6_000]);
  });

  test('what it throws after the caller has left is not reported as unhandled', async () => {
    const uncaught = jest.fn();
    process.on('unhandledRejection', uncaught);
    let fail!: (error: Error) => void;
    const onReplay: Hook = () => new Promise((_resolve, reject) => (fail = reject));
    const { http } = await warmClientOf(server, {}, { onReplay });
    server.revokeTokens();
    const controller = new AbortController();
    const request = failureOf(http.get(ECHO, { signal: controller.signal }));
    await server.nextTokenRequest();
    while ((fail as unknown) === undefined) await new Promise(setImmediate);
    controller.abort();
    await request;
    fail(new Error('too late'));
    await new Promise(setImmediate);
    expect(uncaught).not.toHaveBeenCalled();
    process.off('unhandledRejection', uncaught);
  });
});

test('an onReplay that is no function is refused when it is attached', () => {
  const attach = () =>
    attachBearer(axios.create(), createMemoryServer().provider, { onReplay: 'sign' as never });
  expect(attach).toThrow(MisconfigurationError);
  expect(attach).toThrow(/options\.onReplay is not a function/);
});
