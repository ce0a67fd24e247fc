import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import axios, { type AxiosInstance, type CreateAxiosDefaults } from 'axios';
import { Readable } from 'node:stream';
import { inspect } from 'node:util';

import { createProviderClient, defineProvider, type AttachOptions } from '../../src/index.js';
import { oauth2 } from '../../src/oauth/index.js';
import { placeOf, type TokenProof } from '../../src/provider-definition/token-placement.js';
import { createFakeClock } from '../../src/testing/index.js';
import { startBoundServers, type BoundServers } from '../oauth/dpop/bound-servers.js';
import { answer, failureOf } from './support.js';

let servers: BoundServers;

beforeAll(async () => {
  servers = await startBoundServers();
});
beforeEach(() => servers.reset());

function clientOf(config: CreateAxiosDefaults = {}, options: AttachOptions = {}): AxiosInstance {
  const { api, tokenUrl } = servers;
  const client = { clientId: 'crm', clientSecret: 'a secret' };
  const provider = oauth2({ baseURL: api.origin, tokenUrl, ...client, dpop: true });
  return createProviderClient(provider, config, options);
}

const arrivedAtAPI = () => servers.api.arrivals.map(({ status }) => status);

describe('the send that a nonce makes necessary has the same body', () => {
  const form = () => {
    const fields = new FormData();
    fields.append('name', 'Ann');
    return fields;
  };
  test.each<[string, (http: AxiosInstance) => Promise<unknown>, RegExp]>([
    ['JSON', (http) => http.post('/things', { name: 'Ann' }), /^{"name":"Ann"}$/],
    ['bytes', (http) => http.put('/things', Buffer.from([1, 2, 0xff])), /^\x01\x02\xff$/],
    ['FormData', (http) => http.post('/things', form()), /name="name"\r\n\r\nAnn\r\n--/],
    ['fields', (http) => http.postForm('/things', { name: 'Ann' }), /name="name"\r\n\r\nAnn\r\n--/],
  ])('%s', async (_, send, body) => {
    servers.api.nonce = 'n1';

    await send(clientOf());

    const [first, second] = servers.api.arrivals;
    expect(arrivedAtAPI()).toEqual([401, 200]);
    expect(first!.body).toMatch(body);
    expect(second!.body).toBe(first!.body);
    expect(second!.headers['content-type']).toBe(first!.headers['content-type']);
    expect(second!.headers['content-length']).toBe(first!.headers['content-length']);
  });

  test('of a stream there is none: the caller gets the 401, and no token is replaced', async () => {
    servers.api.nonce = 'n1';

    const error = await failureOf(clientOf().post('/things', Readable.from(['once'])));

    expect(error.response.status).toBe(401);
    expect(arrivedAtAPI()).toEqual([401]);
    expect(servers.idp.arrivals).toHaveLength(1);
  });

  test('the unread 401 of a streamed answer is discarded', async () => {
    servers.api.nonce = 'n1';
    const http = clientOf({ responseType: 'stream' });

    const { data } = await http.get<Readable>('/things');

    expect(await data.toArray()).toHaveLength(1);
  });
});

describe('the adapter of the caller sends', () => {
  test.each<[string, CreateAxiosDefaults['adapter']]>([
    ['by name', 'fetch'],
    ['by a list', ['xhr', 'http']],
    ['as a function', axios.getAdapter('http')],
    ['by default', undefined],
  ])('%s, and it is in the config that comes back', async (_, adapter) => {
    const http = clientOf(adapter && { adapter });

    const { config } = await http.get('/things');

    expect(arrivedAtAPI()).toEqual([200]);
    expect(config.adapter).toEqual(adapter ?? axios.defaults.adapter);
  });

  test('a config that is sent again gets one proof, for the token of now', async () => {
    const http = clientOf();
    const { config } = await http.get('/things');
    servers.revokeTokens();

    await http.request(config);

    expect(arrivedAtAPI()).toEqual([200, 401, 200]);
  });

  test('a config that kept ours, from before its send, gets one proof for the token of now', async () => {
    const kept: object[] = [];
    const keep = function (this: object, data: unknown) {
      kept.push({ ...this });
      return data;
    };
    const http = clientOf({ transformRequest: keep });
    await http.get('/things');
    servers.revokeTokens();
    await http.get('/things');

    await http.request(kept[0]!);

    expect(arrivedAtAPI()).toEqual([200, 401, 200, 200]);
  });
});

test('a config that never came to its adapter has one proof for each send, however often it is sent again', async () => {
  let kept: object = {};
  let failures = 3;
  const http = clientOf({
    transformRequest(this: object, data: unknown) {
      // eslint-disable-next-line @typescript-eslint/no-this-alias -- an app may keep the config that axios passes so
      kept = this;
      failures -= 1;
      if (failures >= 0) throw new Error('not yet');
      return data;
    },
  });
  await failureOf(http.get('/things'));
  await failureOf(http.request(kept));
  await failureOf(http.request(kept));
  servers.api.refusesNonces = true;

  await failureOf(http.request(kept));

  expect(arrivedAtAPI()).toEqual([401, 401]);
});

