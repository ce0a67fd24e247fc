import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { createBearerFetch } from '../../src/fetch/index.js';
import type { FetchFunction } from '../../src/fetch/send-token-request.js';
import { oauth2 } from '../../src/oauth/index.js';
import { startBoundServers, type BoundServers } from '../oauth/dpop/bound-servers.js';

let servers: BoundServers;

beforeAll(async () => {
  servers = await startBoundServers();
});
beforeEach(() => servers.reset());

function fetchOf(fetch?: FetchFunction) {
  const { api, tokenUrl } = servers;
  const client = { clientId: 'crm', clientSecret: 'a secret' };
  return createBearerFetch(
    oauth2({ baseURL: api.origin, tokenUrl, ...client, dpop: true }),
    fetch && { fetch },
  );
}

const arrivedAtAPI = () => servers.api.arrivals.map(({ status }) => status);
const things = () => `${servers.api.origin}/things`;

describe('the send that a nonce makes necessary has the same body', () => {
  const form = () => {
    const fields = new FormData();
    fields.append('name', 'Ann');
    return fields;
  };
  test.each<[string, () => [RequestInfo, RequestInit?], RegExp]>([
    ['text', () => [things(), { method: 'POST', body: 'Ann' }], /^Ann$/],
    ['bytes', () => [things(), { method: 'PUT', body: Uint8Array.of(1, 255) }], /^\x01\xff$/],
    ['FormData', () => [things(), { method: 'POST', body: form() }], /\r\n\r\nAnn\r\n--/],
    ['a Request', () => [new Request(things(), { method: 'POST', body: 'Ann' })], /^Ann$/],
  ])('%s', async (_, argumentsOf, body) => {
    servers.api.nonce = 'n1';

    const response = await fetchOf()(...argumentsOf());

    const [first, second] = servers.api.arrivals;
    expect(response.status).toBe(200);
    expect(arrivedAtAPI()).toEqual([401, 200]);
    expect(first!.body).toMatch(body);
    expect(second!.body).toBe(first!.body);
    expect(second!.headers['content-type']).toBe(first!.headers['content-type']);
  });

  test('of a stream there is none: the caller gets the 401, and no token is replaced', async () => {
    servers.api.nonce = 'n1';
    const body = new Blob(['once']).stream();

    const response = await fetchOf()(things(), { method: 'POST', body, duplex: 'half' } as object);

    expect(response.status).toBe(401);
    expect(arrivedAtAPI()).toEqual([401]);
    expect(servers.idp.arrivals).toHaveLength(1);
  });
});

describe('a redirect', () => {
  const to = (url: string, status = 302) =>
    `${things()}?status=${status}&to=${encodeURIComponent(url)}`;

  test('within the origin is followed with a proof for its own URL, and a nonce that it asks for', async () => {
    const api = fetchOf();
    await api(things());
    servers.api.nonce = 'n1';

    const response = await api(to('/moved', 307), { method: 'POST', body: 'Ann' });

    expect(response.status).toBe(200);
    expect(response.redirected).toBe(true);
    expect(servers.api.arrivals.slice(1)).toMatchObject([
      { method: 'POST', status: 401 },
      { method: 'POST', status: 307, body: 'Ann' },
      { method: 'POST', status: 200, body: 'Ann', url: '/moved' },
    ]);
  });

  test('that turns a POST into a GET has a proof for GET, also with the nonce', async () => {
    const api = fetchOf();
    const bodiesOfGet: unknown[] = [];
    const swap: FetchFunction = (input: string, init: RequestInit) => {
      if (init.method === 'GET') {
        servers.api.nonce = 'n1';
        bodiesOfGet.push(init.body);
      }
      return fetch(input, init);
    };
    expect((await api(things())).status).toBe(200);

    const response = await fetchOf(swap)(to('/moved', 303), { method: 'POST', body: 'Ann' });

    expect(response.status).toBe(200);
    expect(servers.api.arrivals.slice(1)).toMatchObject([
      { method: 'POST', status: 303 },
      { method: 'GET', status: 401, body: '' },
      { method: 'GET', status: 200, body: '' },
    ]);
    expect(bodiesOfGet).toEqual([null, null]);
  });

  test('to another origin takes neither token nor proof along', async () => {
    const response = await fetchOf()(to(`${servers.idp.origin}/elsewhere`));

    expect(response.status).toBe(401);
    const { url, headers } = servers.idp.arrivals.at(-1)!;
    expect(url).toBe('/elsewhere');
    expect(headers).not.toHaveProperty('dpop');
    expect(headers).not.toHaveProperty('authorization');
    expect(servers.idp.arrivals).toHaveLength(2);
  });
});

test('a request that is aborted while its proof is made is not sent', async () => {
  const api = fetchOf();
  await api.source.getToken();
  const controller = new AbortController();
  const sending = api(things(), { signal: controller.signal });
  controller.abort();

  await expect(sending).rejects.toMatchObject({ name: 'AbortError' });
  expect(servers.api.arrivals).toEqual([]);
});
