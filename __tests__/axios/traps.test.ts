import { describe, expect, jest, test } from '@jest/globals';

import { createProviderClient, defineProvider, type Provider } from '../../src/index.js';
import { createFakeClock } from '../../src/testing/index.js';
import {
  ALWAYS_401,
  createMemoryServer,
  ECHO,
  failureOf,
  useOAuth2,
  warmClientOf,
} from './support.js';

const server = useOAuth2();

/**
 * Failures that axios-auth-refresh 5.0.2 shows by itself, through our use of it. An upgrade of it must pass here, and in heal,
 * rejection, replay-body, interceptors and abort-and-timeout, which show what is promised of the same.
 */
describe('traps of axios-auth-refresh', () => {
  test.each([
    [
      'throws',
      () => {
        throw new Error('broken');
      },
      'ERR_CREDENTIALS_UNAVAILABLE',
    ],
    ['returns nothing', () => undefined, 'ERR_BEARER_MISCONFIGURED'],
    ['rejects', () => Promise.reject(new Error('broken')), 'ERR_CREDENTIALS_UNAVAILABLE'],
  ])('a refresh that synchronously %s does not stop healing for ever', async (_, broken, code) => {
    const clock = createFakeClock();
    let credentials: () => unknown = () => ({ id: 'fake' });
    let calls = 0;
    const memory = createMemoryServer();
    const provider = defineProvider<{ id: string }>({
      name: 'vault',
      baseURL: 'https://api.example.com',
      credentials: () => credentials() as { id: string },
      credentialFields: { id: {} },
      tokenRequest: () => ({ url: '/token' }),
      parseToken: ({ body }) => ({
        accessToken: (body as any).access_token,
        expiresInSeconds: 3600,
      }),
    });
    const http = createProviderClient(
      provider,
      { adapter: memory.api },
      {
        clock,
        transport: {
          adapter: (config) => {
            calls += 1;
            return memory.tokenEndpoint(config);
          },
        },
      },
    );
    await http.get('/x');
    memory.revoke();
    credentials = broken;
    const error = await failureOf(http.get('/x'));
    expect(error.response.status).toBe(401);
    expect(error.cause).toMatchObject({ code });
    credentials = () => ({ id: 'fake' });
    clock.advance(60_000);
    expect((await http.get('/x')).status).toBe(200);
    expect(calls).toBe(2);
  });

  test('a token call through the same instance does not wait for itself', async () => {
    const memory = createMemoryServer();
    const provider: Provider = defineProvider<{ id: string }>({
      name: 'loop',
      baseURL: 'https://api.example.com',
      // Fetches its credentials through the very client that waits for them, without a token.
      credentials: async () => {
        await http.get('/credentials', { bearer: false, validateStatus: null });
        return { id: 'fake' };
      },
      credentialFields: { id: {} },
      tokenRequest: () => ({ url: '/token' }),
      parseToken: ({ body }) => ({ accessToken: (body as any).access_token }),
    });
    const http = createProviderClient(
      provider,
      { adapter: memory.api },
      { transport: { adapter: memory.tokenEndpoint } },
    );
    expect((await http.get('/x')).status).toBe(200);
    memory.revoke();
    expect((await http.get('/x')).status).toBe(200);
    expect(memory.arrivals.filter((token) => token === undefined)).toHaveLength(2);
  });

  test('a replay that ends during a later refresh does not let a third one run beside it', async () => {
    const clock = createFakeClock();
    const { http } = await warmClientOf(server, {}, { clock });
    server.revokeTokens();
    const [firstSend, slowReplay] = [server.api.holdNext(), server.api.holdNext()];
    const a = http.get(ECHO);
    await firstSend.arrived;
    firstSend.release();
    await slowReplay.arrived;
    server.revokeTokens();
    const refresh = server.tokenEndpoint.holdNext();
    const b = http.get(ECHO);
    await refresh.arrived;
    slowReplay.release(); // Its token is dead, too: this caller has had its two sends.
    expect((await failureOf(a)).response.status).toBe(401);
    const c = http.get(ECHO);
    refresh.release();
    expect((await Promise.all([b, c])).map(({ status }) => status)).toEqual([200, 200]);
    expect(server.tokenCalls).toBe(3);
  });

  test('an error with a response and no config is not looked into', async () => {
    const odd = Object.assign(new Error('odd'), { response: { status: 401 } });
    const { http } = await warmClientOf(server);
    http.interceptors.request.use(() => {
      throw odd;
    });
    expect(await failureOf(http.get(ECHO))).toBe(odd);
  });

  test('nothing is written to the console', async () => {
    const spies = (['error', 'warn', 'log'] as const).map((name) => jest.spyOn(console, name));
    const { http } = await warmClientOf(server);
    server.revokeTokens();
    await http.get(ECHO);
    await failureOf(http.get(ALWAYS_401));
    for (const spy of spies) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
  });
});
