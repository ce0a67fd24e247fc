import { beforeAll, describe, expect, test } from '@jest/globals';
import axios, { type AxiosRequestConfig, type CreateAxiosDefaults } from 'axios';

import {
  attachBearer,
  createProviderClient,
  OriginNotAllowedError,
  whyNotReplayed,
  type AttachOptions,
} from '../../src/index.js';
import { oauth2ClientCredentials } from '../../src/providers/index.js';
import { serve } from '../setup/loopback-server.js';
import {
  answer,
  createMemoryServer,
  ECHO,
  failureOf,
  memoryClientOf,
  useOAuth2,
  warmClientOf,
} from './support.js';

const API = 'https://api.example.com';

/** Whether a request of this kind is sent with a token. Nothing is sent really. */
async function carriesToken(
  request: AxiosRequestConfig,
  defaults: CreateAxiosDefaults = {},
  options: AttachOptions = {},
): Promise<boolean> {
  const memory = createMemoryServer(API);
  const { http, source } = memoryClientOf(
    memory,
    { adapter: (config) => answer(config, 200, config.headers.has('Authorization')), ...defaults },
    options,
  );
  await source.getToken();
  return (await http.request(request)).data as boolean;
}

describe('a token goes', () => {
  test.each([
    ['a relative URL', '/things'],
    ['a relative URL without a slash', 'things'],
    ['no URL', undefined],
    ['an absolute URL of the origin', `${API}/things`],
    ['the origin alone', API],
    ['the scheme in capitals', 'HTTPS://api.example.com/things'],
    ['the host in capitals', 'https://API.Example.com/things'],
    ['the default port, spelled out', 'https://api.example.com:443/things'],
    ['an @ in the path', `${API}/@evil.example.com/`],
    ['an @ in a relative path', '/users/me@evil.example.com'],
    ['a relative URL that holds another', '/redirect?to=https://evil.example.com/'],
    ['backslashes behind the slash that ends the host', `${API}/\\evil.example.com/`],
    ['a URL object', new URL(`${API}/things`) as unknown as string],
  ])('with %s', async (_name, url) => {
    const defaults = typeof url === 'object' ? { baseURL: '' } : {};
    expect(await carriesToken({ ...(url === undefined ? {} : { url }) }, defaults)).toBe(true);
  });

  test('to an absolute URL that axios is told to take for a path', async () => {
    const url = 'https://evil.example.com/things';
    expect(await carriesToken({ url, allowAbsoluteUrls: false })).toBe(true);
    expect(await carriesToken({ url }, { allowAbsoluteUrls: false })).toBe(true);
    // Without a base URL axios has nothing to fold it under.
    expect(await carriesToken({ url, allowAbsoluteUrls: false }, { baseURL: '' })).toBe(false);
    const own = { url: `${API}/things`, allowAbsoluteUrls: false };
    expect(await carriesToken(own, { baseURL: '' })).toBe(true);
  });

  test('to further origins that the provider names', async () => {
    const provider = oauth2ClientCredentials({
      baseURL: API,
      origins: ['https://files.example.com'],
      tokenUrl: `${API}/token`,
      clientId: 'fake-client',
      clientSecret: 'fake-secret',
    });
    const memory = createMemoryServer();
    const http = createProviderClient(
      provider,
      { adapter: (config) => answer(config, 200, config.headers.has('Authorization')) },
      { transport: { adapter: memory.tokenEndpoint } },
    );
    expect((await http.get('https://files.example.com/a')).data).toBe(true);
    expect((await http.get('https://cdn.example.com/a')).data).toBe(false);
    expect((await http.get('/a', { baseURL: 'https://files.example.com/v1' })).data).toBe(true);
    expect((await http.get('/a', { baseURL: 'https://cdn.example.com/v1' })).data).toBe(false);
    expect((await http.get('/a')).data).toBe(true);
  });
});

