import { beforeEach, describe, expect, test } from '@jest/globals';
import axios, { type AxiosInstance, type AxiosRequestConfig } from 'axios';
import MockAdapter from 'axios-mock-adapter';

import { attachBearer, bearerOf, createProviderClient } from '../../src/index.js';
import { createFakeTokenEndpoint } from '../../src/testing/index.js';
import { ECHO, providerOf, useOAuth2 } from '../axios/support.js';

const server = useOAuth2();

/** Its types are those of axios's CommonJS build, and refuse an instance of the other. */
const mockOf = (instance: AxiosInstance, options?: { onNoMatch: 'passthrough' }) =>
  new MockAdapter(instance as never, options);

let http: AxiosInstance;
beforeEach(() => {
  http = createProviderClient(providerOf(server));
});

/** Answers with that status, and notes what was sent: the mock's own history keeps a config that is sent again only once. */
function noting(sent: unknown[], status: number) {
  return (config: AxiosRequestConfig): [number, object] => {
    sent.push([config.headers?.['Authorization'], config.data]);
    return [status, {}];
  };
}

describe('axios-mock-adapter on an instance with tokens', () => {
  test('a mocked request carries a token, and reaches no network', async () => {
    const mock = mockOf(http);
    const sent: unknown[] = [];
    mock.onGet('/things').reply(noting(sent, 200));
    await http.get('/things');
    expect(sent).toEqual([[`Bearer ${server.issuedTokens[0]}`, undefined]]);
    expect(server.requests).toHaveLength(0);
  });

  test('a mocked 401 is healed by a second request to the mock, with another token', async () => {
    const mock = mockOf(http);
    const sent: unknown[] = [];
    mock.onPost('/things').replyOnce(noting(sent, 401)).onPost('/things').reply(noting(sent, 201));
    const { status } = await http.post('/things', { name: 'one' });
    expect(status).toBe(201);
    expect(sent).toEqual(server.issuedTokens.map((token) => [`Bearer ${token}`, '{"name":"one"}']));
    expect([server.requests.length, server.tokenCalls]).toEqual([0, 2]);
  });

  test('what the mock lets through reaches the API with its token', async () => {
    const mock = mockOf(http, { onNoMatch: 'passthrough' });
    mock.onGet('/things').reply(200);
    const { status } = await http.get(ECHO);
    expect([status, server.requests[0]?.token]).toEqual([200, server.issuedTokens[0]]);
  });

  test('the token endpoint is not mocked along: a mock that answers everything still gets real tokens', async () => {
    const mock = mockOf(http);
    mock.onAny().reply(200);
    await http.get('/things');
    expect(server.tokenCalls).toBe(1);
  });

  test('after restore the instance heals a real 401', async () => {
    const mock = mockOf(http);
    mock.restore();
    await bearerOf(http)!.source.getToken();
    server.revokeTokens();
    expect((await http.get(ECHO)).status).toBe(200);
  });

  test('where the test wants no token at all, the token endpoint is an adapter too', async () => {
    const instance = axios.create({ baseURL: server.url });
    const { adapter } = createFakeTokenEndpoint();
    attachBearer(instance, providerOf(server), { transport: { adapter } });
    const mock = mockOf(instance);
    const sent: unknown[] = [];
    mock.onGet('/things').reply(noting(sent, 200));
    await instance.get('/things');
    expect(sent).toEqual([['Bearer fake-token-1', undefined]]);
    expect(server.tokenCalls).toBe(0);
  });
});
