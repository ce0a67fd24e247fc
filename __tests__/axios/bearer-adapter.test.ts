import { describe, expect, test } from '@jest/globals';
import axios, { type AxiosInstance, type CreateAxiosDefaults } from 'axios';
import { inspect } from 'node:util';

import { createBearerAdapter } from '../../src/axios/bearer-adapter.js';
import { createTokenSource, whyNotReplayed } from '../../src/index.js';
import {
  ALWAYS_401,
  answer,
  createMemoryServer,
  ECHO,
  failureOf,
  providerOf,
  useOAuth2,
} from './support.js';

const server = useOAuth2();

/** An SDK that takes an adapter and nothing else of axios. */
function sdkWith(config: CreateAxiosDefaults): AxiosInstance {
  const http = axios.create({ baseURL: server.url, ...config });
  http.interceptors.response.use(({ data }) => data as never);
  return http;
}

describe('an SDK with an adapter of ours', () => {
  test('sends a token, and shares one token call between requests that start together', async () => {
    const http = sdkWith({ adapter: createBearerAdapter(providerOf(server)) });
    const answers = await Promise.all([http.get(ECHO), http.post(ECHO, { a: 1 })]);
    expect(answers).toMatchObject(Array(2).fill({ token: server.issuedTokens[0] }));
    expect(server.requests.at(-1)?.json ?? server.requests.at(-2)?.json).toEqual({ a: 1 });
    expect(server.tokenCalls).toBe(1);
  });

  test('heals a 401 with the same bytes, and its transforms and interceptors run once', async () => {
    const transformed: string[] = [];
    const http = sdkWith({
      adapter: createBearerAdapter(providerOf(server)),
      transformRequest: [(data: unknown) => `<${JSON.stringify(data)}>`],
      transformResponse: [
        (data: string) => {
          transformed.push(data);
          return JSON.parse(data) as unknown;
        },
      ],
    });
    await http.post(ECHO, 1);
    server.revokeTokens();
    await http.post(ECHO, 2);
    expect(server.requests.map(({ body }) => String(body))).toEqual(['<1>', '<2>', '<2>']);
    expect(transformed).toHaveLength(2);
  });

  test('gets axios’s own permanent 401, with its own config and without the token', async () => {
    const adapter = createBearerAdapter(providerOf(server));
    const http = sdkWith({ adapter });
    const error = await failureOf(http.get(ALWAYS_401, { headers: { 'X-Mine': '1' } }));
    expect(error.response.status).toBe(401);
    expect(error.response.data).toEqual({ error: 'invalid_token' });
    expect(whyNotReplayed(error)).toBe('already-replayed');
    expect(error.config).toMatchObject({ adapter, url: ALWAYS_401, baseURL: server.url });
    expect(error.config.headers.get('Authorization')).toBeUndefined();
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(server.issuedTokens[1]);
  });

  test('cannot have a postForm sent again, whose fields only its own axios knows', async () => {
    const adapter = createBearerAdapter(providerOf(server));
    const http = sdkWith({ adapter });
    await adapter.source.getToken();
    server.revokeTokens();
    const error = await failureOf(http.postForm(ECHO, { a: 1 }));
    expect(error.response.status).toBe(401);
    expect(whyNotReplayed(error)).toBe('body-consumed');
    expect(server.requests).toHaveLength(1);
  });

  test('learns why no token was attached', async () => {
    const adapter = createBearerAdapter(providerOf(server));
    const http = axios.create({ baseURL: server.url, adapter });
    const headers = { Authorization: 'Bearer mine' };
    const elsewhere = server.url.replace('127.0.0.1', 'localhost');
    const outcomes = [
      await failureOf(http.get(ECHO, { headers })),
      await http.get(ECHO, { headers, validateStatus: () => true }),
      await failureOf(http.get(elsewhere + ECHO)),
    ];
    expect(outcomes.map(whyNotReplayed)).toEqual([
      'own-authorization',
      'own-authorization',
      'foreign-origin',
    ]);
  });

  test('shares a token source, and sends by the adapter that it is given', async () => {
    const memory = createMemoryServer();
    const source = createTokenSource(memory.provider, {
      transport: { adapter: memory.tokenEndpoint },
    });
    const adapter = createBearerAdapter(source, { adapter: memory.api });
    expect(adapter.source).toBe(source);
    const http = axios.create({ baseURL: memory.provider.baseURL, adapter });
    await http.get('/a');
    memory.revoke();
    await http.get('/a');
    expect(memory.arrivals).toEqual(['fake-token-1', 'fake-token-1', 'fake-token-2']);
  });

  /** An SDK whose adapter gets this body, and what the provider's classifier is shown of it. */
  function classified(body: unknown) {
    const shown: unknown[] = [];
    const provider = providerOf(server, {
      isTokenRejection(response) {
        shown.push(response.data);
        return false;
      },
    });
    const adapter = createBearerAdapter(provider, {
      adapter: (config) => answer(config, 200, body),
    });
    return { http: axios.create({ baseURL: server.url, adapter }), shown };
  }

  test('shows the provider’s classifier what can be read of the body, and hands the body on as it came', async () => {
    const { http, shown } = classified('{"code":7}');
    const { data } = await http.get('/a', { transformResponse: [(text: string) => text.length] });
    expect(shown).toEqual([{ code: 7 }]);
    expect(data).toBe('{"code":7}'.length);
  });

  test.each([['text that is not JSON'], [Buffer.from('{"code":7}')]])(
    'shows the classifier any other body as it came: %p',
    async (body) => {
      const { http, shown } = classified(body);
      expect((await http.get('/a', { transformResponse: [] })).data).toBe(body);
      expect(shown).toEqual([body]);
    },
  );
});
