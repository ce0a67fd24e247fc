import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';

import { createBearerFetch } from '../../../src/fetch/index.js';
import { bearerOf, createProviderClient, createTokenSource } from '../../../src/index.js';
import { oauth2, type DPoPOptions } from '../../../src/oauth/index.js';
import type { Provider } from '../../../src/provider-definition/define-provider.js';
import { createMemoryStore } from '../../../src/store/index.js';
import type { TokenSourceOptions } from '../../../src/axios/create-token-source.js';
import { pemOf } from '../key-samples.js';
import { createRunningClock } from '../running-clock.js';
import { startBoundServers, type Arrival, type BoundServers } from './bound-servers.js';

let servers: BoundServers;

beforeAll(async () => {
  servers = await startBoundServers();
});
beforeEach(() => servers.reset());

function provider(dpop: boolean | DPoPOptions = true, changes: object = {}) {
  return oauth2({
    baseURL: servers.api.origin,
    tokenUrl: servers.tokenUrl,
    clientId: 'crm',
    clientSecret: 'a secret',
    dpop,
    ...changes,
  });
}

const OPTIONS = { random: () => 0 }; // No pause between the attempts of a refresh.

type Get = (path: string) => Promise<number>;
type Client = (provider: Provider, options?: TokenSourceOptions) => Get;

const clients: readonly [string, Client][] = [
  [
    'axios',
    (given, options) => {
      const validateStatus = () => true;
      const http = createProviderClient(given, { validateStatus }, { ...OPTIONS, ...options });
      return async (path) => (await http.get(path)).status;
    },
  ],
  [
    'fetch',
    (given, options) => {
      const { clock } = options ?? {};
      const api = createBearerFetch(given, { ...OPTIONS, clock });
      return async (path) => (await api(`${servers.api.origin}${path}`)).status;
    },
  ],
];

const statuses = (arrivals: readonly Arrival[]) => arrivals.map(({ status }) => status);
const noncesOf = (arrivals: readonly Arrival[]) => arrivals.map(({ claims }) => claims['nonce']);

describe.each(clients)('with %s', (_, client) => {
  test('each request carries a proof that RFC 9449, section 4.3 accepts, for its URL without the query', async () => {
    const get = client(provider());

    expect(await get('/things?page=2')).toBe(200);
    expect(await get('/things')).toBe(200);

    expect(statuses([...servers.idp.arrivals, ...servers.api.arrivals])).toEqual([200, 200, 200]);
    const [first, second] = servers.api.arrivals;
    expect(first!.claims['htu']).toBe(`${servers.api.origin}/things`);
    expect(first!.claims['jti']).not.toBe(second!.claims['jti']);
  });

  test('20 concurrent requests share one token call', async () => {
    const get = client(provider());

    expect(new Set(await Promise.all(Array.from({ length: 20 }, () => get('/things'))))).toEqual(
      new Set([200]),
    );
    expect(servers.idp.arrivals).toHaveLength(1);
  });

  test('an API that asks for a nonce costs one more send; then its nonce is used, and replaced by the one of any answer', async () => {
    const get = client(provider());
    servers.api.nonce = 'n1';

    expect(await get('/a')).toBe(200);
    expect(await get('/b')).toBe(200);
    servers.api.nonce = 'n2';
    expect(await get('/c')).toBe(200);
    expect(await get('/d')).toBe(200);

    expect(noncesOf(servers.api.arrivals)).toEqual([undefined, 'n1', 'n1', 'n1', 'n2', 'n2']);
    expect(statuses(servers.api.arrivals)).toEqual([401, 200, 200, 401, 200, 200]);
    expect(servers.idp.arrivals).toHaveLength(1);
  });

  test('the nonces of the API and of the token endpoint are kept apart', async () => {
    const get = client(provider());
    servers.api.nonce = 'of the API';
    servers.idp.nonce = 'of the server';

    expect(await get('/a')).toBe(200);
    servers.revokeTokens();
    expect(await get('/b')).toBe(200);

    expect(noncesOf(servers.idp.arrivals)).toEqual([undefined, 'of the server', 'of the server']);
  });

  test('an API that wants another nonce each time gets two sends, and its 401 goes to the caller without a new token', async () => {
    const get = client(provider());
    servers.api.refusesNonces = true;

    expect(await get('/things')).toBe(401);

    expect(servers.api.arrivals).toHaveLength(2);
    expect(servers.idp.arrivals).toHaveLength(1);
  });

  test('a rejected token is replaced, and the replay has a proof of its own for the new token', async () => {
    const get = client(provider());
    await get('/things');
    servers.revokeTokens();

    expect(await get('/things')).toBe(200);

    expect(statuses(servers.api.arrivals)).toEqual([200, 401, 200]);
    expect(new Set(servers.api.arrivals.map(({ claims }) => claims['jti'])).size).toBe(3);
    expect(servers.idp.arrivals).toHaveLength(2);
  });

  test('the time of a proof is that of the server, once its answers have shown it', async () => {
    servers.api.aheadMs = servers.idp.aheadMs = 3_600_000;

    expect(await client(provider())('/things')).toBe(200);

    expect(statuses(servers.idp.arrivals)).toEqual([400, 200]);
    expect(statuses(servers.api.arrivals)).toEqual([200]);
  });

  test('an API with a clock of its own costs one more send and no token', async () => {
    servers.api.aheadMs = -3_600_000;
    const get = client(provider());

    expect(await get('/things')).toBe(200);
    expect(await get('/things')).toBe(200);

    expect(statuses(servers.api.arrivals)).toEqual([401, 200, 200]);
    expect(servers.idp.arrivals).toHaveLength(1);
  });
});