describe('behaviour 6: a token does not go', () => {
  test.each([
    ['an absolute URL elsewhere', 'https://evil.example.com/things'],
    ['a sub-domain', 'https://sub.api.example.com/things'],
    ['the parent domain', 'https://example.com/things'],
    ['a domain that starts alike', 'https://api.example.com.evil.example/things'],
    ['plain http', 'http://api.example.com/things'],
    ['another port', 'https://api.example.com:8443/things'],
    ['a protocol-relative URL', '//evil.example.com/things'],
    ['the origin as user name', 'https://api.example.com@evil.example.com/things'],
    ['the origin as user name and password', 'https://api.example.com:443@evil.example.com/'],
    ['a backslash where the host ends', 'https://evil.example.com\\@api.example.com/things'],
    ['backslashes in place of slashes', 'https:\\\\evil.example.com/things'],
    ['a line break within the scheme', 'ht\ntps://evil.example.com/things'],
    ['another scheme', 'ftp://api.example.com/things'],
    ['a data URL', 'data:text/plain,things'],
    ['a URL object', new URL('https://evil.example.com/') as unknown as string],
  ])('with %s', async (_name, url) => {
    // Without a base URL nothing is folded under it: what axios would send to goes to the guard as it stands.
    expect(await carriesToken({ url }, { baseURL: '' })).toBe(false);
  });

  test('with an absolute URL elsewhere while there is a base URL', async () => {
    expect(await carriesToken({ url: 'https://evil.example.com/' })).toBe(false);
    expect(await carriesToken({ url: '//evil.example.com/' })).toBe(false);
    expect(await carriesToken({ url: 'HTTP://api.example.com/' })).toBe(false);
  });

  test('with a base URL of the request’s own that lies elsewhere', async () => {
    expect(await carriesToken({ url: '/x', baseURL: 'https://evil.example.com' })).toBe(false);
    expect(await carriesToken({ url: '/x', baseURL: '//evil.example.com' })).toBe(false);
    expect(await carriesToken({ url: '/x', baseURL: '' })).toBe(false);
  });

  test('with a URL that the user’s interceptor rewrote', async () => {
    const memory = createMemoryServer(API);
    const { http } = memoryClientOf(memory, {
      adapter: (config) => answer(config, 200, config.headers.has('Authorization')),
    });
    for (const options of [{ synchronous: true }, {}]) {
      http.interceptors.request.use(
        (config) => ({ ...config, url: 'https://evil.example.com/' }),
        null,
        options,
      );
      expect((await http.get('/things')).data).toBe(false);
    }
  });

  test('to a relative URL while the instance has no base URL', async () => {
    const http = axios.create({
      adapter: (config) => answer(config, 200, config.headers.has('Authorization')),
    });
    const memory = createMemoryServer(API);
    attachBearer(http, memory.provider, { transport: { adapter: memory.tokenEndpoint } });
    expect((await http.get('/things')).data).toBe(false);
    expect(memory.tokenCalls).toBe(0);
    expect((await http.get(`${API}/things`)).data).toBe(true);
  });

  test('and with onForeignOrigin: "error" the request fails with a typed error that names the origin only', async () => {
    const memory = createMemoryServer(API);
    const { http, source } = memoryClientOf(memory, {}, { onForeignOrigin: 'error' });
    for (const attempt of ['cold', 'warm']) {
      const error = await failureOf(http.get('https://evil.example.com/path?secret=1'));
      expect(error).toBeInstanceOf(OriginNotAllowedError);
      expect(error).toMatchObject({
        code: 'ERR_ORIGIN_NOT_ALLOWED',
        origin: 'https://evil.example.com',
        provider: 'oauth2',
      });
      expect(error.message).not.toContain('secret');
      if (attempt === 'cold') await source.getToken();
    }
    const unreadable = await failureOf(http.get('/x', { baseURL: '' }));
    expect(unreadable.origin).toBe('(not a URL)');
    expect(memory.arrivals).toEqual([]);
    expect(
      (
        await http.get('https://other.example.com/', {
          bearer: false,
          adapter: (config) => answer(config, 200),
        })
      ).status,
    ).toBe(200);
  });

  test('by accident: a base URL outside the provider’s origins is refused at creation', () => {
    const { provider } = createMemoryServer(API);
    expect(() => createProviderClient(provider, { baseURL: 'https://evil.example.com' })).toThrow(
      expect.objectContaining({
        code: 'ERR_BEARER_MISCONFIGURED',
        option: "the instance's baseURL",
      }),
    );
    expect(() => createProviderClient(provider, { baseURL: 'http://api.example.com' })).toThrow(
      'is not one of the origins',
    );
    expect(() => createProviderClient(provider, { baseURL: `${API}/v2` })).not.toThrow();
    expect(() => createProviderClient(provider, { baseURL: '/proxied' })).not.toThrow();
  });
});

