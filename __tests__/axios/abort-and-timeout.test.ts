import { describe, expect, test } from '@jest/globals';
import axios, { CanceledError, type AxiosAdapter, type AxiosRequestConfig } from 'axios';
import type { Readable } from 'node:stream';

import { createFakeClock } from '../../src/testing/index.js';
import {
  clientOf,
  createMemoryServer,
  ECHO,
  failureOf,
  type Failure,
  memoryClientOf,
  useOAuth2,
  warmClientOf,
} from './support.js';

const server = useOAuth2();

/** The ways in which axios lets a caller give up. */
const ways: [string, () => { config: AxiosRequestConfig; abort: () => void }][] = [
  [
    'signal',
    () => {
      const controller = new AbortController();
      return { config: { signal: controller.signal }, abort: () => controller.abort() };
    },
  ],
  [
    'cancelToken',
    () => {
      const { token, cancel } = axios.CancelToken.source();
      return { config: { cancelToken: token }, abort: () => cancel() };
    },
  ],
  [
    'signal and cancelToken',
    () => {
      const { token, cancel } = axios.CancelToken.source();
      const config = { cancelToken: token, signal: new AbortController().signal };
      return { config, abort: () => cancel() };
    },
  ],
  [
    'a signal of another make',
    () => {
      const listeners = new Set<() => void>();
      const signal = {
        aborted: false,
        addEventListener: (_type: string, listener: () => void) => listeners.add(listener),
        removeEventListener: (_type: string, listener: () => void) => listeners.delete(listener),
      };
      const abort = () => {
        signal.aborted = true;
        for (const listener of listeners) listener();
      };
      return { config: { signal: signal }, abort };
    },
  ],
];

describe.each(ways)('a caller who gives up by %s', (_name, give) => {
  test('behaviour 3: while a first token is fetched, ends that wait only: the other caller gets the token', async () => {
    const { http } = clientOf(server);
    const held = server.tokenEndpoint.holdNext();
    const { config, abort } = give();
    const leaver = failureOf(http.get(ECHO, config));
    const stayer = http.get(ECHO);
    await held.arrived;
    abort();
    const error = await leaver; // The token call is still held: nothing but the abort can have ended it.
    expect(error).toMatchObject({ name: 'CanceledError', code: 'ERR_CANCELED' });
    expect(axios.isCancel(error)).toBe(true);
    held.release();
    expect((await stayer).data.token).toBe(server.issuedTokens[0]);
    expect([server.tokenCalls, server.requests.length]).toEqual([1, 1]);
  });

  test('behaviour 35: during re-acquisition, ends at once, and no replay is sent', async () => {
    const { http } = await warmClientOf(server);
    server.revokeTokens();
    const held = server.tokenEndpoint.holdNext();
    const { config, abort } = give();
    const leaver = failureOf(http.get(ECHO, config));
    await held.arrived;
    abort();
    expect(await leaver).toMatchObject({ code: 'ERR_CANCELED' });
    held.release();
    expect((await http.get(ECHO)).data.token).toBe(server.issuedTokens[1]);
    expect([server.tokenCalls, server.requests.length]).toEqual([2, 2]);
  });

  test('during re-acquisition, gives back the socket of a streamed 401', async () => {
    const bodies: Readable[] = [];
    const send = axios.getAdapter('http');
    const adapter: AxiosAdapter = (sent) =>
      send(sent).catch((error: unknown) => {
        bodies.push((error as Failure).response.data as Readable);
        throw error;
      });
    const { http } = await warmClientOf(server, { adapter, responseType: 'stream' });
    server.revokeTokens();
    const held = server.tokenEndpoint.holdNext();
    const { config, abort } = give();
    const leaver = failureOf(http.get(ECHO, config));
    await held.arrived;
    abort();
    expect((await leaver).response).toBeUndefined(); // So the caller cannot read it.
    held.release();
    const areDestroyed = bodies.map(({ destroyed }) => destroyed);
    for (const body of bodies) body.destroy(); // Or the sandbox would wait for it.
    expect(areDestroyed).toEqual([true]);
  });

  test('during the replay, is heard', async () => {
    const { http } = await warmClientOf(server);
    server.revokeTokens();
    const { config, abort } = give();
    const [first, replay] = [server.api.holdNext(), server.api.holdNext()];
    const leaver = failureOf(http.get(ECHO, config));
    await first.arrived;
    first.release();
    await replay.arrived;
    abort();
    expect(await leaver).toMatchObject({ code: 'ERR_CANCELED' });
    replay.release();
  });

  test('before the request starts, costs neither a token call nor a request', async () => {
    const { http } = clientOf(server);
    const { config, abort } = give();
    abort();
    expect(await failureOf(http.get(ECHO, config))).toMatchObject({ code: 'ERR_CANCELED' });
    expect([server.tokenCalls, server.requests.length]).toEqual([0, 0]);
  });
});