describe('the proof is made after all else', () => {
  test('after a slow interceptor, for the URL that it leaves', async () => {
    const http = clientOf();
    http.interceptors.request.use(async (config) => {
      await Promise.resolve();
      return { ...config, url: '/moved', params: { page: 2 } };
    });

    await http.get('/things');

    expect(servers.api.arrivals).toMatchObject([{ url: '/moved?page=2', status: 200 }]);
  });

  test('a request that is aborted meanwhile is not sent', async () => {
    const controller = new AbortController();
    const sent: unknown[] = [];
    const aborting: TokenProof = {
      send(request) {
        controller.abort();
        return request.attempt();
      },
    };
    const http = createProviderClient(provenBy(aborting), {
      adapter(config) {
        sent.push(config);
        return answer(config, 200);
      },
    });

    const error = await failureOf(http.get('/things', { signal: controller.signal }));

    expect(error.code).toBe('ERR_CANCELED');
    expect(sent).toEqual([]);
  });

  test('a body that fails meanwhile fails the request, and not the process', async () => {
    const http = clientOf();
    await http.get('/things');
    const body = new Readable({ read: () => undefined });

    const sending = failureOf(http.post('/things', body));
    body.destroy(new Error('the disk is gone'));
    const error = await sending;

    expect(error.message).toBe('the disk is gone');
    expect(arrivedAtAPI()).toEqual([200]);
  });

  test('a body is destroyed if there is no proof, or the request is aborted meanwhile', async () => {
    const controller = new AbortController();
    const proofs: TokenProof[] = [
      { send: () => Promise.reject(new Error('no proof')) },
      {
        send(request) {
          controller.abort();
          return request.attempt();
        },
      },
    ];
    for (const proof of proofs) {
      const body = new Readable({ read: () => undefined });

      await failureOf(
        createProviderClient(provenBy(proof)).post('/things', body, { signal: controller.signal }),
      );

      expect(body.destroyed).toBe(true);
    }
  });

  test('the second send has what is left of the timeout, and the caller gets the config with the whole', async () => {
    const clock = createFakeClock();
    const timeouts: unknown[] = [];
    const http = createProviderClient(
      provenBy(countingProof(2)),
      {
        timeout: 1_000,
        adapter(config) {
          timeouts.push(config.timeout);
          clock.advance(400);
          return answer(config, 200);
        },
      },
      { clock },
    );

    const { config } = await http.get('/things');

    expect(timeouts).toEqual([1_000, 600]);
    expect(config.timeout).toBe(1_000);
  });
});

describe('redirects of the http adapter', () => {
  test.each([
    ['within the origin', () => servers.api],
    ['to another origin', () => servers.idp],
  ])('%s are followed without token and proof, and no token is replaced', async (_, target) => {
    const seen: unknown[] = [];
    const beforeRedirect = ({ headers }: { headers: object }) => seen.push(Object.keys(headers));
    const http = clientOf({ beforeRedirect: beforeRedirect as never });
    const to = encodeURIComponent(`${target().origin}/elsewhere`);

    const error = await failureOf(http.get(`/things?to=${to}`));

    expect(error.response.status).toBe(401);
    const { headers } = target().arrivals.at(-1)!;
    expect(headers).not.toHaveProperty('dpop');
    expect(headers).not.toHaveProperty('authorization');
    expect(seen).toEqual([expect.not.arrayContaining(['DPoP'])]);
    expect(servers.idp.arrivals.filter(({ url }) => url === '/token')).toHaveLength(1);
    expect(error.config.beforeRedirect).toBe(beforeRedirect);
  });
});

test('a redirect that fetch follows with the proof of the first URL costs no token', async () => {
  const http = clientOf({ adapter: 'fetch' });

  const error = await failureOf(http.get('/things?to=/elsewhere'));

  expect(error.response.status).toBe(401);
  expect(arrivedAtAPI()).toEqual([302, 401]);
  expect(servers.idp.arrivals).toHaveLength(1);
});

test('neither a response nor an error shows a proof, and an error shows no token', async () => {
  const http = clientOf();
  const { config } = await http.get('/things');
  const { authorization = '' } = servers.api.arrivals[0]!.headers;
  servers.api.refusesNonces = true;
  const error = await failureOf(http.get('/things'));

  const token = authorization.replace('DPoP ', '');
  expect(config.headers['DPoP']).toBeUndefined();
  expect(error.config.headers['DPoP']).toBeUndefined();
  const shown = [JSON.stringify(error), inspect(error, { depth: 10, showHidden: true })].join();
  expect(shown).not.toContain(token);
  for (const { headers: sent } of servers.api.arrivals) expect(shown).not.toContain(sent['dpop']);
});

/** A provider with a proof of the test's own. */
function provenBy(proof: TokenProof) {
  return defineProvider({
    name: 'acme',
    baseURL: servers.api.origin,
    acquireToken: () => 'a-token-of-a-function',
    tokenPlacement: { ...placeOf({ scheme: 'DPoP' }), proof },
  });
}

/** Sends that often. */
function countingProof(times: number): TokenProof {
  return {
    async send(request) {
      let attempt = await request.attempt();
      for (let count = 1; count < times; count += 1) {
        if (!(await request.again(attempt))) return attempt;
        attempt = await request.attempt();
      }
      return attempt;
    },
  };
}
