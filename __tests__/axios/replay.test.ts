import { describe, expect, test } from '@jest/globals';
import { AxiosError, type AxiosAdapter, type InternalAxiosRequestConfig } from 'axios';

import { bearerOf } from '../../src/index.js';
import { answer, createMemoryServer, failureOf, memoryClientOf } from './support.js';

/** A warm client whose token has just been revoked, and the config of its next request as the app's interceptor saw it. */
async function revoked(replayedBy?: AxiosAdapter) {
  const server = createMemoryServer();
  let sends = 0;
  const { http } = memoryClientOf(server, {
    adapter: (config) => ((sends += 1) === 3 ? (replayedBy ?? server.api) : server.api)(config),
  });
  const { source } = bearerOf(http)!;
  const events: [string, object][] = [];
  for (const name of ['replayed', 'replayRefused', 'rejected'] as const)
    source.on(name, (event) => events.push([name, event]));
  let seen!: InternalAxiosRequestConfig;
  await http.get('/warm');
  http.interceptors.request.use((config) => (seen = config));
  server.revoke();
  return { http, events, seen: () => seen, sends: () => sends };
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
    const other = { url: '/of-a-mock' } as InternalAxiosRequestConfig;
    const { http } = await revoked(async (config) => ({
      ...(await answer(config, 200)),
      config: other,
    }));
    expect((await http.get('/things')).config).toBe(other);
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

  test('with an error whose config cannot be replaced: all of its parts keep the same one', async () => {
    const { http } = await revoked(async (config) => {
      const response = Object.defineProperty(
        await answer({ ...config, validateStatus: null }, 500),
        'config',
        {
          value: config,
          writable: false,
        },
      );
      throw Object.assign(new AxiosError('odd', 'ERR_BAD_RESPONSE', config), { response });
    });
    const error = await failureOf(http.get('/things'));
    expect(error.config).toBe(error.response.config);
  });
});
