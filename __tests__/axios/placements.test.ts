import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import axios, { type AxiosRequestConfig, type CreateAxiosDefaults } from 'axios';
import olderAxios from 'axios-1.8';
import { Agent, createServer, type IncomingMessage } from 'node:http';
import type { LookupFunction } from 'node:net';

import { attachBearer, defineProvider, type AttachableInstance } from '../../src/index.js';
import { inCookie, inQuery } from '../../src/provider-definition/query-and-cookie.js';
import type { TokenPlacement } from '../../src/provider-definition/token-placement.js';
import { createFakeTokenEndpoint, type FakeTokenEndpoint } from '../../src/testing/index.js';
import { listening } from '../setup/loopback-server.js';
import { leaksOf, traceOf } from './secret-walk.js';
import { failureOf, type Failure } from './support.js';

// ---- an API of many names, which takes a token anywhere -------------------------------------------------------------

interface Arrival {
  readonly host: string | undefined;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
}

let port: number;
let arrivals: Arrival[];
let endpoint: FakeTokenEndpoint;
/** What the next requests are answered with, whatever their token. */
let statuses: number[];

const queryOf = ({ url }: Arrival) => new URL(url, 'http://any').searchParams;

beforeAll(async () => {
  const api = createServer((request, response) => {
    const { url = '', headers } = request;
    const arrival = { host: headers.host?.replace(/:\d+$/, ''), url, headers };
    arrivals.push(arrival);
    const to = queryOf(arrival).get('to');
    if (to !== null) {
      // Such a server repeats the query, and the token with it.
      const [, query = ''] = url.split('?');
      const location = `${to}?${query.replace(/&?to=[^&]*/, '')}`;
      response.writeHead(302, { location }).end();
      return;
    }
    const isLive = tokensIn(arrival).some((token) => endpoint.tokenState(token) === 'live');
    response.writeHead(statuses.shift() ?? (isLive ? 200 : 401)).end('{}');
  });
  port = await listening(api);
});
beforeEach(() => {
  arrivals = [];
  statuses = [];
  endpoint = createFakeTokenEndpoint();
});

/** All tokens of a request, wherever they are. */
function tokensIn({ url, headers }: Arrival): string[] {
  const sent = [url, JSON.stringify(headers)].join(' ');
  return [...sent.matchAll(/fake-token-\d+/g)].map(([token]) => token);
}

const OWN = 'api.example.com';

function at(host: string, path = '/things'): string {
  return `http://${host}:${port}${path}`;
}

/** Names that exist nowhere: all of them lead to the API. */
const lookup: LookupFunction = (_hostname, { all }, found) =>
  all === true ? found(null, [{ address: '127.0.0.1', family: 4 }]) : found(null, '127.0.0.1', 4);

// ---- the places ------------------------------------------------------------------------------------------------------

interface Case {
  readonly placement: TokenPlacement;
  /** What arrives at the place, in full. */
  readonly arrived: (arrival: Arrival) => unknown;
  readonly written: (token: string) => string;
  /** A request with a value of the caller's in the place. */
  readonly own: AxiosRequestConfig;
  /** A request with other things of the caller's beside it, and how they arrive. */
  readonly beside: AxiosRequestConfig;
  readonly arrivesBeside: (arrival: Arrival) => unknown;
}

const CASES: Record<string, Case> = {
  'in Authorization with another scheme': {
    placement: { scheme: 'Zoho-oauthtoken' },
    arrived: ({ headers }) => headers.authorization,
    written: (token) => `Zoho-oauthtoken ${token}`,
    own: { headers: { authorization: 'Custom mine' } },
    beside: { headers: { Cookie: 'a=1' }, params: { b: 2 } },
    arrivesBeside: ({ headers, url }) => [headers.cookie, url],
  },
  'in another header': {
    placement: { header: 'X-Api-Token' },
    arrived: ({ headers }) => headers['x-api-token'],
    written: (token) => token,
    own: { headers: { 'x-api-token': 'mine' } },
    beside: {
      headers: { Cookie: 'a=1' },
      params: { b: 2 },
      auth: { username: 'u', password: 'p' },
    },
    arrivesBeside: ({ headers, url }) => [headers.cookie, url, headers.authorization],
  },
  'in the query': {
    placement: inQuery('access_token'),
    arrived: (arrival) => queryOf(arrival).getAll('access_token').join(),
    written: (token) => token,
    own: { params: { access_token: 'mine' } },
    beside: {
      url: '/things?z=a%20b',
      params: { b: [2, 3] },
      headers: { Authorization: 'Basic abc' },
    },
    arrivesBeside: ({ headers, url }) => [
      headers.authorization,
      url.replace(/access_token=[^&]*&/, ''),
    ],
  },
  'in a cookie': {
    placement: inCookie('sid'),
    arrived: ({ headers }) => /(?:^|; )sid=([^;]*)/.exec(headers.cookie ?? '')?.[1],
    written: (token) => token,
    own: { headers: { cookie: 'sid=mine' } },
    beside: { headers: { cookie: 'a=1; b=2', Authorization: 'Basic abc' } },
    arrivesBeside: ({ headers }) => [
      headers.authorization,
      headers.cookie?.replace(/sid=[^;]*; /, ''),
    ],
  },
};

