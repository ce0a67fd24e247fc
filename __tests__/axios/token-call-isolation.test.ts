import { afterEach, describe, expect, test } from '@jest/globals';
import axios from 'axios';
import { inspect } from 'node:util';

import { oauth2ClientCredentials } from '../../src/providers/index.js';
import { createTokenSource, type TokenSourceOptions } from '../../src/axios/create-token-source.js';
import { useSandbox } from '../testing/use-sandbox.js';
import { ended } from '../token-source/hand-held.js';

const oauth2 = useSandbox('oauth2');

function source(options: TokenSourceOptions = {}) {
  const { credentials, tokenUrl, url } = oauth2;
  return createTokenSource(oauth2ClientCredentials({ ...credentials, tokenUrl, baseURL: url }), {
    maxAttempts: 1,
    ...options,
  });
}

describe('behaviour 7: what an app does to the global axios does not reach the token call', () => {
  const pristine = { ...axios.defaults };

  afterEach(() => {
    Object.assign(axios.defaults, pristine);
    delete axios.defaults.headers.common['X-App'];
    delete axios.defaults.headers.common.Authorization;
    for (const key of Object.keys(axios.defaults)) {
      if (!(key in pristine)) Reflect.deleteProperty(axios.defaults, key);
    }
    axios.interceptors.request.clear();
    axios.interceptors.response.clear();
  });

  test('neither headers, base URL, parameters, basic authentication nor transforms', async () => {
    axios.defaults.headers.common['X-App'] = 'leaked';
    axios.defaults.headers.common.Authorization = 'Bearer of the app';
    axios.defaults.baseURL = 'http://127.0.0.1:9/elsewhere';
    axios.defaults.params = { leaked: 'yes' };
    axios.defaults.auth = { username: 'app', password: 'app' };
    axios.defaults.transformRequest = [() => 'overwritten'];
    axios.defaults.transformResponse = [() => 'overwritten'];
    axios.defaults.validateStatus = () => false;
    axios.defaults.timeout = 1;

    const token = await source().getToken();
    expect(token.value).toBe(oauth2.issuedTokens[0]);
    const [request] = oauth2.tokenRequests;
    expect(request!.headers).not.toHaveProperty('x-app');
    expect(request!.headers.authorization).toMatch(/^Basic /);
    expect(JSON.stringify(request)).not.toContain('leaked');
  });

  test('nor an adapter', async () => {
    // `axios.defaults.adapter` used to be taken where none was given.
    axios.defaults.adapter = () => Promise.reject(new Error('the app’s own adapter'));
    expect((await source().getToken()).value).toBe(oauth2.issuedTokens[0]);
  });

  test('nor interceptors, not even for the 401 of the token endpoint itself', async () => {
    const seen: unknown[] = [];
    axios.interceptors.request.use((config) => {
      seen.push(config);
      return config;
    });
    axios.interceptors.response.use(undefined, (error: unknown) => {
      seen.push(error);
      throw error;
    });
    await source().getToken();
    oauth2.tokenEndpoint.fail({ status: 401, body: { error: 'invalid_client' } });
    expect(await ended(source().getToken())).toMatchObject({ code: 'ERR_CREDENTIALS_REJECTED' });
    expect(seen).toEqual([]);
  });

  test.each([401, 403, 429])(
    'a %i of the token endpoint sends one request, with no replay',
    async (status) => {
      oauth2.tokenEndpoint.fail({ status });
      await ended(source().getToken());
      expect(oauth2.tokenCalls).toBe(1);
    },
  );
});

test.each(['http', 'fetch'])(
  'a redirect of the token endpoint is not followed by %s: the body holds the secret',
  async (adapter) => {
    oauth2.tokenEndpoint.fail({
      status: 307,
      headers: { location: `${oauth2.url}/__sandbox/public-echo` },
    });
    expect(await ended(source({ transport: { adapter } }).getToken())).toMatchObject({
      status: 307,
      retryable: false,
    });
    expect(oauth2.requests).toHaveLength(0);
  },
);

test('an adapter that fails without a code is not quoted: axios may be mocked', async () => {
  const adapter = () => Promise.reject(new Error('the request held s3cret'));
  const failure = await ended(source({ transport: { adapter } }).getToken());
  expect(failure).toMatchObject({ code: 'ERR_TOKEN_ENDPOINT_UNREACHABLE' });
  expect(String(failure)).toContain('it may be mocked');
  expect(inspect(failure)).not.toContain('s3cret');
});

test('over real HTTP: a refused and a reset connection, and one that hangs', async () => {
  const { credentials, tokenUrl, url } = oauth2;
  const refused = createTokenSource(
    oauth2ClientCredentials({ ...credentials, tokenUrl: 'http://127.0.0.1:9/token', baseURL: url }),
    { maxAttempts: 1 },
  );
  expect(await ended(refused.getToken())).toMatchObject({
    code: 'ERR_TOKEN_ENDPOINT_UNREACHABLE',
    message: expect.stringContaining('refused'),
  });

  oauth2.tokenEndpoint.resetConnections();
  expect(await ended(source().getToken())).toMatchObject({
    code: 'ERR_TOKEN_ENDPOINT_UNREACHABLE',
    message: expect.stringContaining('reset'),
  });

  oauth2.tokenEndpoint.hang();
  const hasty = createTokenSource(
    oauth2ClientCredentials({ ...credentials, tokenUrl, baseURL: url }),
    {
      maxAttempts: 1,
      attemptTimeoutMs: 30,
    },
  );
  expect(await ended(hasty.getToken())).toMatchObject({
    code: 'ERR_TOKEN_ENDPOINT_UNREACHABLE',
    message: expect.stringContaining('in time'),
  });
});

test('an answer of more than a megabyte is refused', async () => {
  oauth2.tokenEndpoint.answerRaw(`{"access_token":"${'x'.repeat(1_100_000)}"}`);
  expect(await ended(source().getToken())).toMatchObject({
    code: 'ERR_TOKEN_ENDPOINT_UNREACHABLE',
  });
});
