import { expect, test } from '@jest/globals';
import axios, { type AxiosRequestConfig } from 'axios';

import { attachBearer, whyNotReplayed } from '../../src/index.js';
import { clientOf, ECHO, failureOf, providerOf, useOAuth2, warmClientOf } from './support.js';

const server = useOAuth2();

const own: [string, AxiosRequestConfig][] = [
  ['Authorization', { headers: { Authorization: 'Custom mine' } }],
  ['authorization in lower case', { headers: { authorization: 'Custom mine' } }],
  ['AUTHORIZATION in capitals', { headers: { AUTHORIZATION: 'Custom mine' } }],
  ['a header set to false', { headers: { Authorization: false } }],
  ['a header set to null', { headers: { Authorization: null } }],
  ['auth', { auth: { username: 'user', password: 'pass' } }],
];

test.each(own)(
  'behaviour 5: with %s of the caller nothing is replaced, minted, invalidated or replayed',
  async (_name, config) => {
    const { http, source } = clientOf(server);
    let rejections = 0;
    source.on('rejected', () => (rejections += 1));
    const error = await failureOf(http.get(ECHO, config));
    expect(error.response.status).toBe(401);
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]?.headers.authorization).toBe(
      config.auth
        ? 'Basic dXNlcjpwYXNz'
        : Object.values(config.headers ?? {}).find((value) => typeof value === 'string'),
    );
    expect([server.tokenCalls, rejections]).toEqual([0, 0]);
  },
);

test.each(own)('with %s of the caller, `whyNotReplayed` says so', async (_name, config) => {
  const { http } = await warmClientOf(server);
  expect(whyNotReplayed(await failureOf(http.get(ECHO, config)))).toBe('own-authorization');
  const accepted = await http.get(ECHO, { ...config, validateStatus: () => true });
  expect(whyNotReplayed(accepted)).toBe('own-authorization');
});

test('it says so too if an interceptor that was left in sets `Bearer undefined`', async () => {
  const { http } = clientOf(server);
  http.interceptors.request.use((config) => {
    config.headers.set('Authorization', `Bearer ${String(undefined)}`);
    return config;
  });
  expect(whyNotReplayed(await failureOf(http.get(ECHO)))).toBe('own-authorization');
});

test('it says so only of a 401', async () => {
  const { http } = clientOf(server);
  const headers = { Authorization: 'Custom mine' };
  expect(whyNotReplayed(await http.get('/__sandbox/public-echo', { headers }))).toBeUndefined();
});

test('behaviour 5: a header set by an interceptor of the user, even asynchronously, wins', async () => {
  const { http } = await warmClientOf(server);
  http.interceptors.request.use(async (config) => {
    await Promise.resolve();
    config.headers.set('authorization', 'Custom mine');
    return config;
  });
  await failureOf(http.get(ECHO));
  expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(['Custom mine']);
  expect(server.tokenCalls).toBe(1);
});

test.each(['common', 'get'] as const)(
  'behaviour 5: a header in defaults.headers.%s wins, and its removal brings the token back',
  async (bucket) => {
    const { http } = clientOf(server);
    http.defaults.headers[bucket]['Authorization'] = 'Custom mine';
    await failureOf(http.get(ECHO));
    expect(server.requests[0]?.headers.authorization).toBe('Custom mine');
    delete http.defaults.headers[bucket]['Authorization'];
    expect((await http.get(ECHO)).data.token).toBe(server.issuedTokens[0]);
  },
);

test('behaviour 5: our own token string, set by the caller, is the caller’s', async () => {
  const { http, token } = await warmClientOf(server);
  server.revokeTokens();
  const headers = { Authorization: `Bearer ${token}` };
  await failureOf(http.get(ECHO, { headers }));
  expect(server.requests).toHaveLength(1);
  expect(server.tokenCalls).toBe(1);
});

test.each(['http', 'fetch'] as const)(
  'behaviour 5: credentials in the URL, which the %s adapter turns into Basic, win',
  async (adapter) => {
    const { http } = clientOf(server, { adapter });
    const url = server.url.replace('http://', 'http://user:pass@');
    expect((await failureOf(http.get(url + ECHO))).response.status).toBe(401);
    expect((await failureOf(http.get(ECHO, { baseURL: url }))).response.status).toBe(401);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Basic dXNlcjpwYXNz',
      'Basic dXNlcjpwYXNz',
    ]);
    expect(server.tokenCalls).toBe(0);
  },
);

test.each([
  ['a header that is undefined', { headers: { authorization: undefined } }],
  ['auth that is null', { auth: null as never }],
])('%s is no choice: the token is attached, and a 401 healed', async (_name, config) => {
  const { http } = await warmClientOf(server);
  server.revokeTokens();
  const { data } = await http.get(ECHO, config);
  expect(data.token).toBe(server.issuedTokens[1]);
});

test('an instance whose defaults carry auth is left alone', async () => {
  const http = axios.create({ baseURL: server.url, auth: { username: 'user', password: 'pass' } });
  attachBearer(http, providerOf(server));
  await failureOf(http.get(ECHO));
  expect(server.requests[0]?.headers.authorization).toBe('Basic dXNlcjpwYXNz');
  expect(server.tokenCalls).toBe(0);
});
