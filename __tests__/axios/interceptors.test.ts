import { describe, expect, jest, test } from '@jest/globals';
import axios, { type AxiosInstance, type AxiosResponse } from 'axios';

import { attachBearer, bearerOf, createTokenSource } from '../../src/index.js';
import { createFakeClock } from '../../src/testing/index.js';
import {
  ALWAYS_401,
  createMemoryServer,
  ECHO,
  failureOf,
  interceptorOrder,
  memoryClientOf,
  providerOf,
  useOAuth2,
  warmClientOf,
  tokensOf,
} from './support.js';

const server = useOAuth2();

/** What the type of axios leaves out. */
interface Walkable {
  readonly handlers: readonly object[];
  forEach: (this: unknown, visit: (handler: object) => void) => void;
}

function walkable(manager: object): Walkable {
  return manager as Walkable;
}

/** What the interceptors of an instance have seen, in order. */
function watch(http: AxiosInstance, name: string, log: string[]): void {
  http.interceptors.request.use((config) => {
    log.push(`${name}: request`);
    return config;
  });
  http.interceptors.response.use(
    (response) => {
      log.push(`${name}: ${response.status}`);
      return response;
    },
    (error: any) => {
      log.push(`${name}: error ${error.response?.status}`);
      throw error;
    },
  );
}

describe.each([true, false])(
  'with legacy interceptor order %s',
  (legacyInterceptorReqResOrdering) => {
    const order = interceptorOrder(legacyInterceptorReqResOrdering);

    async function watchedInstance() {
      const log: string[] = [];
      const http = axios.create({ baseURL: server.url, ...order });
      watch(http, 'before', log);
      const { source } = attachBearer(http, providerOf(server));
      watch(http, 'after', log);
      await source.getToken();
      return { http, log };
    }

    test('every interceptor of the user, registered before or after, sees the final response of a healed 401 once', async () => {
      const { http, log } = await watchedInstance();
      server.revokeTokens();
      await http.get(ECHO);
      const requests = ['before: request', 'after: request'];
      expect(log).toEqual([
        ...(legacyInterceptorReqResOrdering ? requests.reverse() : requests),
        'before: 200',
        'after: 200',
      ]);
    });

    test('and a permanent 401 once', async () => {
      const { http, log } = await watchedInstance();
      await failureOf(http.get(ALWAYS_401));
      expect(log.slice(2)).toEqual(['before: error 401', 'after: error 401']);
    });

    test('and an answer that is no 401 once', async () => {
      const { http, log } = await watchedInstance();
      await failureOf(http.get('/__sandbox/status/503'));
      await http.get(ECHO);
      expect(log).toHaveLength(8);
    });

    test.each(['before', 'after'])(
      'r => r.data registered %s: the caller of a replay gets the data once unwrapped',
      async (when) => {
        const http = axios.create({ baseURL: server.url, ...order });
        const unwrap = () => http.interceptors.response.use((response) => response.data as never);
        if (when === 'before') unwrap();
        const { source } = attachBearer(http, providerOf(server));
        if (when === 'after') unwrap();
        await source.getToken();
        server.revokeTokens();
        const data: any = await http.get(ECHO);
        expect(data.token).toBe(server.issuedTokens[1]);
      },
    );

    test.each([true, false])(
      'a request interceptor that rewrites the URL runs once (synchronous: %s)',
      async (synchronous) => {
        const { http } = await warmClientOf(server, order);
        http.interceptors.request.use(
          (config) => ({ ...config, url: `/__sandbox${config.url}` }),
          null,
          { synchronous },
        );
        server.revokeTokens();
        expect((await http.get('/echo')).data.path).toBe(ECHO);
      },
    );

    test('the token is written after every interceptor of the user has run, so that all see the request that goes out', async () => {
      const { http } = await warmClientOf(server, order);
      const seen: unknown[] = [];
      http.interceptors.request.use((config) => {
        seen.push(config.headers.get('Authorization'));
        return config;
      });
      await http.get(ECHO);
      await http.get(ECHO);
      expect(seen).toEqual([undefined, undefined]);
    });

    test('an interceptor that recovers from a failed request interceptor, or from an error, still works', async () => {
      const { http } = await warmClientOf(server, order);
      http.interceptors.response.use(undefined, (error: any) => ({
        recovered: error.response.status,
      }));
      expect(await http.get(ALWAYS_401)).toEqual({ recovered: 401 });
      http.interceptors.request.use(() => {
        throw new Error('of the user');
      });
      http.interceptors.response.clear();
      expect((await failureOf(http.get(ECHO))).message).toBe('of the user');
    });
  },
);

