import { describe, expect, test } from '@jest/globals';
import axios, {
  AxiosHeaders,
  type AxiosAdapter,
  type AxiosInstance,
  type InternalAxiosRequestConfig,
} from 'axios';

import {
  attachBearer,
  bearerOf,
  createTokenSource,
  OriginNotAllowedError,
  type AttachOptions,
} from '../../src/index.js';
import { oauth2ClientCredentials } from '../../src/providers/index.js';
import { createFakeTokenEndpoint } from '../../src/testing/index.js';
import { misconfiguration } from '../providers/conversation.js';
import { answer, failureOf } from './support.js';

const A = 'https://a.example.com';
const B = 'https://b.example.com';
const FOREIGN = 'https://foreign.example.com';

/** Two APIs, each with a token endpoint of its own, and a world beside them, within this process. */
function createWorld() {
  const sent: { url: string; authorization: unknown }[] = [];
  const valid = new Map<string, string>();
  const api: AxiosAdapter = (config) => {
    const url = new URL(axios.getUri(config));
    const authorization = AxiosHeaders.from(config.headers).get('Authorization') ?? undefined;
    sent.push({ url: url.href, authorization });
    const expected = valid.get(url.origin);
    return answer(config, expected === undefined || authorization === expected ? 200 : 401);
  };
  const endpoint = createFakeTokenEndpoint();
  endpoint.onCall = (call, count) => {
    const { origin, hostname } = new URL(call.url);
    const token = `${hostname[0]}-token-${count}`;
    valid.set(origin, `Bearer ${token}`);
    call.issue(token);
  };
  const provider = (name: string, baseURL: string) =>
    oauth2ClientCredentials({
      name,
      baseURL,
      tokenUrl: `${baseURL}/token`,
      clientId: 'fake-client',
      clientSecret: 'fake-secret',
    });
  return {
    sent,
    issued: endpoint.issuedTokens,
    a: provider('alpha', A),
    b: provider('beta', B),
    api,
    options: { transport: { adapter: endpoint.adapter } } satisfies AttachOptions,
    revoke: (origin: string) => valid.set(origin, 'revoked'),
    /** What the last request carried. */
    carried: () => sent.at(-1)?.authorization,
  };
}

/** The instance that an app has, such as the global axios: without a base URL. */
function appWith(world: ReturnType<typeof createWorld>, options: AttachOptions = {}) {
  const http = axios.create({ adapter: world.api });
  const all = { ...world.options, ...options };
  return { http, a: attachBearer(http, world.a, all), b: attachBearer(http, world.b, all) };
}