describe('giving up', () => {
  test('behaviour 3: by all callers leaves nothing pending, and the next caller gets a token', async () => {
    const { http } = clientOf(server);
    const held = server.tokenEndpoint.holdNext();
    const controller = new AbortController();
    const { signal } = controller;
    const leavers = Array.from({ length: 5 }, () => failureOf(http.get(ECHO, { signal })));
    await held.arrived;
    controller.abort();
    expect((await Promise.all(leavers)).every((error) => error.code === 'ERR_CANCELED')).toBe(true);
    held.release();
    expect((await http.get(ECHO)).status).toBe(200);
    expect(server.requests).toHaveLength(1);
  });

  test('gives the message that the caller passed to cancel()', async () => {
    const { http } = clientOf(server);
    const { token, cancel } = axios.CancelToken.source();
    cancel('changed my mind');
    const error = await failureOf(http.get(ECHO, { cancelToken: token }));
    expect(error).toBeInstanceOf(CanceledError);
    expect(error.message).toBe('changed my mind');
  });

  test('is still possible after thousands of requests on one signal or cancel token, which keep no listener of ours', async () => {
    const memory = createMemoryServer();
    const { http, source } = memoryClientOf(memory);
    const listeners = new Set();
    const signal: any = {
      aborted: false,
      addEventListener: (_type: string, listener: unknown) => listeners.add(listener),
      removeEventListener: (_type: string, listener: unknown) => listeners.delete(listener),
    };
    const { token } = axios.CancelToken.source();
    for (let i = 0; i < 10; i += 1) {
      source.clear();
      await http.get('/x', { signal, cancelToken: token });
    }
    expect(listeners.size).toBe(0);
    expect((token as any)._listeners ?? []).toHaveLength(0);
  });

  test('with headers that an interceptor put into a plain object is a cancellation like any other, and shows no token', async () => {
    const { http, token } = await warmClientOf(server);
    const controller = new AbortController();
    http.interceptors.request.use((config) => {
      controller.abort();
      return { ...config, headers: { 'x-mine': '1' } as never };
    });
    const error = await failureOf(http.get(ECHO, { signal: controller.signal }));
    expect(error).toMatchObject({ code: 'ERR_CANCELED' });
    expect(JSON.stringify(error)).not.toContain(token); // An axios before 1.21 gets none.
  });
});