describe('the lists of interceptors', () => {
  test('keep their ids: what `use` returned can be ejected, before and after', async () => {
    const http = axios.create({ baseURL: server.url });
    const log: string[] = [];
    const note = (name: string) => (response: AxiosResponse) => {
      log.push(name);
      return response;
    };
    const before = http.interceptors.response.use(note('before'));
    attachBearer(http, providerOf(server));
    const after = http.interceptors.response.use(note('after'));
    expect([before, after]).toEqual([0, 1]);
    http.interceptors.response.eject(before);
    await http.get(ECHO);
    http.interceptors.response.eject(after);
    await http.get(ECHO);
    expect(log).toEqual(['after']);
  });

  test('do not hold ours: clear() takes off the user’s and leaves the token', async () => {
    const { http } = await warmClientOf(server);
    http.interceptors.request.clear();
    http.interceptors.response.clear();
    server.revokeTokens();
    expect((await http.get(ECHO)).data.token).toBe(server.issuedTokens[1]);
  });

  test('do not grow over 1,000 refreshes', async () => {
    const memory = createMemoryServer();
    const clock = createFakeClock();
    const { http } = memoryClientOf(memory, {}, { clock });
    const lengths = () =>
      [http.interceptors.request, http.interceptors.response].map(
        (manager) => walkable(manager).handlers.length,
      );
    const before = lengths();
    for (let i = 0; i < 1_000; i += 1) {
      memory.revoke();
      clock.advance(3_000); // A 401 may force 30 mints in a minute.
      await Promise.all([http.get('/a'), http.get('/b')]);
    }
    expect(memory.tokenCalls).toBe(1_000);
    expect(lengths()).toEqual(before);
  });

  test('may start a request of their own while axios asks which of them apply: each heals its own 401', async () => {
    const { http } = await warmClientOf(server);
    const nested: Promise<unknown>[] = [];
    http.interceptors.request.use((config) => config, null, {
      synchronous: true,
      runWhen({ params }) {
        if (params === undefined) nested.push(http.get(ECHO, { params: { nested: 1 } }));
        return true;
      },
    });
    server.revokeTokens();
    expect((await http.get(ECHO)).data.token).toBe(server.issuedTokens[1]);
    await Promise.all(nested);
    expect(server.requests.map(({ status }) => status).sort()).toEqual([200, 200, 401, 401]);
  });

  test('may be walked by another library in its own way', async () => {
    const http = axios.create({ baseURL: server.url });
    let walks = 0;
    const wrap = () => {
      const manager = walkable(http.interceptors.request);
      const walk = manager.forEach;
      manager.forEach = function (visit) {
        walks += 1;
        walk.call(this, (handler) => visit({ ...handler })); // Copied, getters and all.
      };
    };
    wrap();
    const { source } = attachBearer(http, providerOf(server));
    wrap();
    await source.getToken();
    for (let i = 0; i < 3; i += 1) expect((await http.get(ECHO)).status).toBe(200);
    server.revokeTokens();
    expect((await http.get(ECHO)).data.token).toBe(server.issuedTokens[1]);
    expect(walks).toBeGreaterThanOrEqual(8);
  });
});

test.each([
  ['that goes to a foreign origin', { url: 'https://other.example/x' }],
  ['whose body cannot be read', { url: '/x', method: 'post', data: unreadable() }],
])('a request %s fails where the response interceptors see it', async (_name, config) => {
  const { http, source } = memoryClientOf(createMemoryServer(), {}, { onForeignOrigin: 'error' });
  await source.getToken();
  const seen: unknown[] = [];
  http.interceptors.response.use(null, (error: unknown) => {
    seen.push(error);
    throw error;
  });
  expect(seen).toEqual([await failureOf(http.request(config))]);
});

function unreadable(): object {
  return Object.create({
    get append() {
      throw new Error('It cannot be read.');
    },
  }) as object;
}

describe('a library that adds request interceptors where axios walks them', () => {
  test.each(['before', 'after'])(
    'wrapped %s ours: the token does not follow a request that one of them leads elsewhere',
    async (when) => {
      const memory = createMemoryServer();
      const http = axios.create({ baseURL: memory.provider.baseURL, adapter: memory.api });
      const manager = walkable(http.interceptors.request);
      const wrap = () => {
        const walk = manager.forEach;
        manager.forEach = function (visit) {
          walk.call(this, visit);
          const fulfilled = (config: object) => ({ ...config, baseURL: 'https://other.example' });
          visit({ fulfilled, rejected: null, synchronous: true, runWhen: null });
        };
      };
      if (when === 'before') wrap();
      const transport = { adapter: memory.tokenEndpoint };
      const { source } = attachBearer(http, memory.provider, { transport });
      if (when === 'after') wrap();
      await source.getToken();
      await failureOf(http.get('/x'));
      expect(memory.arrivals).toEqual([undefined]);
    },
  );
});

