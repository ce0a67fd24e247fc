import { describe, expect, jest, test } from '@jest/globals';
import type { InternalAxiosRequestConfig } from 'axios';

import { followedTo, watchFetch } from '../../src/axios/fetch-answers.js';

type Fetch = typeof globalThis.fetch;

const configOf = (fields: object): InternalAxiosRequestConfig =>
  fields as InternalAxiosRequestConfig;

/** The fetch with which axios would send a config. */
function fetchOf(config: InternalAxiosRequestConfig): Fetch {
  return (config.env as { fetch: Fetch }).fetch;
}

/** A config that is watched and sends by `fetch`. */
function watched(fetch: unknown): InternalAxiosRequestConfig {
  const config = configOf({ adapter: 'fetch', env: { fetch } });
  watchFetch(config);
  return config;
}

const URL_ = 'https://api.example.com/a';

describe('an answer that came by fetch', () => {
  test('is known by its Request: where it came from, its status and headers', async () => {
    const response = new Response('body', {
      status: 401,
      headers: { 'WWW-Authenticate': 'Bearer' },
    });
    Object.defineProperty(response, 'url', { value: 'https://elsewhere.example.com/b' });
    const request = new Request(URL_);
    expect(await fetchOf(watched(() => Promise.resolve(response)))(request)).toBe(response);
    expect(followedTo(request)).toMatchObject({
      url: 'https://elsewhere.example.com/b',
      status: 401,
      headers: { 'www-authenticate': 'Bearer' },
    });
  });

  test.each([undefined, null, 'text', {}, { status: 200, headers: { a: '1' } }])(
    'goes on as it is where a mock answers with %p',
    async (response) => {
      const request = new Request(URL_);
      expect(await fetchOf(watched(() => Promise.resolve(response)))(request)).toBe(response);
      expect(followedTo(request)?.headers).toEqual({});
    },
  );

  test('is unknown where fetch was called with a URL, failed, or was never asked', async () => {
    await fetchOf(watched(() => Promise.resolve(new Response())))(URL_);
    const request = new Request(URL_);
    await expect(
      fetchOf(watched(() => Promise.reject(new TypeError('down'))))(request),
    ).rejects.toThrow('down');
    for (const unknown of [URL_, request, {}, null, undefined])
      expect(followedTo(unknown)).toBeUndefined();
  });
});

describe('fetch is watched', () => {
  test.each<[unknown, boolean]>([
    ['fetch', true],
    ['Fetch', true],
    [['fetch', 'http'], true],
    [['XHR', 'fetch'], true], // There is no XMLHttpRequest in Node.
    [['xhr', 'http', 'fetch'], false], // What axios takes by default.
    ['http', false],
    [() => undefined, false],
    [[() => undefined, 'fetch'], false],
    [undefined, false],
  ])('where axios will send by it: with the adapter %p, %s', (adapter, expected) => {
    const config = configOf({ adapter });
    expect(watchFetch(config) !== undefined).toBe(expected);
    expect('env' in config).toBe(expected);
  });

  test('not where an earlier adapter of the list exists, as XMLHttpRequest in a browser', () => {
    Object.assign(globalThis, { XMLHttpRequest: Object });
    try {
      expect(watchFetch(configOf({ adapter: ['xhr', 'fetch'] }))).toBeUndefined();
    } finally {
      Reflect.deleteProperty(globalThis, 'XMLHttpRequest');
    }
  });

  test('where the http adapter of the list does not exist, as outside of Node', () => {
    const { process } = globalThis;
    Object.assign(globalThis, { process: undefined });
    try {
      expect(watchFetch(configOf({ adapter: ['HTTP', 'fetch'] }))).toBeDefined();
    } finally {
      Object.assign(globalThis, { process });
    }
  });

  test('not where it is not a function: axios says so itself', () => {
    const config = configOf({ adapter: 'fetch', env: { fetch: 'text' } });
    expect(watchFetch(config)).toBeUndefined();
    expect(config.env).toEqual({ fetch: 'text' });
  });

  test('by the same function for the same fetch, since axios keeps an adapter for each', () => {
    const fetch = () => Promise.resolve(new Response());
    expect(fetchOf(watched(fetch))).toBe(fetchOf(watched(fetch)));
    expect(fetchOf(watched(undefined))).toBe(fetchOf(watched(undefined)));
    expect(fetchOf(watched(fetch))).not.toBe(fetchOf(watched(undefined)));
  });

  test('as the one that is global at each call, so that a mock put there later is seen', async () => {
    const send = fetchOf(watched(undefined));
    const response = new Response('mocked');
    const mock = jest.spyOn(globalThis, 'fetch').mockResolvedValue(response);
    expect(await send(URL_)).toBe(response);
    mock.mockRestore();
  });

  test.each([undefined, {}, { FormData, fetch: () => undefined }])(
    'until it is taken off: then the config has the env of before, %p',
    (env) => {
      const config = configOf({ adapter: 'fetch', ...(env && { env }) });
      const takeOff = watchFetch(config)!;
      expect(config.env).toEqual({ ...env, fetch: expect.any(Function) });
      takeOff(config);
      expect(config.env).toBe(env);
      expect('env' in config).toBe(env !== undefined);
    },
  );

  test('in a copy of the config, too; but an env that somebody has put there since stays', () => {
    const config = configOf({ adapter: 'fetch' });
    const takeOff = watchFetch(config)!;
    const copy = { ...config };
    takeOff(copy);
    expect('env' in copy).toBe(false);
    const without = configOf({});
    takeOff(without);
    expect(without).toEqual({});
    const other = configOf({ env: { fetch: 1 } });
    takeOff(other);
    expect(other.env).toEqual({ fetch: 1 });
  });
});
