import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import axios, { type AxiosRequestConfig, type InternalAxiosRequestConfig } from 'axios';
import olderAxios from 'axios-1.8';
import { Agent, createServer } from 'node:http';
import type { LookupFunction } from 'node:net';

import { createOriginGuard } from '../../src/axios/origin-guard.js';
import { rememberToken } from '../../src/axios/known-tokens.js';
import {
  createRedirectGuard,
  redirectGuardFor,
  type RedirectGuard,
} from '../../src/axios/redirect-guard.js';
import { attachBearer, type AttachableInstance } from '../../src/index.js';
import { oauth2ClientCredentials } from '../../src/providers/index.js';
import { placeOf } from '../../src/provider-definition/token-placement.js';
import { AccessToken } from '../../src/token/access-token.js';
import { listening } from '../setup/loopback-server.js';
import { createMemoryServer } from './support.js';

/** An API of many names, which redirects to `to`. */
let port: number;
/** The host that each request was for, and its `Authorization` header. */
let arrivals: [host: string | undefined, authorization: string | undefined][];
/** What the next requests are answered with, in place of 200 or the redirect. */
let statuses: number[];

beforeAll(async () => {
  const api = createServer(({ url, headers }, response) => {
    arrivals.push([headers.host?.replace(/:\d+$/, ''), headers.authorization]);
    const location = new URL(url ?? '', 'http://any').searchParams.get('to');
    const status = statuses.shift() ?? (location === null ? 200 : 302);
    response.writeHead(status, status === 302 ? { location: location! } : {}).end('{}');
  });
  port = await listening(api);
});
beforeEach(() => {
  arrivals = [];
  statuses = [];
});

/** Names that exist nowhere: all of them lead to the API. */
const lookup: LookupFunction = (_hostname, { all }, found) =>
  all === true ? found(null, [{ address: '127.0.0.1', family: 4 }]) : found(null, '127.0.0.1', 4);

const OWN = 'api.example.com';
const CDN = 'cdn.api.example.com';

/** A URL at a host, which redirects to the next one, and so on. */
function along(host: string, ...next: string[]): string {
  const [to, ...rest] = next;
  const query = to === undefined ? '' : `?to=${encodeURIComponent(along(to, ...rest))}`;
  return `http://${host}:${port}/${query}`;
}

/** Ours strips the header itself from 1.21 on; 1.8.2 forwards it to sub-domains. */
describe.each([
  ['our axios', axios],
  ['axios 1.8.2', olderAxios as unknown as typeof axios],
])('with %s', (_name, client) => {
  const clientOf = (defaults: object = {}) => {
    const baseURL = along(OWN);
    const http = client.create({ baseURL, httpAgent: new Agent({ lookup }), ...defaults });
    const provider = oauth2ClientCredentials({
      baseURL,
      tokenUrl: 'https://auth.example.com/token',
      clientId: 'fake-client',
      clientSecret: 'fake-secret',
      allowInsecureHttp: true,
    });
    const { tokenEndpoint } = createMemoryServer();
    attachBearer(http as AttachableInstance, provider, { transport: { adapter: tokenEndpoint } });
    return http;
  };

  test('behaviour 6: a redirect to a sub-domain goes without the token', async () => {
    await clientOf().get(along(OWN, CDN));
    expect(arrivals).toEqual([
      [OWN, 'Bearer fake-token-1'],
      [CDN, undefined],
    ]);
  });

  test('behaviour 6: so does one that the replay of a request meets', async () => {
    statuses = [401];
    await clientOf().get(along(OWN, CDN));
    expect(arrivals).toEqual([
      [OWN, 'Bearer fake-token-1'],
      [OWN, 'Bearer fake-token-2'],
      [CDN, undefined],
    ]);
  });

  test('a redirect within the origin keeps the token', async () => {
    await clientOf().get(along(OWN, OWN));
    expect(arrivals).toEqual([
      [OWN, 'Bearer fake-token-1'],
      [OWN, 'Bearer fake-token-1'],
    ]);
  });

  test('a request that leaves the origin and comes back does not get the token again', async () => {
    await clientOf().get(along(OWN, CDN, OWN));
    expect(arrivals.slice(1)).toEqual([
      [CDN, undefined],
      [OWN, undefined],
    ]);
  });

  test('a beforeRedirect of the caller sees a request without the token, and what it sets stays', async () => {
    const seen: unknown[] = [];
    const beforeRedirect: AxiosRequestConfig['beforeRedirect'] = (next, { statusCode }) => {
      const headers = next['headers'] as Record<string, unknown>;
      seen.push([statusCode, headers['Authorization']]);
      headers['Authorization'] ??= 'Basic of-the-caller';
    };
    await clientOf().get(along(OWN, CDN, CDN), { beforeRedirect });
    expect(seen).toEqual([
      [302, undefined],
      [302, 'Basic of-the-caller'],
    ]);
    expect(arrivals.slice(1)).toEqual([
      [CDN, 'Basic of-the-caller'],
      [CDN, 'Basic of-the-caller'],
    ]);
  });

  describe('the config comes back as the caller wrote it', () => {
    let calls: number;
    const beforeRedirect = () => {
      calls += 1;
    };

    test.each<[string, AxiosRequestConfig, AxiosRequestConfig]>([
      ['the request’s own', {}, { beforeRedirect }],
      ['the instance’s own', { beforeRedirect }, {}],
    ])(
      'with %s beforeRedirect, called once however often it is sent',
      async (_of, defaults, own) => {
        const http = clientOf(defaults);
        let config: AxiosRequestConfig = { ...own, url: along(OWN, OWN) };
        for (const send of [1, 2, 3]) {
          calls = 0;
          ({ config } = await http.request(config));
          expect(config.beforeRedirect).toBe(beforeRedirect);
          expect([send, calls]).toEqual([send, 1]);
        }
      },
    );

    test('without any, after an answer, an error, and a 401 that was healed', async () => {
      const http = clientOf();
      statuses = [200, 500, 401];
      const answered = await http.get('/');
      const failed = (await http.get('/').catch((error: unknown) => error)) as { config: object };
      const healed = await http.get('/');
      expect(arrivals).toHaveLength(4);
      for (const { config } of [answered, failed, healed])
        expect(config).not.toHaveProperty('beforeRedirect');
    });
  });
});

