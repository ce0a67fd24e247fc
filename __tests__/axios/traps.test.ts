import { describe, expect, jest, test } from '@jest/globals';
import FormDataPackage from 'form-data';
import { Agent } from 'node:http';
import { Readable } from 'node:stream';

import {
  bearerOf,
  createProviderClient,
  defineProvider,
  whyNotReplayed,
  type Provider,
} from '../../src/index.js';
import { createFakeClock } from '../../src/testing/index.js';
import {
  ALWAYS_401,
  clientOf,
  createMemoryServer,
  ECHO,
  failureOf,
  memoryClientOf,
  useOAuth2,
  warmClientOf,
} from './support.js';

const server = useOAuth2();

/**
 * Each failure that axios-auth-refresh 5.0.2 shows by itself, through our use of it. An upgrade of it must pass here.
 */
describe('of axios-auth-refresh', () => {
  test('the second of two concurrent 401s is not dropped', async () => {
    const { http } = await warmClientOf(server);
    server.revokeTokens();
    const late = server.api.holdNext();
    const b = http.get(ECHO);
    await late.arrived;
    const a = http.get(ECHO);
    await server.nextTokenRequest();
    late.release();
    expect((await Promise.all([a, b])).map(({ status }) => status)).toEqual([200, 200]);
  });

  test('a late 401 does not refresh a second time', async () => {
    const { http } = await warmClientOf(server);
    server.revokeTokens();
    const late = server.api.holdNext();
    const b = http.get(ECHO);
    await late.arrived;
    await http.get(ECHO);
    late.release();
    await b;
    expect(server.tokenCalls).toBe(2);
  });

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

  test('a refresh that hangs leaves timeout and signal of the callers in force', async () => {
    const clock = createFakeClock();
    const { http, source } = await warmClientOf(server, {}, { clock });
    server.revokeTokens();
    server.tokenEndpoint.hang();
    const controller = new AbortController();
    const byTimeout = failureOf(http.get(ECHO, { timeout: 200 }));
    const bySignal = failureOf(http.get(ECHO, { signal: controller.signal }));
    await server.nextTokenRequest();
    clock.advance(200);
    controller.abort();
    expect((await byTimeout).code).toBe('ECONNABORTED');
    expect((await bySignal).code).toBe('ERR_CANCELED');
    source.close();
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

  test('with the other interceptor order, requests that wait go out with the new token', async () => {
    const transitional = { legacyInterceptorReqResOrdering: false };
    const { http } = await warmClientOf(server, { transitional });
    http.interceptors.request.use(async (config) => Promise.resolve(config));
    server.revokeTokens();
    const refresh = server.tokenEndpoint.holdNext();
    const a = http.get(ECHO);
    await refresh.arrived;
    const waiting = [http.get(ECHO), http.get(ECHO)];
    refresh.release();
    await Promise.all([a, ...waiting]);
    expect(server.requests.filter(({ status }) => status === 401)).toHaveLength(1);
  });

  test('a custom transform does not encode twice, nor is the body cut to its old length', async () => {
    const transformRequest = [(data: unknown) => `enc(${JSON.stringify(data)})`];
    const { http } = await warmClientOf(server, { transformRequest });
    server.revokeTokens();
    await http.post(ECHO, { a: 1 });
    expect(server.requests.map(({ body }) => String(body))).toEqual([
      'enc({"a":1})',
      'enc({"a":1})',
    ]);
  });

  test.each([{}, { 'Content-Length': '5' }])(
    'an emptied stream is not replayed as an empty body, nor does it hang (%j)',
    async (headers) => {
      const { http } = await warmClientOf(server);
      server.revokeTokens();
      const error = await failureOf(http.post(ECHO, Readable.from(['hel', 'lo']), { headers }));
      expect(whyNotReplayed(error)).toBe('body-consumed');
      expect(server.requests).toHaveLength(1);
    },
  );

  test('the form-data package does not hang', async () => {
    const { http } = await warmClientOf(server);
    server.revokeTokens();
    const form = new FormDataPackage();
    form.append('a', '1');
    expect(whyNotReplayed(await failureOf(http.post(ECHO, form)))).toBe('body-consumed');
  });

  test('postForm does not hang', async () => {
    const { http } = await warmClientOf(server);
    server.revokeTokens();
    expect((await http.postForm(ECHO, { a: 1 })).status).toBe(200);
  });

  test('interceptors do not run twice: no /api/api, no data.data', async () => {
    const { http } = await warmClientOf(server);
    http.interceptors.request.use((config) => ({ ...config, url: `/__sandbox${config.url}` }));
    http.interceptors.response.use((response) => response.data as never);
    server.revokeTokens();
    const data: any = await http.get('/echo');
    expect(data.path).toBe(ECHO);
  });

  test('an unread 401 does not hold the only socket', async () => {
    const httpAgent = new Agent({ maxSockets: 1 });
    const { http } = await warmClientOf(server, { httpAgent });
    server.revokeTokens();
    const { data } = await http.get<Readable>('/__sandbox/stream', { responseType: 'stream' });
    expect(Buffer.concat(await data.toArray())).toHaveLength(4096);
    expect(server.requests.map(({ status }) => status)).toEqual([401, 200]);
    httpAgent.destroy();
  });

  test('validateStatus: () => true is healed', async () => {
    const { http } = await warmClientOf(server, { validateStatus: () => true });
    server.revokeTokens();
    expect((await http.get(ECHO)).status).toBe(200);
  });

  test('an error with a response and no config is not looked into', async () => {
    const odd = Object.assign(new Error('odd'), { response: { status: 401 } });
    const { http } = await warmClientOf(server);
    http.interceptors.request.use(() => {
      throw odd;
    });
    expect(await failureOf(http.get(ECHO))).toBe(odd);
  });

  test('error.config can be sent again later and is healed again', async () => {
    const clock = createFakeClock();
    const { http } = await warmClientOf(server, {}, { clock });
    const error = await failureOf(http.get(ALWAYS_401));
    clock.advance(60_000); // 401s may force a token again.
    server.revokeTokens();
    expect((await http({ ...error.config, url: ECHO })).status).toBe(200);
  });

  test('an API that always answers 401 does not cost a token call per request', async () => {
    const { http } = await warmClientOf(server);
    for (let i = 0; i < 20; i += 1) await failureOf(http.get(ALWAYS_401));
    expect(server.tokenCalls).toBe(7);
    expect(server.requests).toHaveLength(26);
  });

  test('a time-out of 200 ms ends after 200 ms, however long the refresh takes', async () => {
    const clock = createFakeClock();
    const { http } = await warmClientOf(server, {}, { clock });
    server.revokeTokens();
    const refresh = server.tokenEndpoint.holdNext();
    const request = failureOf(http.get(ECHO, { timeout: 200 }));
    await refresh.arrived;
    clock.advance(200);
    expect((await request).message).toBe('timeout of 200ms exceeded');
    refresh.release();
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

describe('of other libraries', () => {
  test('a token cleared during a flight does not come back with that flight', async () => {
    const { http, source } = clientOf(server);
    const refresh = server.tokenEndpoint.holdNext();
    const request = http.get(ECHO);
    await refresh.arrived;
    source.clear();
    expect((await request).data.token).toBe(server.issuedTokens.at(-1));
    refresh.release();
    await http.get(ECHO);
    expect(new Set(server.requests.map(({ token }) => token)).size).toBe(1);
  });

  test('the abort of the first caller does not reject the second', async () => {
    const { http } = clientOf(server);
    const refresh = server.tokenEndpoint.holdNext();
    const controller = new AbortController();
    const first = failureOf(http.get(ECHO, { signal: controller.signal }));
    const second = http.get(ECHO);
    await refresh.arrived;
    controller.abort();
    expect((await first).code).toBe('ERR_CANCELED');
    refresh.release();
    expect((await second).status).toBe(200);
  });

  test('two clients of one app with different credentials never get each other’s token', async () => {
    const memories = [
      createMemoryServer('https://a.example.com'),
      createMemoryServer('https://b.example.com'),
    ];
    const clients = memories.map((memory) => memoryClientOf(memory));
    await Promise.all(clients.flatMap(({ http }) => [http.get('/x'), http.get('/y')]));
    expect(memories.map(({ tokenCalls }) => tokenCalls)).toEqual([1, 1]);
    expect(bearerOf(clients[0]!.http)?.source).not.toBe(bearerOf(clients[1]!.http)?.source);
  });
});
