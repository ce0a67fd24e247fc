import { describe, expect, jest, test } from '@jest/globals';
import axios, {
  AxiosHeaders,
  type AxiosAdapter,
  type AxiosInstance,
  type AxiosRequestConfig,
  type InternalAxiosRequestConfig,
} from 'axios';

import type { Walkable } from '../../src/axios/innermost.js';
import {
  attachBearer,
  bearerOf,
  createProviderClient,
  isBearerError,
  TokenAcquisitionError,
  type TokenSourceEvents,
  whyNotReplayed,
} from '../../src/index.js';
import { createFakeClock } from '../../src/testing/index.js';
import {
  answer,
  clientOf,
  createMemoryServer,
  ECHO,
  failureOf,
  interceptorOrder,
  memoryClientOf,
  useOAuth2,
  warmClientOf,
  tokensOf,
} from './support.js';

const server = useOAuth2();

describe('a request gets a token', () => {
  test('behaviour 1: 500 concurrent requests with an empty cache share one token call and one token', async () => {
    const { http } = clientOf(server);
    const answers = await Promise.all(Array.from({ length: 500 }, () => http.get(ECHO)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(new Set(tokensOf(answers))).toEqual(new Set(server.issuedTokens));
    expect(server.tokenCalls).toBe(1);
  });

  test('on an instance without defaults', async () => {
    const { http } = clientOf(server);
    delete http.defaults.transitional;
    http.interceptors.request.use((config) => config);
    expect((await http.get(ECHO)).data.token).toBe(server.issuedTokens[0]);
  });

  test('two instances on one source share one token call', async () => {
    const first = clientOf(server);
    const second = createProviderClient(first.source);
    await Promise.all([first.http, second].flatMap((http) => [http.get(ECHO), http.get(ECHO)]));
    expect(server.tokenCalls).toBe(1);
  });

  test('the client takes the base URL of its provider, also where the config has an undefined one', async () => {
    const { http } = clientOf(server, { baseURL: undefined as unknown as string });
    expect(http.defaults.baseURL).toBe(server.url);
    expect((await http.get(ECHO)).data.token).toBe(server.issuedTokens[0]);
  });

  test('a request with parameters of its own gets a token of its own, and waits for it only once', async () => {
    const { http } = clientOf(server);
    const read = { bearer: { params: { scope: 'read' } } };
    await http.get('/resource');
    expect((await http.get('/resource', read)).data).toEqual({ scope: 'read' });
    expect((await http.get('/resource', read)).data).toEqual({ scope: 'read' });
    expect((await http.get('/resource')).data).toEqual({});
    expect(server.tokenCalls).toBe(2);
  });

  test('a request with { bearer: false } goes out without a token, asks for none and is not replayed', async () => {
    const { http } = clientOf(server);
    const error = await failureOf(http.get(ECHO, { bearer: false }));
    expect(error.response.status).toBe(401);
    expect(server.tokenCalls).toBe(0);
    expect(server.requests.map(({ token }) => token)).toEqual([undefined]);
  });

  test('a request interceptor may say { bearer: false }', async () => {
    const { http } = await warmClientOf(server);
    http.interceptors.request.use((config) => {
      config.bearer = false;
      return config;
    });
    await failureOf(http.get(ECHO));
    expect(server.requests.map(({ token }) => token)).toEqual([undefined]);
  });

  test('a request interceptor may drop the headers, or replace them by a plain object', async () => {
    const { http } = await warmClientOf(server);
    const id = http.interceptors.request.use((config) => {
      Reflect.deleteProperty(config, 'headers');
      return config;
    });
    expect((await http.get(ECHO)).data.token).toBe(server.issuedTokens[0]);
    http.interceptors.request.eject(id);
    http.interceptors.request.use((config) => ({
      ...config,
      headers: Object.assign({}, config.headers, { 'x-mine': '1' }),
    }));
    server.revokeTokens();
    const { data } = await http.get(ECHO);
    expect(data.token).toBe(server.issuedTokens[1]);
    expect(data.headers['x-mine']).toBe('1');
  });
});

describe('a request interceptor', () => {
  test('that returns nothing fails the request as with bare axios', async () => {
    const memory = createMemoryServer();
    const { http, source } = memoryClientOf(memory);
    await source.getToken();
    const bare = axios.create();
    const failures = [];
    for (const client of [http, bare]) {
      client.interceptors.request.use(() => undefined as never);
      failures.push((await failureOf(client.get('/x'))).message);
    }
    expect(failures[0]).toBe(failures[1]);
  });

  test('runs before the token is written where the defaults say nothing about their order', async () => {
    const memory = createMemoryServer();
    const { http } = memoryClientOf(memory);
    delete (http.defaults as { transitional?: unknown }).transitional;
    const seen: unknown[] = [];
    http.interceptors.request.use((config) => {
      seen.push(config.headers.Authorization);
      return config;
    });
    expect((await http.get('/x')).status).toBe(200);
    expect(seen).toEqual([undefined]);
  });

  test('that puts another config in its place gets back what axios made of that, after a replay too', async () => {
    const memory = createMemoryServer();
    const { http, source } = memoryClientOf(memory);
    await source.getToken();
    http.interceptors.request.use((config) => ({ ...config }));
    const prototypeOfConfig = async () =>
      Object.getPrototypeOf((await http.get('/x')).config) as unknown;
    const atOnce = await prototypeOfConfig();
    memory.revoke();
    expect(await prototypeOfConfig()).toBe(atOnce);
  });
});

describe('a token that cannot be fetched', () => {
  test('behaviour 4: the request is not sent, and the error names provider, phase and whether it can be retried', async () => {
    const { http } = clientOf(server, {}, { maxAttempts: 1 });
    server.tokenEndpoint.fail({ status: 503 });
    const error = await failureOf(http.get(ECHO));
    expect(error).toBeInstanceOf(TokenAcquisitionError);
    expect(error).toMatchObject({
      code: 'ERR_TOKEN_REQUEST_REFUSED',
      provider: 'oauth2',
      phase: 'token request',
      retryable: true,
      status: 503,
    });
    expect(server.requests).toHaveLength(0);
  });

  test.each([401, 403, 429])(
    'behaviour 7: a token endpoint that answers %i is asked once, and no logic for 401s of the API runs on it',
    async (status) => {
      const { http, source } = clientOf(server, {}, { maxAttempts: 1 });
      const rejected = jest.fn();
      const seen = jest.fn((error: unknown) => Promise.reject(error as Error));
      source.on('rejected', rejected);
      http.interceptors.response.use(undefined, seen);
      server.tokenEndpoint.fail({ status });
      expect(isBearerError(await failureOf(http.get(ECHO)))).toBe(true);
      expect(server.tokenCalls).toBe(1);
      expect(rejected).not.toHaveBeenCalled();
      expect(seen).toHaveBeenCalledTimes(1); // The caller's own error, not the token call's.
    },
  );

  test('behaviour 7: the token call runs through no interceptor of the instance and none of its defaults', async () => {
    const { http } = clientOf(server, { headers: { 'x-app': '1' } });
    const urls: (string | undefined)[] = [];
    http.interceptors.request.use((config) => {
      urls.push(config.url);
      return config;
    });
    await http.get(ECHO);
    expect(urls).toEqual([ECHO]);
    expect(server.tokenRequests[0]?.headers).not.toHaveProperty('x-app');
  });
});

describe('with a fresh token in hand', () => {
  /** In which microtask after `get` the adapter is called. */
  async function ticksUntilSent(
    http: ReturnType<typeof axios.create>,
    config: AxiosRequestConfig = {},
  ): Promise<number> {
    const state = { sent: false };
    const adapter: AxiosAdapter = (config) => {
      state.sent = true;
      return answer(config, 200);
    };
    const request = http.get('/x', { ...config, adapter });
    let ticks = 0;
    for (; !state.sent; ticks += 1) await Promise.resolve();
    await request;
    return ticks;
  }

  test('the adapter is called in the same tick as with bare axios', async () => {
    const memory = createMemoryServer();
    const { http, source } = memoryClientOf(memory);
    await source.getToken();
    const bare = axios.create({ baseURL: 'https://api.example.com' });
    expect(await ticksUntilSent(http)).toBe(await ticksUntilSent(bare));
    expect(await ticksUntilSent(http)).toBe(0);
  });

  test.each([true, false])(
    'synchronous interceptors of the user keep it so (legacy order %s)',
    async (legacyInterceptorReqResOrdering) => {
      const memory = createMemoryServer();
      const order = interceptorOrder(legacyInterceptorReqResOrdering);
      const { http, source } = memoryClientOf(memory, order);
      await source.getToken();
      http.interceptors.request.use((config) => config, null, { synchronous: true });
      expect(await ticksUntilSent(http)).toBe(0);
      http.interceptors.request.use((config) => config);
      expect(await ticksUntilSent(http)).toBeGreaterThan(0);
    },
  );

  test('a request that gets no token is not held up either, whatever synchronous interceptor there is', async () => {
    const memory = createMemoryServer();
    const cold = memoryClientOf(memory).http;
    const { http, source } = memoryClientOf(memory);
    await source.getToken();
    for (const client of [cold, http]) {
      expect(await ticksUntilSent(client, { bearer: false })).toBe(0);
      client.interceptors.request.use((config) => config, null, { synchronous: true });
      expect(await ticksUntilSent(client, { bearer: false })).toBe(0);
    }
    expect(await ticksUntilSent(http, { baseURL: 'https://foreign.example.com' })).toBe(0);
  });

  describe('and no interceptor but ours', () => {
    /** How many request interceptors axios will run, and how many response interceptors it will await. */
    function interceptorsRun(http: AxiosInstance, config: InternalAxiosRequestConfig) {
      const { request, response } = http.interceptors as unknown as {
        [kind in 'request' | 'response']: Pick<Walkable<unknown>, 'forEach'>;
      };
      const run = { request: 0, response: 0 };
      request.forEach(({ runWhen }) => (run.request += Number(runWhen?.(config) !== false)));
      response.forEach(() => (run.response += 1));
      return run;
    }

    async function configOf(more: object = {}) {
      const { http, source } = memoryClientOf(createMemoryServer());
      await source.getToken();
      const { baseURL } = http.defaults;
      const headers = new AxiosHeaders();
      const config = { baseURL, url: '/x', headers, ...more } as InternalAxiosRequestConfig;
      return { http, config };
    }

    test('the token is written while axios asks which interceptors apply, so that none has to run', async () => {
      const { http, config } = await configOf();
      expect(interceptorsRun(http, config)).toEqual({ request: 0, response: 1 });
      expect(config.headers.Authorization).toBe('Bearer fake-token-1');
    });

    test.each([
      ['to a foreign origin', { baseURL: 'https://foreign.example.com' }, 1],
      ['with { bearer: false }', { bearer: false }, 0],
    ])('nor does one for a request %s', async (_, more, response) => {
      const { http, config } = await configOf(more);
      expect(interceptorsRun(http, config)).toEqual({ request: 0, response });
      expect(config.headers.Authorization).toBeUndefined();
    });

    test('one runs where the token is not there yet, or has to be taken off', async () => {
      const { http, config } = await configOf({ bearer: { params: { scope: 'read' } } });
      expect(interceptorsRun(http, config)).toEqual({ request: 1, response: 1 });
      const headers = new AxiosHeaders({ Authorization: 'Bearer fake-token-1' });
      const other = await configOf({ bearer: false, headers });
      await other.http.get('/remember');
      expect(interceptorsRun(other.http, other.config)).toEqual({ request: 1, response: 1 });
    });
  });

  test('no token call and no clock timer is started', async () => {
    const clock = createFakeClock();
    const { http } = await warmClientOf(server, {}, { clock });
    await http.get(ECHO);
    expect(clock.pendingTimers).toBe(0);
    expect(server.tokenCalls).toBe(1);
  });
});

describe('a token that stops being fresh between the start of a request and its sending', () => {
  const lifeMs = 3_600_000;

  function setUp() {
    const clock = createFakeClock();
    const memory = createMemoryServer();
    const { http, source } = memoryClientOf(memory, {}, { clock, random: () => 0 });
    return { clock, memory, http, source };
  }

  test('is still sent where every interceptor is synchronous, because such a chain cannot wait', async () => {
    const { clock, memory, http, source } = setUp();
    await source.getToken();
    http.interceptors.request.use(
      (config) => {
        if (config.url === '/x') clock.advance(lifeMs * 0.97);
        return config;
      },
      null,
      { synchronous: true },
    );
    await http.get('/x');
    await http.get('/next');
    expect(memory.arrivals).toEqual(['fake-token-1', 'fake-token-1']);
  });

  test.each([true, false])(
    'never confuses axios, whichever reading of the clock finds it so (synchronous interceptor: %s)',
    async (synchronous) => {
      for (let readings = 0; readings < 12; readings += 1) {
        const clock = createFakeClock();
        let left = Infinity;
        const now = () => {
          if ((left -= 1) === -1) clock.advance(lifeMs * 0.97);
          return clock.now();
        };
        const memory = createMemoryServer();
        const { http, source } = memoryClientOf(memory, {}, { clock: { ...clock, now } });
        await source.getToken();
        http.interceptors.request.use((config) => config, null, { synchronous });
        left = readings;
        expect([readings, (await http.get('/x')).status]).toEqual([readings, 200]);
      }
    },
  );

  test('is waited for where an interceptor is asynchronous', async () => {
    const { clock, memory, http, source } = setUp();
    await source.getToken();
    http.interceptors.request.use((config) => {
      clock.advance(lifeMs * 2);
      return config;
    });
    await http.get('/x');
    expect(memory.arrivals).toEqual(['fake-token-2']);
  });

  test('is not mixed up with the token of a request that an interceptor starts meanwhile', async () => {
    const { clock, memory, http, source } = setUp();
    await source.getToken();
    let inner: Promise<unknown> | undefined;
    http.interceptors.request.use(
      (config) => {
        if (config.url === '/outer') {
          clock.advance(lifeMs * 2);
          inner = http.get('/inner');
        }
        return config;
      },
      null,
      { synchronous: true },
    );
    await http.get('/outer');
    await inner;
    expect(memory.arrivals).toEqual(['fake-token-1', 'fake-token-2']);
  });

  test('a synchronous interceptor that sets params for which there is no token yet gets a typed error', async () => {
    const { memory, http, source } = setUp();
    await source.getToken();
    http.interceptors.request.use(
      (config) => {
        config.bearer = { params: { scope: 'other' } };
        return config;
      },
      null,
      { synchronous: true },
    );
    const error = await failureOf(http.get('/x'));
    expect(error).toMatchObject({ code: 'ERR_BEARER_MISCONFIGURED', option: 'bearer.params' });
    expect(error.message).toMatch(/bearer\.params was set by a synchronous request interceptor/);
    expect(error.message).toMatch(/or leave out `synchronous: true`/);
    expect(memory.arrivals).toEqual([]);
  });

  test('a synchronous interceptor that leads to another provider, for which there is no token yet, gets one too', async () => {
    const { memory, http, source } = setUp();
    const other = createMemoryServer('https://other.example.com');
    const attachment = attachBearer(http, other.provider, {
      transport: { adapter: other.tokenEndpoint },
    });
    await source.getToken();
    http.interceptors.request.use(
      (config) => {
        config.baseURL = other.provider.baseURL;
        return config;
      },
      null,
      { synchronous: true },
    );
    expect(await failureOf(http.get('/x'))).toMatchObject({ code: 'ERR_BEARER_MISCONFIGURED' });
    expect(memory.arrivals).toEqual([]);
    attachment.detach();
  });

  test('is served while it is renewed in the background', async () => {
    const { clock, memory, http, source } = setUp();
    const refreshed: TokenSourceEvents['refreshed'][] = [];
    source.on('refreshed', (event) => refreshed.push(event));
    await source.getToken();
    clock.advance(lifeMs * 0.93);
    await http.get('/x');
    expect(memory.arrivals).toEqual(['fake-token-1']);
    await clock.advanceAsync(0);
    expect(refreshed.map(({ reason }) => reason)).toEqual(['cold', 'early']);
  });
});

test('a foreign 401 on the caller’s own header has no reason of ours', async () => {
  const { http } = memoryClientOf(createMemoryServer());
  const headers = { Authorization: 'Bearer mine' };
  const error = await failureOf(http.get('https://foreign.example.com/x', { headers }));
  expect(error.response.status).toBe(401);
  expect(whyNotReplayed(error)).toBeUndefined();
});

test('the attachment of an instance can be asked for', () => {
  const { http, source } = clientOf(server);
  expect(bearerOf(http)?.source).toBe(source);
  expect(bearerOf(axios.create())).toBeUndefined();
});