describe('the token endpoint', () => {
  const tokensOf = (given = provider(), options: TokenSourceOptions = {}) =>
    createTokenSource(given, { ...OPTIONS, ...options });

  test('asks for a nonce: one more call with it; the nonce is kept for the next refresh', async () => {
    const clock = createRunningClock();
    const tokens = tokensOf(provider(), { clock });
    servers.idp.nonce = 'n1';

    await tokens.getToken();
    clock.outlive(700_000);
    await tokens.getToken();

    expect(statuses(servers.idp.arrivals)).toEqual([400, 200, 200]);
    expect(noncesOf(servers.idp.arrivals)).toEqual([undefined, 'n1', 'n1']);
  });

  test('asks for another nonce each time: two calls, and a typed error', async () => {
    servers.idp.refusesNonces = true;

    await expect(tokensOf().getToken()).rejects.toMatchObject({
      code: 'ERR_TOKEN_REQUEST_REFUSED',
      message: expect.stringContaining('use_dpop_nonce'),
    });
    expect(servers.idp.arrivals).toHaveLength(2);
  });

  test('refreshes for other parameters may each ask for a nonce at the same time', async () => {
    const tokens = tokensOf();
    servers.idp.nonce = 'n1';

    const all = ['a', 'b', 'c'].map((scope) => tokens.getToken({ params: { scope } }));

    await expect(Promise.all(all)).resolves.toHaveLength(3);
  });

  test.each(['Bearer', undefined])(
    'answers with a token of the type %s: a typed error, and no token that is not bound',
    async (type) => {
      servers.tokenAnswer = { token_type: type };
      const tokens = tokensOf();

      await expect(tokens.getToken()).rejects.toMatchObject({
        code: 'ERR_TOKEN_REQUEST_REFUSED',
        message: expect.stringContaining('enable DPoP for this client'),
      });
      await expect(tokens.getToken()).rejects.toThrow('enable DPoP');
      expect(servers.idp.arrivals).toHaveLength(1);
    },
  );
});

describe('a shared store', () => {
  const pem = () => pemOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
  const getOf = (dpop: true | DPoPOptions, options: TokenSourceOptions) =>
    clients[0]![1](provider(dpop), options);

  test.each([undefined, 'crm'])(
    'gives a token to processes with the same key, and to no other (cacheIdentity: %s)',
    async (cacheIdentity) => {
      const options = { store: createMemoryStore(), cacheIdentity };
      const key = pem();

      for (const dpop of [{ key }, { key }, { key: pem() }, true] as const)
        expect(await getOf(dpop, options)('/things')).toBe(200);

      expect(servers.idp.arrivals).toHaveLength(3);
      expect(statuses(servers.api.arrivals)).toEqual([200, 200, 200, 200]);
    },
  );
});

test('a provider shows no key, and a token source no proof', async () => {
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    format: 'jwk',
  });
  const http = createProviderClient(provider({ key }));
  await http.get('/things');

  const shown = JSON.stringify([bearerOf(http)!.source, bearerOf(http)!.source.provider]);
  expect(shown).not.toContain(key.d);
  expect(shown).not.toContain(servers.api.arrivals[0]!.headers['dpop']);
});