describe('the guard', () => {
  const allowed = ['https://api.example.com', 'https://files.example.com'];
  const guard = createRedirectGuard(createOriginGuard(allowed));
  rememberToken(new AccessToken({ value: 'fake-token' }));
  const configOf = (fields: object = {}) => ({ url: '/', ...fields }) as InternalAxiosRequestConfig;

  const watched = (by: RedirectGuard, config = configOf()) => {
    by.watch(config);
    return config;
  };

  /** The headers with which a redirect to this URL is followed. */
  const followed = (href: unknown, headers: object = { authorization: 'Bearer fake-token' }) => {
    const beforeRedirect = watched(guard).beforeRedirect as (...hop: unknown[]) => void;
    const next = { href, headers: { accept: '*/*', ...headers } };
    beforeRedirect(next, { headers: {}, statusCode: 302 });
    return next.headers;
  };

  test.each([
    'https://api.example.com/v2',
    'https://api.example.com:443/v2',
    'https://files.example.com/',
  ])('lets the token go to %s', (href) => {
    expect(followed(href)).toHaveProperty('authorization', 'Bearer fake-token');
  });

  test.each([
    ['a sub-domain', 'https://cdn.api.example.com/'],
    ['the parent domain', 'https://example.com/'],
    ['another port', 'https://api.example.com:8443/'],
    ['plain http', 'http://api.example.com/'],
    ['a name that starts alike', 'https://api.example.com.evil.example/'],
    ['the origin as user name', 'https://api.example.com@evil.example/'],
    ['what is no URL', '/v2'],
    ['nothing', undefined],
  ])('removes it before %s, in any spelling', (_place, href) => {
    expect(followed(href)).toEqual({ accept: '*/*' });
    expect(followed(href, { AUTHORIZATION: 'Bearer fake-token' })).toEqual({ accept: '*/*' });
  });

  test('leaves what the caller put there in its place', () => {
    const authorization = 'Basic of-the-caller';
    expect(followed('https://evil.example/', { authorization })).toMatchObject({ authorization });
  });

  test.each([null, false, 'not a function'])('gives back a beforeRedirect of %p', (own) => {
    const config = watched(guard, configOf({ beforeRedirect: own }));
    guard.restore(config);
    expect(config.beforeRedirect).toBe(own);
  });

  test('finds the caller’s function under the guard of another attachment', () => {
    const own = () => undefined;
    const other = createRedirectGuard({ allowsURL: () => true });
    const config = watched(guard, watched(other, configOf({ beforeRedirect: own })));
    guard.restore(config);
    expect(config.beforeRedirect).toBe(own);
  });

  test('leaves a beforeRedirect that somebody else has set since, or none', () => {
    const own = () => undefined;
    const config = configOf({ beforeRedirect: own });
    guard.restore(config);
    expect(config.beforeRedirect).toBe(own);
    expect(() => guard.restore(configOf())).not.toThrow();
  });

  test('is left out where axios itself removes the token: it costs a warm request time', () => {
    const origins = createOriginGuard(allowed);
    const older = olderAxios as unknown as typeof axios;
    const guarded = (instance: typeof axios, header?: string) =>
      redirectGuardFor(instance, origins, placeOf(header === undefined ? undefined : { header }));
    expect(guarded(axios)).toBeUndefined();
    expect(guarded(axios, 'X-Token')).toBeDefined();
    expect(guarded(older)).toBeDefined();
  });

  test('does not call what only a polluted Object.prototype carries', () => {
    Object.defineProperty(Object.prototype, 'beforeRedirect', {
      value: () => {
        throw new Error('planted');
      },
      configurable: true,
      writable: true,
    });
    try {
      expect(() => followed('https://evil.example/')).not.toThrow();
    } finally {
      Reflect.deleteProperty(Object.prototype, 'beforeRedirect');
    }
  });
});
