import { describe, expect, test } from '@jest/globals';
import axios, { type AxiosInstance } from 'axios';

import { attachBearer } from '../../src/index.js';
import { answer, createMemoryServer, failureOf } from './support.js';

/** An instance that looks like axios, one of whose managers can be used and no more, as in a mock. */
function looksLikeAxios(hidden: readonly ('request' | 'response')[], { canEject = true } = {}) {
  const server = createMemoryServer();
  const real = axios.create({ baseURL: server.provider.baseURL, adapter: server.api });
  const managers = { ...real.interceptors };
  for (const name of hidden) {
    const manager = real.interceptors[name] as AxiosInstance['interceptors']['request'];
    Object.assign(managers, {
      [name]: {
        use: manager.use.bind(manager),
        ...(canEject && { eject: manager.eject.bind(manager) }),
      },
    });
  }
  const http = Object.assign((...args: [string]) => real(...args), {
    get: real.get.bind(real),
    defaults: real.defaults,
    interceptors: managers,
  }) as unknown as AxiosInstance;
  const attachment = attachBearer(http, server.provider, {
    transport: { adapter: server.tokenEndpoint },
  });
  return { http, server, attachment };
}

describe.each([[['request', 'response']], [['request']], [['response']]] as const)(
  'an instance of whose managers these have `use` and no more: %j',
  (hidden) => {
    test('gets tokens, and its 401s are healed', async () => {
      const { http, server } = looksLikeAxios(hidden);
      await http.get('/a');
      server.revoke();
      expect((await http.get('/a')).status).toBe(200);
      expect(server.arrivals).toEqual(['fake-token-1', 'fake-token-1', 'fake-token-2']);
    });

    test('gets any other answer and error as it came', async () => {
      const { http } = looksLikeAxios(hidden);
      const failure = await failureOf(http.get('/a', { adapter: (config) => answer(config, 500) }));
      expect(failure.response.status).toBe(500);
      const thrown = 'an error without a config';
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as adapters of mocks do
      const rejected = http.get('/a', { adapter: () => Promise.reject(thrown) });
      await expect(rejected).rejects.toBe(thrown);
      const other = { status: 204, config: undefined };
      const answered = http.get('/a', { adapter: () => Promise.resolve(other as never) });
      expect((await answered).status).toBe(204);
    });

    test('sends no token to a foreign origin', async () => {
      const { http, server } = looksLikeAxios(hidden);
      await failureOf(http.get('https://foreign.example.com/a'));
      expect([server.arrivals, server.tokenCalls]).toEqual([[undefined], 0]);
    });

    test('sends no token once it is detached', async () => {
      const { http, server, attachment } = looksLikeAxios(hidden);
      attachment.detach();
      await failureOf(http.get('/a'));
      expect(server.arrivals).toEqual([undefined]);
    });
  },
);

test('an interceptor that returns nothing fails its request as with bare axios where managers have nothing but `use`', async () => {
  const { http } = looksLikeAxios(['request']);
  const bare = axios.create();
  const failures = [];
  for (const client of [http, bare]) {
    client.interceptors.request.use(() => undefined as never);
    failures.push((await failureOf(client.get('/a'))).message);
  }
  expect(failures[0]).toBe(failures[1]);
});

test('an instance that cannot eject can be detached anyway', () => {
  const { attachment } = looksLikeAxios(['request', 'response'], { canEject: false });
  expect(() => attachment.detach()).not.toThrow();
});