describe('behaviour 55: two providers on one instance', () => {
  test('each get their own token at their own origin, and other origins get none', async () => {
    const world = createWorld();
    const { http } = appWith(world);
    const urls = [`${A}/x`, `${B}/x`, `${FOREIGN}/x`, `${A}/y`, `${B}/y`];
    for (const url of urls) await http.get(url); // Cold, then warm.
    expect(world.sent).toEqual([
      { url: `${A}/x`, authorization: 'Bearer a-token-1' },
      { url: `${B}/x`, authorization: 'Bearer b-token-2' },
      { url: `${FOREIGN}/x`, authorization: undefined },
      { url: `${A}/y`, authorization: 'Bearer a-token-1' },
      { url: `${B}/y`, authorization: 'Bearer b-token-2' },
    ]);
  });

  test('at once, cold, and with interceptors of the app’s around', async () => {
    const world = createWorld();
    const { http } = appWith(world);
    http.interceptors.request.use(async (config) => Promise.resolve(config));
    const urls = [A, B, FOREIGN, A, B].map((origin, n) => `${origin}/${n}`);
    await Promise.all(urls.map((url) => http.get(url)));
    expect(world.issued).toHaveLength(2);
    for (const { url, authorization } of world.sent) {
      const letter = new URL(url).hostname[0];
      if (url.startsWith(FOREIGN)) expect(authorization).toBeUndefined();
      else expect(authorization).toMatch(`Bearer ${letter}-token-`);
    }
  });

  test('are chosen by the destination of a request after the app’s interceptors', async () => {
    const world = createWorld();
    const { http } = appWith(world);
    http.interceptors.request.use((config) => ({ ...config, url: config.url!.replace(A, B) }));
    await http.get(`${A}/x`);
    expect(world.sent).toEqual([{ url: `${B}/x`, authorization: 'Bearer b-token-1' }]);
  });

  test('heal a 401 each with a token of their own', async () => {
    const world = createWorld();
    const { http, a } = appWith(world);
    await Promise.all([http.get(`${A}/x`), http.get(`${B}/x`)]);
    const held = a.source.peek();
    world.revoke(B);
    expect((await http.get(`${B}/y`)).status).toBe(200);
    expect(world.carried()).toBe('Bearer b-token-3');
    expect(a.source.peek()).toBe(held);
  });

  test('may be attached to the global axios', async () => {
    const world = createWorld();
    const { adapter } = axios.defaults;
    axios.defaults.adapter = world.api;
    const attachments = [world.a, world.b].map((one) => attachBearer(axios, one, world.options));
    try {
      await axios.get(`${A}/x`);
      await axios(`${B}/x`);
      expect(world.sent.map(({ authorization }) => authorization)).toEqual([
        'Bearer a-token-1',
        'Bearer b-token-2',
      ]);
    } finally {
      for (const attachment of attachments) attachment.detach();
      Object.assign(axios.defaults, { adapter });
    }
    expect(bearerOf(axios)).toBeUndefined();
  });

  test('leave a header of the caller’s own alone, to either', async () => {
    const world = createWorld();
    const { http } = appWith(world);
    const config = { headers: { Authorization: 'Basic mine' }, validateStatus: () => true };
    for (const origin of [A, B]) {
      await http.get(`${origin}/x`, config);
      expect(world.carried()).toBe('Basic mine');
    }
  });
});

describe('detach()', () => {
  test.each(['a', 'b'] as const)('takes off its own and no other: %s', async (gone) => {
    const world = createWorld();
    const { http, ...attachments } = appWith(world);
    attachments[gone].detach();
    attachments[gone].detach(); // Once more changes nothing.
    const [goneOrigin, keptOrigin] = gone === 'a' ? [A, B] : [B, A];
    await http.get(`${goneOrigin}/x`);
    expect(world.carried()).toBeUndefined();
    await http.get(`${keptOrigin}/x`);
    expect(world.carried()).toMatch(/^Bearer [ab]-token-1$/);
    expect(bearerOf(http)).toBe(gone === 'a' ? attachments.b : attachments.a);
  });

  test('of the last one leaves the instance as it was', () => {
    const http = axios.create();
    const before = Reflect.ownKeys(http);
    const { a, b } = createWorld();
    const attachments = [attachBearer(http, a), attachBearer(http, b)];
    for (const attachment of attachments) attachment.detach();
    expect(Reflect.ownKeys(http)).toEqual(before);
    for (const manager of Object.values(http.interceptors))
      expect(Object.hasOwn(manager, 'forEach')).toBe(false);
  });

  test('frees its origins for another provider', () => {
    const world = createWorld();
    const { http, a, b } = appWith(world);
    a.detach();
    const other = attachBearer(http, createWorld().a);
    expect(bearerOf(http, A)).toBe(other);
    expect(bearerOf(http, B)).toBe(b);
  });
});

