import { describe, expect, test } from '@jest/globals';
import type { AxiosInstance } from 'axios';

import { createMemoryServer, interceptorOrder, memoryClientOf } from './support.js';

/**
 * axios-auth-refresh pauses new requests by a temporary interceptor, and for the length of one microtask at the end of a
 * replay a request that was started just then falls into a gap. Nothing here does I/O, so every microtask is hit.
 */
describe.each([true, false])('legacy interceptor order %s', (legacyInterceptorReqResOrdering) => {
  const users: [string, (http: AxiosInstance) => void][] = [
    ['no interceptor of the user', () => undefined],
    [
      'a synchronous one',
      (http) => http.interceptors.request.use((config) => config, null, { synchronous: true }),
    ],
    [
      'an asynchronous one',
      (http) =>
        http.interceptors.request.use(async (config) => {
          await Promise.resolve();
          return config;
        }),
    ],
  ];

  test.each(users)(
    'with %s, a request started at any of 0 to 80 microtasks around a replay never fails',
    async (_name, register) => {
      for (let depth = 0; depth <= 80; depth += 1) {
        const memory = createMemoryServer();
        const { http, source } = memoryClientOf(memory, {
          ...interceptorOrder(legacyInterceptorReqResOrdering),
        });
        register(http);
        await source.getToken();
        memory.revoke();
        const first = http.get('/first');
        for (let i = 0; i < depth; i += 1) await Promise.resolve();
        const second = http.get('/second');
        const third = http.get('/third', { bearer: { params: { scope: 'other' } } });
        const statuses = (await Promise.all([first, second, third])).map(({ status }) => status);
        expect([depth, ...statuses]).toEqual([depth, 200, 200, 200]);
        expect(memory.tokenCalls).toBe(3);
      }
    },
  );

  test('requests of any kind, started at any of 0 to 80 microtasks after two that are healed, cost one token call and never fail', async () => {
    for (let depth = 0; depth <= 80; depth += 1) {
      const memory = createMemoryServer();
      const { http, source } = memoryClientOf(memory, {
        ...interceptorOrder(legacyInterceptorReqResOrdering),
      });
      await source.getToken();
      memory.revoke();
      const requests = [http.get('/a'), http.get('/b')];
      for (let i = 0; i < depth; i += 1) await Promise.resolve();
      requests.push(http.get('/c'), http.post('/d', { a: 1 }));
      const outcomes = await Promise.allSettled(requests);
      expect([depth, ...outcomes.map(({ status }) => status)]).toEqual([
        depth,
        ...Array<string>(4).fill('fulfilled'),
      ]);
      expect(memory.tokenCalls).toBe(2);
    }
  });
});