describe('the caller’s timeout', () => {
  test('ends the wait for a first token with axios’s own error; the refresh goes on for the others', async () => {
    const clock = createFakeClock();
    const { http } = clientOf(server, {}, { clock });
    const held = server.tokenEndpoint.holdNext();
    const leaver = failureOf(http.get(ECHO, { timeout: 1_000 }));
    const stayer = http.get(ECHO);
    await held.arrived;
    clock.advance(999);
    clock.advance(1);
    const error = await leaver;
    expect(error).toMatchObject({
      name: 'AxiosError',
      code: 'ECONNABORTED',
      message: 'timeout of 1000ms exceeded',
    });
    expect(error.config).toMatchObject({ url: ECHO, timeout: 1_000 });
    expect(error.cause).toMatchObject({ code: 'ERR_TOKEN_WAIT_TIMED_OUT' });
    held.release();
    expect((await stayer).status).toBe(200);
    expect(server.tokenCalls).toBe(1);
  });

  test('behaviour 35: ends the wait for another token; no replay is sent', async () => {
    const clock = createFakeClock();
    const { http } = await warmClientOf(server, {}, { clock });
    server.revokeTokens();
    const held = server.tokenEndpoint.holdNext();
    const leaver = failureOf(http.get(ECHO, { timeout: 1_000 }));
    await held.arrived;
    clock.advance(1_000);
    expect(await leaver).toMatchObject({ code: 'ECONNABORTED', config: { timeout: 1_000 } });
    held.release();
    await http.get(ECHO);
    expect(server.requests.map(({ token }) => token)).toEqual(server.issuedTokens);
  });

  test('behaviour 35: leaves the replay what the first send and the token call have left over', async () => {
    const clock = createFakeClock();
    const { http } = await warmClientOf(server, {}, { clock });
    server.revokeTokens();
    const timeouts: unknown[] = [];
    const [first, refresh] = [server.api.holdNext(), server.tokenEndpoint.holdNext()];
    const adapter = axios.getAdapter('http');
    const request = http.get(ECHO, {
      timeout: 60_000,
      adapter: (config) => {
        timeouts.push(config.timeout);
        return adapter(config);
      },
    });
    await first.arrived;
    clock.advance(3_000);
    first.release();
    await refresh.arrived;
    clock.advance(4_000);
    refresh.release();
    const { config } = await request;
    expect(timeouts).toEqual([60_000, 53_000]);
    expect(config.timeout).toBe(60_000);
    expect(config).not.toHaveProperty('timeoutErrorMessage');
  });

  test('leaves a first send what the wait for the token has left over, and names the caller’s own number when it runs out', async () => {
    const clock = createFakeClock();
    const { http } = clientOf(server, {}, { clock });
    const [refresh, sent] = [server.tokenEndpoint.holdNext(), server.api.holdNext()];
    const leaver = failureOf(http.get(ECHO, { timeout: 5_000 }));
    await refresh.arrived;
    clock.advance(4_999);
    refresh.release(); // One millisecond is left for the request.
    const error = await leaver;
    expect(error).toMatchObject({ code: 'ECONNABORTED', message: 'timeout of 5000ms exceeded' });
    expect(error.config.timeout).toBe(5_000);
    expect(error.config).not.toHaveProperty('timeoutErrorMessage');
    sent.release();
  });

  test('gives the adapter what is left of it, and the caller the number as written', async () => {
    const clock = createFakeClock();
    const memory = createMemoryServer();
    const adapter: AxiosAdapter = (config) => {
      timeouts.push(config.timeout);
      return memory.api(config);
    };
    const timeouts: unknown[] = [];
    const slowly: AxiosAdapter = (config) => {
      clock.advance(4_000);
      return memory.tokenEndpoint(config);
    };
    const { http } = memoryClientOf(memory, { adapter }, { clock, transport: { adapter: slowly } });
    const { config } = await http.get('/x', { timeout: 5_000 });
    expect(timeouts).toEqual([1_000]);
    expect(config.timeout).toBe(5_000);
  });

  test('that has run out before the token call is not spent on one', async () => {
    const clock = createFakeClock();
    const { http } = await warmClientOf(server, {}, { clock });
    server.revokeTokens();
    const first = server.api.holdNext();
    const leaver = failureOf(http.get(ECHO, { timeout: 60_000 }));
    await first.arrived;
    clock.advance(60_000);
    first.release();
    const error = await leaver;
    expect(error).toMatchObject({ code: 'ECONNABORTED', message: 'timeout of 60000ms exceeded' });
    expect(error.cause.response.status).toBe(401);
    expect(server.tokenCalls).toBe(1);
  });

  test('keeps the caller’s own words and code for it', async () => {
    const clock = createFakeClock();
    const { http } = clientOf(server, {}, { clock });
    const held = server.tokenEndpoint.holdNext();
    const leaver = failureOf(
      http.get(ECHO, {
        timeout: 1_000,
        timeoutErrorMessage: 'too slow',
        transitional: { clarifyTimeoutError: true },
      }),
    );
    await held.arrived;
    clock.advance(1_000);
    const error = await leaver;
    expect(error).toMatchObject({ code: 'ETIMEDOUT', message: 'too slow' });
    expect(error.config.timeoutErrorMessage).toBe('too slow');
    held.release();
  });

  test('of zero is none', async () => {
    const clock = createFakeClock();
    const { http } = clientOf(server, {}, { clock });
    const held = server.tokenEndpoint.holdNext();
    const request = http.get(ECHO, { timeout: 0 });
    await held.arrived;
    clock.advance(4_000);
    held.release();
    expect((await request).config.timeout).toBe(0);
  });
});

test('a first token fetched without any time passing leaves no trace on the config', async () => {
  const memory = createMemoryServer();
  const { http } = memoryClientOf(memory, {}, { clock: createFakeClock() });
  for (const attempt of ['cold', 'healed']) {
    const { config } = await http.get('/x', { timeout: 1_000 });
    expect([attempt, config.timeout, config.timeoutErrorMessage]).toEqual([
      attempt,
      1_000,
      undefined,
    ]);
    memory.revoke();
  }
});