describe('redirects', () => {
  const server = useOAuth2();
  let elsewhereURL = '';
  const arrivals: (string | undefined)[] = [];

  beforeAll(async () => {
    elsewhereURL = await serve((request, response) => {
      arrivals.push(request.headers.authorization);
      const to = new URL(request.url ?? '', 'http://x').searchParams.get('to');
      if (to === null) response.writeHead(401).end('{}');
      else response.writeHead(302, { location: to }).end();
    });
  });

  test('behaviour 6: a redirect to another origin goes without the token, and a 401 from there says nothing about it', async () => {
    arrivals.length = 0;
    const { http, source, token } = await warmClientOf(server);
    const error = await failureOf(
      http.get('/__sandbox/redirect', { params: { to: elsewhereURL } }),
    );
    expect(error.response.status).toBe(401);
    expect(arrivals).toEqual([undefined]);
    expect(source.peek()?.value).toBe(token);
    expect(server.tokenCalls).toBe(1);
  });

  test('behaviour 6: nor does a 401 after a redirect that leads elsewhere and back, where the token was lost', async () => {
    arrivals.length = 0;
    const { http, source, token } = await warmClientOf(server);
    const to = `${elsewhereURL}/?to=${encodeURIComponent(server.url + ECHO)}`;
    const error = await failureOf(http.get('/__sandbox/redirect', { params: { to } }));
    expect(error.response.status).toBe(401);
    expect(arrivals).toEqual([undefined]);
    expect(source.peek()?.value).toBe(token);
    expect(server.requests).toHaveLength(2); // The redirect and the echo: nothing was sent twice.
    expect(server.tokenCalls).toBe(1);
  });

  test('a 401 from another origin, as from localhost in place of 127.0.0.1, says that it went there without a token', async () => {
    const { http } = await warmClientOf(server);
    const error = await failureOf(http.get(elsewhereURL));
    const accepted = await http.get(elsewhereURL, { validateStatus: () => true });
    expect([error, accepted].map(whyNotReplayed)).toEqual(['foreign-origin', 'foreign-origin']);
  });

  test('that is said of nothing else: another status, no answer, a token of your own, a request without one', async () => {
    const { http } = await warmClientOf(server);
    const others = await Promise.all([
      http.get(`${elsewhereURL}/?to=/`, { maxRedirects: 0, validateStatus: () => true }),
      failureOf(http.get('http://127.0.0.1:1/')),
      failureOf(http.get(elsewhereURL, { headers: { Authorization: 'Bearer of-my-own' } })),
      failureOf(http.get(elsewhereURL, { bearer: false })),
    ]);
    expect(others.map(whyNotReplayed)).toEqual(others.map(() => undefined));
  });

  test('a replay that is redirected elsewhere and gets a 401 there says nothing about the new token', async () => {
    const { http, source } = await warmClientOf(server);
    const events: string[] = [];
    source.on('rejected', ({ consequence }) => events.push(consequence));
    source.on('forcedMintsSpent', () => events.push('forced mints spent'));
    server.api.failNext(1, { status: 401 });
    server.api.failNext(1, { status: 302, headers: { location: elsewhereURL } });
    const error = await failureOf(http.get(ECHO));
    expect(whyNotReplayed(error)).toBe('already-replayed');
    expect(events).toEqual(['replay']);
    expect(source.peek()?.value).toBe(server.issuedTokens[1]);
  });

  test('a 401 after a redirect within the origin is healed', async () => {
    const { http } = await warmClientOf(server);
    const [redirect, target] = [server.api.holdNext(), server.api.holdNext()];
    const request = http.get('/__sandbox/redirect');
    await redirect.arrived;
    redirect.release();
    await target.arrived;
    server.revokeTokens();
    target.release();
    expect((await request).data.token).toBe(server.issuedTokens[1]);
  });

  test('a 401 without any redirect, maxRedirects: 0, is healed', async () => {
    const { http } = await warmClientOf(server, { maxRedirects: 0 });
    server.revokeTokens();
    expect((await http.get(ECHO)).data.token).toBe(server.issuedTokens[1]);
  });
});
