import { describe, expect, test } from '@jest/globals';
import axios from 'axios';
import { buildKeyGenerator, setupCache, type CacheOptions } from 'axios-cache-interceptor';

import { attachBearer, isBearerError } from '../../src/index.js';
import { ECHO, failureOf, providerOf, useOAuth2 } from '../axios/support.js';

const server = useOAuth2();

function cachedClient(options: CacheOptions = {}) {
  const http = axios.create({ baseURL: server.url });
  const { source } = attachBearer(http, providerOf(server));
  const cached = setupCache(http, { interpretHeader: false, ...options });
  return { http, source, cached };
}

describe('axios-cache-interceptor on an instance with tokens', () => {
  test('a second request is answered by the cache, and a 401 before the first is healed unseen', async () => {
    const { http, source } = cachedClient();
    await source.getToken();
    server.revokeTokens();
    expect((await http.get(ECHO)).status).toBe(200);
    expect((await http.get(ECHO)).status).toBe(200);
    expect(server.requests.map(({ status }) => status)).toEqual([401, 200]);
  });

  test('concurrent requests that share one send share its replay', async () => {
    const { http, source } = cachedClient();
    await source.getToken();
    server.revokeTokens();
    const answers = await Promise.all([1, 2, 3].map(() => http.get<{ token: string }>(ECHO)));
    expect(answers.map(({ data }) => data.token)).toEqual(
      [1, 2, 3].map(() => server.issuedTokens[1]),
    );
    expect([server.requests.length, server.tokenCalls]).toEqual([2, 2]);
  });

  test('a 401 that stays is not cached', async () => {
    const { http } = cachedClient();
    await failureOf(http.get('/__sandbox/always-401'));
    await failureOf(http.get('/__sandbox/always-401'));
    // Each is sent, and replayed with another token.
    expect(server.requests).toHaveLength(4);
  });

  test('what is cached outlives the token it was fetched with', async () => {
    const { http, source } = cachedClient();
    await http.get(ECHO);
    server.revokeTokens();
    source.clear();
    expect((await http.get(ECHO)).status).toBe(200);
    expect(server.requests).toHaveLength(1);
  });
});

describe('the traps of axios-cache-interceptor', () => {
  const scoped = (scope: string) => ({ bearer: { params: { scope } } });

  test('its key knows nothing of tokens: one tenant gets what another was answered', async () => {
    const { http } = cachedClient();
    await http.get('/resource', scoped('one'));
    expect((await http.get('/resource', scoped('two'))).data).toEqual({ scope: 'one' });
  });

  test('a key that tells by whose token keeps them apart', async () => {
    const { http } = cachedClient({
      generateKey: buildKeyGenerator(({ method, baseURL, url, params, data, ...request }) => {
        const { bearer } = request as { bearer?: unknown };
        return { method, baseURL, url, params, data, bearer };
      }),
    });
    await http.get('/resource', scoped('one'));
    expect((await http.get('/resource', scoped('two'))).data).toEqual({ scope: 'two' });
    expect((await http.get('/resource', scoped('one'))).data).toEqual({ scope: 'one' });
    expect(server.requests).toHaveLength(2);
  });

  const varying = { headers: { vary: 'Authorization', 'content-type': 'application/json' } };
  const stored = (cached: ReturnType<typeof cachedClient>['cached']) =>
    JSON.stringify([...(cached.storage as unknown as { data: Map<string, unknown> }).data]);

  test('an answer with `Vary: Authorization` puts the token into the storage of the cache', async () => {
    const { http, cached } = cachedClient();
    server.api.failNext(1, { status: 200, body: '{}', ...varying });
    await http.get('/things');
    expect(stored(cached)).toContain(server.issuedTokens[0]);
  });

  test('with `vary: false` it does not', async () => {
    const { http, cached } = cachedClient({ vary: false });
    server.api.failNext(1, { status: 200, body: '{}', ...varying });
    await http.get('/things');
    await http.get('/things');
    expect(stored(cached)).not.toContain(server.issuedTokens[0]);
    expect(server.requests).toHaveLength(1);
  });

  /** A token endpoint that refuses once; the cool-down after it is cleared by hand. */
  async function refusedOnce({ http, source }: ReturnType<typeof cachedClient>) {
    server.tokenEndpoint.failNext(1, { status: 400, body: { error: 'invalid_request' } });
    const failure = await failureOf(http.get(ECHO));
    expect(isBearerError(failure, 'ERR_TOKEN_REQUEST_REFUSED')).toBe(true);
    source.clear();
  }

  test('a request that found no token is waited for by the next to the same URL, for ever', async () => {
    const client = cachedClient();
    await refusedOnce(client);
    let isSettled = false;
    void client.http.get(ECHO).finally(() => (isSettled = true));
    // Others go their way meanwhile, more than once.
    for (const another of ['1', '2'])
      expect((await client.http.get(`${ECHO}?another=${another}`)).status).toBe(200);
    expect(isSettled).toBe(false);
  });

  test('an interceptor that gets the token first, registered after the cache, cures it', async () => {
    const client = cachedClient();
    client.http.interceptors.request.use(async (config) => {
      if (config.bearer !== false) await client.source.getToken({ params: config.bearer?.params });
      return config;
    });
    await refusedOnce(client);
    expect((await client.http.get(ECHO)).status).toBe(200);
  });
});
