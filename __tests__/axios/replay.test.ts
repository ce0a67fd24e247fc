import { describe, expect, test } from '@jest/globals';
import { AxiosError, type AxiosAdapter, type InternalAxiosRequestConfig } from 'axios';

import { bearerOf, type AttachOptions } from '../../src/index.js';
import { createFakeClock } from '../../src/testing/index.js';
import { answer, createMemoryServer, failureOf, memoryClientOf } from './support.js';

/** A warm client whose token has just been revoked, and the config of its next request as the app's interceptor saw it. */
async function revoked(replayedBy?: AxiosAdapter, options: AttachOptions = {}) {
  const server = createMemoryServer();
  let sends = 0;
  const adapter: AxiosAdapter = (config) =>
    ((sends += 1) === 3 ? (replayedBy ?? server.api) : server.api)(config);
  const { http } = memoryClientOf(server, { adapter }, options);
  const { source } = bearerOf(http)!;
  const events: [string, object][] = [];
  for (const name of ['replayed', 'replayRefused', 'rejected'] as const)
    source.on(name, (event) => events.push([name, event]));
  let seen!: InternalAxiosRequestConfig;
  await http.get('/warm');
  http.interceptors.request.use((config) => (seen = config));
  server.revoke();
  return { http, server, events, seen: () => seen, sends: () => sends };
}

const own = (data: unknown) => data;

describe('a healed request', () => {
  test('has the config of its first send, with the transforms of the caller', async () => {
    const { http, seen, events } = await revoked();
    const transformRequest = [own];
    const { config } = await http.post('/things', 'a', { transformRequest });
    expect(config).toBe(seen());
    expect(config.transformRequest).toEqual(transformRequest);
    expect(events).toMatchObject([
      ['rejected', { consequence: 'replay' }],
      ['replayed', { accepted: true }],
    ]);
  });

  test('keeps a config that the adapter put in its place', async () => {
    const other = { url: '/of-a-mock', transformRequest: own } as never;
    const { http } = await revoked(async (config) => ({
      ...(await answer(config, 200)),
      config: other,
    }));
    const { config } = await http.get('/things');
    expect(config).toBe(other);
    expect(config.transformRequest).toBe(own);
  });
});

describe('a replay', () => {
  test('goes through the adapter of its request', async () => {
    const { http, server, sends } = await revoked();
    const { config } = await http.get('/things', { adapter: (given) => server.api(given) });
    expect(config.headers.Authorization).toBe('Bearer fake-token-2');
    expect(sends()).toBe(1); // The adapter of the instance has answered the request before.
  });

  test.each([undefined, 0])('has no timeout if its caller set none: %p', async (timeout) => {
    const timeouts: unknown[] = [];
    const { http, server } = await revoked();
    await http.get('/things', {
      timeout: timeout!,
      adapter: (config) => {
        timeouts.push(config.timeout);
        return server.api(config);
      },
    });
    expect(timeouts).toEqual([0, 0]);
  });

  test('without a timeout waits for its hook however long that takes', async () => {
    const clock = createFakeClock();
    let goOn!: () => void;
    let reach!: () => void;
    const reached = new Promise<void>((resolve) => (reach = resolve));
    const onReplay = () => {
      reach();
      return new Promise<void>((resolve) => (goOn = resolve));
    };
    const { http } = await revoked(undefined, { clock, onReplay });
    const healed = http.get('/things');
    await reached;
    clock.advance(600_000);
    await new Promise(setImmediate);
    goOn();
    expect((await healed).status).toBe(200);
  });

  test.each([
    ['keeps', 'its body', () => undefined, ['3', '3']],
    [
      'drops',
      'a body that its hook replaced',
      (config: InternalAxiosRequestConfig) => (config.data = 'longer'),
      ['3', undefined],
    ],
  ] as const)('%s the length that its caller wrote for %s', async (_, _of, onReplay, expected) => {
    const lengths: unknown[] = [];
    const { http, server } = await revoked(undefined, {
      onReplay: (config) => void onReplay(config),
    });
    await http.post('/things', 'abc', {
      headers: { 'Content-Length': '3' },
      adapter: (config) => {
        lengths.push(config.headers.getContentLength() ?? undefined);
        return server.api(config);
      },
    });
    expect(lengths).toEqual(expected);
  });
});

describe('a replay that fails', () => {
  test('with a second 401: its error and its response have the config of the first send', async () => {
    const { http, seen, events } = await revoked((config) => answer(config, 401));
    const error = await failureOf(http.get('/things'));
    expect([error.config, error.response.config]).toEqual([seen(), seen()]);
    expect(error.config).toBe(seen());
    expect(error.response.config).toBe(seen());
    expect(events.slice(1)).toMatchObject([
      ['replayed', { accepted: false }],
      ['rejected', { consequence: 'already-replayed' }],
      ['replayRefused', { because: 'already-replayed' }],
    ]);
  });

  test('without an answer: the caller gets that error, and no replay is reported', async () => {
    const down = new AxiosError('socket hang up', 'ECONNRESET');
    const { http, events, sends } = await revoked(() => Promise.reject(down));
    expect(await failureOf(http.get('/things'))).toBe(down);
    expect(sends()).toBe(3);
    expect(events.map(([name]) => name)).toEqual(['rejected']);
  });

  /** Replays with an error whose response's config is not writable, so that the config of the first send cannot replace it. */
  const withFixedConfig: AxiosAdapter = async (config) => {
    const response = await answer({ ...config, validateStatus: null }, 500);
    Object.defineProperty(response, 'config', { value: config, writable: false });
    throw Object.assign(new AxiosError('odd', 'ERR_BAD_RESPONSE', config), { response });
  };

  test('with an error whose config cannot be replaced: all of its parts keep the same one, with the transforms of the caller', async () => {
    const { http, seen } = await revoked(withFixedConfig);
    const transformRequest = [own];
    const error = await failureOf(http.post('/things', 'a', { transformRequest }));
    expect(error.config).toBe(error.response.config);
    expect(error.config).not.toBe(seen());
    expect(error.config.transformRequest).toEqual(transformRequest);
  });

  test('with such an error, where an interceptor of the caller took the transforms off: that config has none', async () => {
    const { http } = await revoked(withFixedConfig);
    http.interceptors.request.use((config) => {
      delete config.transformRequest;
      return config;
    });
    const error = await failureOf(http.get('/things'));
    expect(error.config).toBe(error.response.config);
    expect('transformRequest' in error.config).toBe(false);
  });
});