describe('behaviour 55: attaching once more', () => {
  test('the same provider, or the same source, is the same attachment', () => {
    const world = createWorld();
    const { http, a, b } = appWith(world);
    expect(attachBearer(http, world.a)).toBe(a);
    expect(attachBearer(http, world.b)).toBe(b);
    expect(attachBearer(http, b.source)).toBe(b);
  });

  const refusals: [string, (http: AxiosInstance) => unknown, string][] = [
    ['another provider', (http) => attachBearer(http, oauth(`${A}/v2`)), A],
    [
      'another source of the same provider',
      (http) => attachBearer(http, createTokenSource(world.a)),
      A,
    ],
    ['one with that origin among others', (http) => attachBearer(http, oauth(FOREIGN, [B])), B],
  ];
  const world = createWorld();
  function oauth(baseURL: string, origins: string[] = []) {
    const { tokenUrl } = { tokenUrl: `${FOREIGN}/token` };
    const fields = { clientId: 'fake-client', clientSecret: 'fake-secret' };
    return oauth2ClientCredentials({ name: 'gamma', baseURL, tokenUrl, origins, ...fields });
  }

  test.each(refusals)(
    '%s for an origin that is taken is refused, naming both',
    (_, attach, origin) => {
      const { http, a, b } = appWith(world);
      const error = misconfiguration(() => attach(http));
      const [mine, theirs] = [error.message.split(':')[0], origin === A ? 'alpha' : 'beta'];
      expect(error.message).toBe(
        `${mine}: the instance already has ${theirs} attached for ${origin}. ` +
          'Detach that first, use another instance, or pass the same provider object or token source again.',
      );
      expect([bearerOf(http, A), bearerOf(http, B)]).toEqual([a, b]);
    },
  );
});

describe('bearerOf', () => {
  test('finds the attachment that serves a URL', () => {
    const { http, a, b } = appWith(createWorld());
    expect(bearerOf(http, `${A}/x`)).toBe(a);
    expect(bearerOf(http, `${B}/x?y`)).toBe(b);
    for (const url of [FOREIGN, 'http://a.example.com', '/x', ''])
      expect(bearerOf(http, url)).toBeUndefined();
  });

  test('without a URL finds that of the base URL, or else the first', () => {
    const { http, a, b } = appWith(createWorld());
    expect(bearerOf(http)).toBe(a);
    http.defaults.baseURL = `${B}/v1`;
    expect(bearerOf(http)).toBe(b);
    http.defaults.baseURL = FOREIGN;
    expect(bearerOf(http)).toBe(a);
  });
});

describe('behaviour 55: a request to none of their origins', () => {
  test('fails before it is sent where one of them asked for that with onForeignOrigin: "error"', async () => {
    const world = createWorld();
    const http = axios.create({ adapter: world.api });
    attachBearer(http, world.a, { ...world.options, onForeignOrigin: 'error' });
    attachBearer(http, world.b, world.options);
    const error = await failureOf(http.get(`${FOREIGN}/x?secret=1`));
    expect(error).toBeInstanceOf(OriginNotAllowedError);
    expect(error.message).toContain('alpha');
    expect(error.message).toContain(FOREIGN);
    expect(error.message).not.toContain('secret');
    expect(world.sent).toEqual([]);
  });

  test('is not foreign to one of them because it goes to the other', async () => {
    const world = createWorld();
    const { http } = appWith(world, { onForeignOrigin: 'error' });
    await http.get(`${A}/x`);
    await http.get(`${B}/x`);
    expect(world.sent).toHaveLength(2);
    expect((await failureOf(http.get(FOREIGN))).origin).toBe(FOREIGN);
  });
});

describe('a config that came back from one of them and is sent again', () => {
  const copies: [string, (config: InternalAxiosRequestConfig) => object][] = [
    ['as it is', (config) => config],
    ['copied', (config) => ({ ...config })],
    [
      'kept as JSON',
      ({ method, headers }) => JSON.parse(JSON.stringify({ method, headers })) as object,
    ],
    ['with its headers copied', (config) => ({ ...config, headers: config.headers.toJSON() })],
  ];

  test.each(copies)(
    '%s, carries the token of the place that it goes to, and to a foreign one none',
    async (_, copy) => {
      const world = createWorld();
      const { http } = appWith(world);
      http.defaults.adapter = failing(world.api);
      const { config } = await failureOf(http.get(`${A}/fails`));
      for (const [url, carried] of [
        [`${B}/x`, 'Bearer b-token-2'],
        [`${FOREIGN}/x`, undefined],
        [`${A}/x`, 'Bearer a-token-1'],
      ] as const) {
        await http.request({ ...copy(config), url });
        expect([url, world.carried()]).toEqual([url, carried]);
      }
    },
  );

  /** Answers 500 where it is asked to. */
  function failing(api: AxiosAdapter): AxiosAdapter {
    return (config) => (config.url!.endsWith('/fails') ? answer(config, 500) : api(config));
  }
});
