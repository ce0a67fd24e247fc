import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { RequestListener } from 'node:http';

import { createBearerFetch, defineProvider } from '../../src/fetch/index.js';
import { inCookie, inQuery } from '../../src/providers/index.js';
import type { TokenPlacement } from '../../src/provider-definition/token-placement.js';
import { createFakeTokenEndpoint, type FakeTokenEndpoint } from '../../src/testing/index.js';
import { serve } from '../setup/loopback-server.js';

/** All that a request shows: its URL and headers. */
let arrivals: string[];
let bodies: string[];
let api: string;
let elsewhere: string;
let endpoint: FakeTokenEndpoint;
let tokenUrl: string;

/** An API that takes a token anywhere, and leads to where `to` says. */
const answer: RequestListener = (request, response) => {
  const { url = '', headers, method } = request;
  arrivals.push(`${method} ${url} ${JSON.stringify(headers)}`);
  let body = '';
  request.setEncoding('utf8').on('data', (text: string) => (body += text));
  request.on('end', () => bodies.push(body));
  const to = new URL(url, 'http://any').searchParams.get('to');
  if (to !== null) return response.writeHead(302, { location: to }).end();
  const isLive = endpoint.liveTokens.some((token) => arrivals.at(-1)?.includes(token));
  return response.writeHead(isLive ? 200 : 401).end();
};

beforeAll(async () => {
  [api, elsewhere] = [await serve(answer), await serve(answer)];
});
beforeEach(async () => {
  arrivals = [];
  bodies = [];
  endpoint = createFakeTokenEndpoint();
  tokenUrl = await endpoint.listen();
});
afterEach(() => endpoint.close());

function fetchWith(tokenPlacement: TokenPlacement) {
  return createBearerFetch(
    defineProvider({
      name: 'acme',
      baseURL: api,
      credentials: { key: 'k' },
      credentialFields: { key: { secret: true } },
      tokenPlacement,
      tokenRequest: ({ key }) => ({ url: tokenUrl, body: { form: { key } } }),
      parseToken: ({ body }) => ({ accessToken: (body as { access_token: string }).access_token }),
    }),
  );
}

const places = [
  ['another scheme', { scheme: 'Zoho-oauthtoken' }, '"authorization":"Zoho-oauthtoken TOKEN"'],
  ['another header', { header: 'X-Api-Token' }, '"x-api-token":"TOKEN"'],
  ['the query', inQuery('access_token'), '/things?access_token=TOKEN&a=1'],
  ['a cookie', inCookie('sid'), '"cookie":"sid=TOKEN; mine=1"'],
] as const;

describe.each(places)('a token in %s', (_, placement, shown) => {
  const withToken = (token: string) => shown.replace('TOKEN', token);

  test('goes there, and the token of its replay too', async () => {
    const call = fetchWith(placement);
    const init = { headers: { cookie: 'mine=1' } };
    expect((await call(`${api}/things?a=1`, init)).status).toBe(200);
    const [first = ''] = endpoint.issuedTokens;
    endpoint.revokeTokens();
    expect((await call(new Request(`${api}/things?a=1`, init))).status).toBe(200);
    const [, second = ''] = endpoint.issuedTokens;

    expect(arrivals).toEqual(
      [first, first, second].map((token) => expect.stringContaining(withToken(token))),
    );
    expect(arrivals[2]).not.toContain(first);
  });

  test('does not follow a redirect to another origin', async () => {
    const call = fetchWith(placement);
    await call(`${api}/?to=${encodeURIComponent(`${elsewhere}/there`)}`);

    expect(arrivals).toHaveLength(2);
    expect(arrivals[1]).toContain('GET /there');
    expect(arrivals[1]).not.toContain(endpoint.issuedTokens[0]);
  });
});

test('a token in the query leaves the body of a Request as it is, which then has another URL', async () => {
  const call = fetchWith(inQuery('access_token'));
  await call.source.getToken();
  endpoint.revokeTokens();

  const { status } = await call(new Request(`${api}/things`, { method: 'POST', body: 'abc' }));
  expect(status).toBe(200);
  expect(bodies).toEqual(['abc', 'abc']);
});

test.each([
  [
    'a header',
    { header: 'X-Api-Token' },
    (url: string) => [url, { headers: { 'x-api-token': 'own' } }],
  ],
  ['the query', inQuery('access_token'), (url: string) => [`${url}?access_token=own`, {}]],
  ['a cookie', inCookie('sid'), (url: string) => [url, { headers: { cookie: 'sid=own' } }]],
] as const)('a token of the caller in %s stays', async (_, placement, argumentsFor) => {
  const call = fetchWith(placement);
  const [url, init] = argumentsFor(`${api}/things`) as [string, RequestInit];

  expect((await call(url, init)).status).toBe(401);
  expect(arrivals).toEqual([expect.stringContaining('own')]);
  expect(endpoint.calls).toEqual([]);
});