const VERSIONS: [string, typeof axios][] = [
  ['our axios', axios],
  ['axios 1.8.2', olderAxios as unknown as typeof axios],
];

describe.each(VERSIONS)('with %s, a token', (_version, client) => {
  describe.each(Object.entries(CASES))('%s', (_place, { placement, ...expected }) => {
    const clientOf = (
      defaults: CreateAxiosDefaults = {},
      where: TokenPlacement = placement,
      origins: string[] = [],
    ) => {
      const http = client.create({
        baseURL: at(OWN, ''),
        httpAgent: new Agent({ lookup }),
        ...defaults,
      });
      const provider = defineProvider({
        name: 'placed',
        baseURL: at(OWN, ''),
        allowInsecureHttp: true,
        origins,
        credentials: { clientSecret: 'fake-secret' },
        credentialFields: { clientSecret: { secret: true } },
        tokenRequest: ({ clientSecret }) => ({
          url: 'https://auth.example.com/token',
          body: { form: { grant_type: 'client_credentials', client_secret: clientSecret } },
        }),
        parseToken: ({ body }) => {
          const { access_token, expires_in } = body as Record<string, unknown>;
          return { accessToken: access_token, expiresInSeconds: expires_in };
        },
        tokenPlacement: where,
      });
      attachBearer(http as AttachableInstance, provider, {
        transport: { adapter: endpoint.adapter },
      });
      return http;
    };
    const token = (n: number) => expected.written(`fake-token-${n}`);
    const sent = () => arrivals.map(expected.arrived);

    test('arrives on the cold and on the warm path, also through other interceptors', async () => {
      const http = clientOf();
      await http.get('/things');
      await http.get('/things');
      http.interceptors.request.use(async (config) => Promise.resolve(config));
      await http.get('/things');
      expect(sent()).toEqual([token(1), token(1), token(1)]);
      expect(arrivals.flatMap(tokensIn)).toHaveLength(3);
    });

    test('arrives with an empty URL, which leaves the base URL as it is', async () => {
      const http = clientOf({ baseURL: at(OWN, '/v1/things') });
      const { config } = await http.get('');
      expect(sent()).toEqual([token(1)]);
      expect(arrivals[0]?.url.split('?')[0]).toBe('/v1/things');
      expect(config.baseURL).toBe(at(OWN, '/v1/things'));
    });

    test('leaves all else as the caller wrote it, on the wire and in the config', async () => {
      const bare = client.create({ baseURL: at(OWN, ''), httpAgent: new Agent({ lookup }) });
      const request = { url: '/things', validateStatus: null, ...expected.beside };
      const copy = structuredClone(request);
      await bare.request(request);
      const { config } = await clientOf().request(request);
      expect(sent()[1]).toBe(token(1));
      expect(expected.arrivesBeside(arrivals[1]!)).toEqual(expected.arrivesBeside(arrivals[0]!));
      expect(request).toEqual(copy);
      expect([config.url, config.baseURL, config.params]).toEqual([
        request.url,
        at(OWN, ''),
        request.params,
      ]);
    });

    test('is replaced by a new one after a 401, once', async () => {
      const http = clientOf();
      await http.get('/things');
      endpoint.revokeTokens();
      expect((await http.post('/things?a=1', { b: 2 })).status).toBe(200);
      expect(sent()).toEqual([token(1), token(1), token(2)]);
      expect(arrivals.flatMap(tokensIn)).toHaveLength(3);
    });

    test('is replaced and concealed with the fetch adapter too', async () => {
      // It knows no names of ours.
      const baseURL = at('127.0.0.1', '');
      const http = clientOf({ adapter: 'fetch', baseURL }, placement, [baseURL]);
      await http.get('/things');
      endpoint.revokeTokens();
      await http.get('/things');
      statuses = [500];
      const error = await failureOf(http.get('/things'));
      expect(sent()).toEqual([token(1), token(1), token(2), token(2)]);
      expect(leaksOf({ error, config: error.config }, traceOf(['fake-token-2']))).toEqual([]);
    });

    test('stays away where the caller has put a value, which is neither replaced nor replayed', async () => {
      const http = clientOf();
      await failureOf(http.request({ url: '/things', ...expected.own }));
      expect(arrivals).toHaveLength(1);
      expect(sent()).toEqual([expect.stringContaining('mine')]);
      expect(endpoint.calls).toHaveLength(0);
    });

    test('stays away with bearer: false, and from another origin', async () => {
      const http = clientOf();
      await http.get('/things');
      await failureOf(http.get('/things', { bearer: false }));
      await failureOf(http.get(at('other.example.com')));
      expect(arrivals.slice(1).flatMap(tokensIn)).toEqual([]);
    });

    test('is replaced in a config that is sent again, by us or through a client with another place', async () => {
      const http = clientOf();
      statuses = [500];
      const { config } = await failureOf(http.get('/things'));
      endpoint.revokeTokens();
      await http.get('/things');
      await http.request(config);
      await clientOf({}, { header: 'X-Other' }).request(config);
      expect(sent().slice(0, 4)).toEqual([token(1), token(1), token(2), token(2)]);
      const [last] = arrivals.slice(-1);
      expect(tokensIn(last!)).toEqual(['fake-token-3']);
      expect(last!.headers['x-other']).toBe('fake-token-3');
    });

    test('is replaced in a copy of the config that was taken while it was under way', async () => {
      const http = clientOf();
      let kept: AxiosRequestConfig | undefined;
      await http.get('/things', {
        transformRequest(data) {
          kept = { ...this, headers: this.headers.toJSON() as never };
          return data as unknown;
        },
      });
      delete kept!.transformRequest;
      endpoint.revokeTokens();
      await http.request(kept!);
      await failureOf(http.request({ ...kept!, bearer: false }));
      const [first, second] = ['fake-token-1', 'fake-token-2'];
      expect(arrivals.map(tokensIn)).toEqual([[first], [first], [second], []]);
    });

    test('does not follow a redirect to another origin', async () => {
      const http = clientOf();
      for (const host of ['cdn.api.example.com', 'other.example.com'])
        await failureOf(http.get('/things', { params: { to: at(host) } }));
      expect(arrivals.map(({ host }) => host)).toEqual([
        OWN,
        'cdn.api.example.com',
        OWN,
        'other.example.com',
      ]);
      expect(arrivals.map(tokensIn)).toEqual([['fake-token-1'], [], ['fake-token-1'], []]);
    });

    test('is not given up for a 401 of another origin after a redirect', async () => {
      const http = clientOf();
      await failureOf(http.get('/things', { params: { to: at('other.example.com') } }));
      expect(endpoint.calls).toHaveLength(1);
      expect(arrivals).toHaveLength(2);
    });

    test.each([
      ['a 500', 500, {}],
      ['a 401 that a new token does not fix', 401, {}],
      ['too long an answer', 500, { maxContentLength: 1 }],
      ['a 500 read as a stream', 500, { responseType: 'stream' }],
    ] as const)('is not shown by the error of %s', async (_failure, status, config) => {
      statuses = [status, status];
      const error = await failureOf(clientOf().get('/things?a=1', config));
      const { request, response, cause } = error;
      const parts = {
        error,
        config: error.config,
        headers: error.config.headers,
        request,
        response,
        cause,
      };
      expect(leaksOf(parts, traceOf(['fake-token-1', 'fake-token-2']))).toEqual([]);
      expect(error.config.url).toBe('/things?a=1');
      const { data } = (error as Partial<Failure>).response ?? {};
      (data as { destroy?: () => void } | undefined)?.destroy?.();
    });
  });
});
