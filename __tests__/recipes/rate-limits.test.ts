import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import rateLimit from 'axios-rate-limit';
import pThrottle from 'p-throttle';

import { createMemoryServer, memoryClientOf, type MemoryServer } from '../axios/support.js';

const INTERVAL_MS = 1_000;
const LIMIT = 2;

let server: MemoryServer;
beforeEach(() => {
  jest.useFakeTimers();
  server = createMemoryServer();
});

const four = (get: () => Promise<unknown>) => Promise.all([get(), get(), get(), get()]);
const sends = () => server.arrivals;

/** Lets everything happen that is due by then. */
async function after(ms: number): Promise<void> {
  await jest.advanceTimersByTimeAsync(ms);
}

describe('axios-rate-limit', () => {
  function limited() {
    const { http, source } = memoryClientOf(server);
    // Its types are those of axios's CommonJS build; it returns the instance that it was given.
    rateLimit(http as never, { maxRequests: LIMIT, perMilliseconds: INTERVAL_MS });
    return { http, source };
  }

  test('keeps its rate, and a request that waited for its turn carries the token of then', async () => {
    const { http, source } = limited();
    await source.getToken();
    const answers = four(() => http.get('/things'));
    await after(INTERVAL_MS / 2);
    expect(sends()).toEqual(['fake-token-1', 'fake-token-1']);
    server.revoke();
    source.clear();
    await source.getToken();
    await after(INTERVAL_MS);
    expect(sends().slice(2)).toEqual(['fake-token-2', 'fake-token-2']);
    await answers;
  });

  test('the trap: it does not count replays', async () => {
    const { http, source } = limited();
    await source.getToken();
    server.revoke();
    const answers = four(() => http.get('/things'));
    await after(INTERVAL_MS / 2);
    // Two requests were let through, and one of them was sent twice.
    expect(sends()).toEqual(['fake-token-1', 'fake-token-2', 'fake-token-2']);
    await after(INTERVAL_MS);
    await answers;
  });
});

describe('p-throttle', () => {
  const throttle = () => pThrottle({ limit: LIMIT, interval: INTERVAL_MS, strict: true });

  test('around a call, it counts calls and not replays', async () => {
    const { http, source } = memoryClientOf(server);
    const get = throttle()(() => http.get('/things'));
    await source.getToken();
    server.revoke();
    const answers = four(get);
    await after(INTERVAL_MS / 2);
    expect(sends()).toHaveLength(2 * LIMIT);
    await after(INTERVAL_MS);
    await answers;
  });

  test('around the adapter, it counts every send, replays included', async () => {
    const { http, source } = memoryClientOf(server, { adapter: throttle()(server.api) });
    await source.getToken();
    server.revoke();
    const answers = four(() => http.get('/things'));
    const counted: number[] = [];
    for (let interval = 0; interval < 4; interval += 1) {
      await after(interval === 0 ? INTERVAL_MS / 2 : INTERVAL_MS);
      counted.push(sends().length);
    }
    expect(counted).toEqual([2, 4, 6, 8]);
    await answers;
    expect(server.tokenCalls).toBe(2);
  });
});