describe('attached twice', () => {
  test('behaviour 8: one header, one flight, one replay, and the first attachment is returned', async () => {
    const http = axios.create({ baseURL: server.url });
    const provider = providerOf(server);
    const first = attachBearer(http, provider);
    expect(attachBearer(http, provider)).toBe(first);
    expect(attachBearer(http, first.source)).toBe(first);
    await http.get(ECHO);
    server.revokeTokens();
    await http.get(ECHO);
    expect(
      server.requests.map(
        ({ rawHeaders }) => rawHeaders.filter((h) => /^authorization$/i.test(h)).length,
      ),
    ).toEqual([1, 1, 1]);
    expect(server.tokenCalls).toBe(2);
  });

  test('to another source is refused, and works after detach()', async () => {
    const http = axios.create({ baseURL: server.url });
    const first = attachBearer(http, providerOf(server));
    const other = createTokenSource(providerOf(server));
    expect(() => attachBearer(http, other)).toThrow(
      'already has oauth2 attached for http://127.0.0.1',
    );
    first.detach();
    expect(attachBearer(http, other).source).toBe(other);
    expect((await http.get(ECHO)).status).toBe(200);
  });

  test('options that would do nothing beside a token source are refused by name', () => {
    const source = createTokenSource(providerOf(server));
    const http = axios.create({ baseURL: server.url });
    expect(() => attachBearer(http, source, { keepWarm: true })).toThrow(
      /options\.keepWarm has no effect on an existing token source\. Pass it to createTokenSource\(\) instead/,
    );
    expect(() => attachBearer(http, source, { onForeignOrigin: 'Error' as never })).toThrow(
      'options.onForeignOrigin "Error" is not known. Use one of: pass, error.',
    );
    expect(attachBearer(http, source, { onForeignOrigin: 'error', keepWarm: undefined })).toBe(
      bearerOf(http),
    );
  });

  test('by two copies of the package is still once', async () => {
    const http = axios.create({ baseURL: server.url });
    const provider = providerOf(server);
    const first = attachBearer(http, provider);
    jest.resetModules();
    const copy = await import('../../src/index.js');
    expect(copy.attachBearer).not.toBe(attachBearer);
    expect(copy.attachBearer(http, provider)).toBe(first);
    expect(copy.attachBearer(http, first.source)).toBe(first);
    expect(copy.bearerOf(http)).toBe(first);

    const second = copy.createProviderClient(first.source); // An instance of the other copy, also of axios.
    await Promise.all([http.get(ECHO), second.get(ECHO)]);
    server.revokeTokens();
    const answers = await Promise.all([http.get(ECHO), second.get(ECHO)]);
    expect(tokensOf(answers)).toEqual(Array(2).fill(server.issuedTokens[1]));
    expect(server.tokenCalls).toBe(2);
    const error = await failureOf(second.get(ALWAYS_401));
    const { whyNotReplayed } = await import('../../src/resource-call/replay-refusal.js');
    expect(whyNotReplayed(error)).toBe('already-replayed');
  });
});

describe('detach()', () => {
  const shapeOf = (http: AxiosInstance) => ({
    keys: Reflect.ownKeys(http),
    request: Reflect.ownKeys(http.interceptors.request),
    response: Reflect.ownKeys(http.interceptors.response),
    handlers: [http.interceptors.request, http.interceptors.response].map((manager) => [
      ...walkable(manager).handlers,
    ]),
  });

  test('leaves the instance as it was', async () => {
    const http = axios.create({ baseURL: server.url });
    watch(http, 'mine', []);
    const before = shapeOf(http);
    const attachment = attachBearer(http, providerOf(server));
    await http.get(ECHO);
    attachment.detach();
    attachment.detach();
    expect(shapeOf(http)).toEqual(before);
    expect(bearerOf(http)).toBeUndefined();
    await failureOf(http.get(ECHO));
    expect(server.requests[1]?.token).toBeUndefined();
  });

  test('closes a token source that was made here, and no other', async () => {
    const own = attachBearer(axios.create({ baseURL: server.url }), providerOf(server));
    own.detach();
    expect(await failureOf(own.source.getToken())).toMatchObject({
      code: 'ERR_TOKEN_SOURCE_CLOSED',
    });
    const source = createTokenSource(providerOf(server));
    attachBearer(axios.create({ baseURL: server.url }), source).detach();
    expect((await source.getToken()).value).toBe(server.issuedTokens[0]);
  });

  test.each([
    ['ours first', true],
    ['theirs first', false],
  ])('together with another library that wraps the walk, %s', async (_name, oursFirst) => {
    const http = axios.create({ baseURL: server.url });
    const before = shapeOf(http);
    const attachment = attachBearer(http, providerOf(server));
    const manager = walkable(http.interceptors.request);
    const ours = manager.forEach;
    manager.forEach = function (visit) {
      ours.call(this, visit);
    };
    const theirs = () => {
      manager.forEach = ours;
    };
    if (oursFirst) {
      attachment.detach();
      expect((await failureOf(http.get(ECHO))).response.status).toBe(401);
      theirs();
    } else {
      theirs();
      attachment.detach();
    }
    await failureOf(http.get(ECHO));
    expect(server.requests.every(({ token }) => token === undefined)).toBe(true);
    expect(shapeOf(http)).toEqual(before);
  });

  test('where another library had wrapped the walk before, leaves its own', () => {
    const http = axios.create({ baseURL: server.url });
    const manager = walkable(http.interceptors.response);
    const original = manager.forEach;
    const theirs: typeof original = function (visit) {
      original.call(this, visit);
    };
    manager.forEach = theirs;
    attachBearer(http, providerOf(server)).detach();
    expect(manager.forEach).toBe(theirs);
  });
});
