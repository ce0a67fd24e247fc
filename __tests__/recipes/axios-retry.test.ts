import { describe, expect, test } from '@jest/globals';
import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import axiosRetry, { isNetworkOrIdempotentRequestError } from 'axios-retry';

import { attachBearer, TokenAcquisitionError } from '../../src/index.js';
import type { SandboxEcho } from '../../src/testing/index.js';
import { ALWAYS_401, bodyOf, ECHO, failureOf, providerOf, useOAuth2 } from '../axios/support.js';

const server = useOAuth2();

/** Both packages on one instance, in the order of the name; `retries` counts what axios-retry sends again. */
function bothOn(order: string) {
  const http = axios.create({ baseURL: server.url });
  const retries: number[] = [];
  const retry = () =>
    axiosRetry(http, { retries: 3, onRetry: (count) => void retries.push(count) });
  if (order === 'axios-retry first') retry();
  const { source } = attachBearer(http, providerOf(server));
  if (order !== 'axios-retry first') retry();
  return { http, source, retries };
}

const statuses = () => server.requests.map(({ status }) => status);

describe.each(['axios-retry first', 'attachBearer first'])('axios-retry, %s', (order) => {
  test('a 503 is sent again by axios-retry, with one token call in all', async () => {
    const { http, retries } = bothOn(order);
    server.api.failNext(2, { status: 503 });
    const { status } = await http.get(ECHO);
    expect([status, retries, server.tokenCalls]).toEqual([200, [1, 2], 1]);
  });

  test('a 401 is healed by one replay that axios-retry does not see', async () => {
    const { http, source, retries } = bothOn(order);
    await source.getToken();
    server.revokeTokens();
    const answer = await http.post<SandboxEcho>(ECHO, { order: 17 });
    expect(bodyOf(answer).toString()).toBe('{"order":17}');
    expect([retries, statuses(), server.tokenCalls]).toEqual([[], [401, 200], 2]);
  });

  test('a 503, then a 401: each package does its part, and each send carries the token of its time', async () => {
    const { http } = bothOn(order);
    server.api.failNext(1, { status: 503 });
    const hold = server.api.holdNext();
    const answer = http.get<SandboxEcho>(ECHO);
    await hold.arrived;
    server.revokeTokens();
    hold.release();
    const { data } = await answer;
    const [first, second] = server.issuedTokens;
    expect(server.requests.map(({ status, token }) => [status, token])).toEqual([
      [503, first],
      [401, first],
      [200, second],
    ]);
    expect(data.token).toBe(second);
  });

  test('a 401 that cannot be healed reaches the caller after two sends, not after eight', async () => {
    const { http, retries } = bothOn(order);
    const { response } = await failureOf(http.get(ALWAYS_401));
    expect([response.status, retries, server.requests.length]).toEqual([401, [], 2]);
  });

  test('a token that cannot be had is not retried by axios-retry, and the request is never sent', async () => {
    const { http, retries } = bothOn(order);
    server.tokenEndpoint.fail({ status: 400, body: { error: 'invalid_request' } });
    await expect(http.get(ECHO)).rejects.toBeInstanceOf(TokenAcquisitionError);
    expect([retries, server.requests.length]).toEqual([[], 0]);
  });

  test('with validateResponse, for which every answer passes as an error, a 401 is healed all the same', async () => {
    const { http, source } = bothOn(order);
    await source.getToken();
    server.revokeTokens();
    const { status } = await http.get<SandboxEcho>(ECHO, {
      'axios-retry': { validateResponse: ({ status }: AxiosResponse) => status === 200 },
    });
    expect([status, statuses()]).toEqual([200, [401, 200]]);
  });
});

test('what axios-retry sends again carries the token of now, not that of the first send', async () => {
  const http = axios.create({ baseURL: server.url });
  const replaceToken = async () => {
    server.revokeTokens();
    source.clear();
    await source.getToken();
  };
  const { source } = attachBearer(http, providerOf(server));
  axiosRetry(http, { retries: 1, onRetry: replaceToken });
  server.api.failNext(1, { status: 503 });
  const { data } = await http.get<SandboxEcho>(ECHO);
  expect(statuses()).toEqual([503, 200]);
  expect(data.token).toBe(server.issuedTokens[1]);
});

test('the trap: a retry condition that takes 401s multiplies an incurable one', async () => {
  const http: AxiosInstance = axios.create({ baseURL: server.url });
  attachBearer(http, providerOf(server));
  axiosRetry(http, {
    retries: 3,
    retryCondition: (error) =>
      isNetworkOrIdempotentRequestError(error) || error.response?.status === 401,
  });
  await failureOf(http.get(ALWAYS_401));
  expect(server.requests.length).toBe(8);
});
