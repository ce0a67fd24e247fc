import { describe, expect, test } from '@jest/globals';
import { AxiosError, CanceledError, type InternalAxiosRequestConfig } from 'axios';

import { answerIn, answerOf, isAboutOurToken } from '../../src/axios/answer.js';
import type { Sent } from '../../src/axios/exchange.js';
import { watchFetch } from '../../src/axios/fetch-answers.js';
import { createOriginGuard } from '../../src/axios/origin-guard.js';
import { placeOf } from '../../src/provider-definition/token-placement.js';
import { AccessToken } from '../../src/token/access-token.js';

const API = 'https://api.example.com';

/** A Request of fetch, as axios keeps it, that was answered so. */
async function requestByFetch(answer: object): Promise<Request> {
  const config = {
    adapter: 'fetch',
    env: { fetch: () => Promise.resolve(answer) },
  } as unknown as InternalAxiosRequestConfig;
  watchFetch(config);
  const request = new Request(API);
  await (config.env as { fetch: typeof fetch }).fetch(request);
  return request;
}

describe('the answer in a response', () => {
  test.each<[unknown, number | undefined]>([
    [{ status: 401 }, 401],
    [{ status: '401' }, 401],
    [Object.freeze({ status: 401 }), 401],
    [{ status: 'Unauthorized' }, undefined],
    [{ status: Number.NaN }, undefined],
    [{ status: null }, undefined],
    [{}, undefined],
    ['401', undefined],
    [401, undefined],
    [null, undefined],
    [undefined, undefined],
  ])('%j has the status %s', (response, status) => {
    expect(answerIn(response)?.status).toBe(status);
  });

  test.each([undefined, null, 'www-authenticate: Bearer'])(
    'has no headers where they are %p',
    (headers) => {
      expect(answerIn({ status: 401, headers })?.headers).toEqual({});
    },
  );

  test('is what axios gave, with that response itself', () => {
    const response = { status: 401, headers: { a: '1' }, data: 'x', request: {} };
    const { status, headers, data, request } = response;
    expect(answerIn(response)).toEqual({ status, headers, data, request, response });
    expect(answerIn(response)?.response).toBe(response);
  });
});

describe('the answer that an error tells of', () => {
  const seen = { status: 401, headers: { 'www-authenticate': 'seen' } };

  test.each<[string, unknown, object | undefined]>([
    [
      'its response',
      { response: { status: 403 }, request: { res: { statusCode: 401 } } },
      { status: 403 },
    ],
    [
      'an unread body, as Node tells it',
      { request: { res: { statusCode: 401, headers: { a: '1' } } } },
      { status: 401, headers: { a: '1' } },
    ],
    ['what was seen before a transform threw', new SyntaxError('broken'), seen],
    ['what was seen, of a thrown string', 'broken', seen],
    ['what was seen, of nothing at all', undefined, seen],
  ])('is %s', (_, error, expected) => {
    expect(answerOf(error, seen)).toMatchObject(expected!);
  });

  test('is that of an unread body, as fetch tells it', async () => {
    const headers = new Headers({ 'WWW-Authenticate': 'Bearer' });
    const request = await requestByFetch({ status: 401, headers, url: API });
    const error = Object.assign(new AxiosError('too long'), { request });
    expect(answerOf(error, undefined)).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Bearer' },
      request,
    });
  });

  test.each<[string, unknown]>([
    ['a connection that broke before', new AxiosError('reset', 'ECONNRESET')],
    ['a thrown string', '401'],
    ['nothing', undefined],
    ['a request that got no answer, as Node tells it', { request: { res: null } }],
    ['a response without a status', { response: {} }],
  ])('is none for %s', (_, error) => {
    expect(answerOf(error, undefined)).toBeUndefined();
  });

  test('is none once the caller has given up, whatever came', () => {
    const error = Object.assign(new CanceledError(), { response: { status: 401 } });
    expect(answerOf(error, seen)).toBeUndefined();
  });
});

describe('a 401 is about our token', () => {
  const OURS = 'Bearer fake-token';
  const sentOf = (config: object = {}) =>
    ({
      token: new AccessToken({ value: 'fake-token' }),
      attachment: { guard: createOriginGuard([API]), place: placeOf() },
      config: { headers: { Authorization: OURS }, ...config },
    }) as unknown as Sent;
  const isAbout = (response: object, config?: object) =>
    isAboutOurToken(sentOf(config), answerIn({ status: 401, ...response })!);

  test.each<[string, object, boolean]>([
    ['tells nothing', {}, true],
    ['tells a request of null', { request: null }, true],
    [
      'sent it, by Node',
      { request: { getHeader: (name: string) => (name === 'authorization' ? OURS : undefined) } },
      true,
    ],
    ['sent another, by Node', { request: { getHeader: () => 'Bearer other' } }, false],
    ['lost it on a redirect, by Node', { request: { getHeader: () => undefined } }, false],
    ['has no way to ask for headers', { request: { getHeader: OURS } }, true],
    ['names a config that carried it', { config: { headers: { authorization: OURS } } }, true],
    [
      'names a config that carried another',
      { config: { headers: { authorization: 'Basic abc' } } },
      false,
    ],
    ['names a config whose headers are null', { config: { headers: null } }, true],
    ['tells a request that got no answer', { request: { res: null } }, true],
    ['names a config without headers', { config: {} }, true],
    [
      'was answered by the provider, by Node',
      { request: { res: { responseUrl: `${API}/b` } } },
      true,
    ],
    [
      'was answered elsewhere, by Node',
      { request: { res: { responseUrl: 'https://evil.example.com/b' } } },
      false,
    ],
    [
      'was answered elsewhere, by XMLHttpRequest',
      { request: { responseURL: 'https://evil.example.com/b' } },
      false,
    ],
    ['was answered by a mock, which names the path', { request: { responseURL: '/b' } }, true],
    ['was answered by something odd', { request: { res: { responseUrl: 7 } } }, true],
  ])('if the adapter %s: %#', (_, response, expected) => {
    expect(isAbout(response)).toBe(expected);
  });

  test('not if fetch was redirected elsewhere', async () => {
    const own = await requestByFetch({ status: 401, url: `${API}/b` });
    expect(isAbout({ request: own })).toBe(true);
    const elsewhere = await requestByFetch({ status: 401, url: 'https://evil.example.com/' });
    expect(isAbout({ request: elsewhere })).toBe(false);
  });

  test('not if a transform took the header off, or wrote another', () => {
    expect(isAbout({}, { headers: {} })).toBe(false);
    expect(isAbout({}, { headers: { authorization: 'Basic abc' } })).toBe(false);
  });

  test('if its body could not be read, so that axios has no response', () => {
    const request = { res: { statusCode: 401 }, getHeader: () => OURS };
    expect(isAboutOurToken(sentOf(), answerOf({ request }, undefined)!)).toBe(true);
  });

  test('whatever URL answered, where all of them go to one socket', () => {
    const request = { res: { responseUrl: 'http://localhost/b' } };
    expect(isAbout({ request })).toBe(false);
    expect(isAbout({ request }, { socketPath: '/run/api.sock' })).toBe(true);
  });
});
