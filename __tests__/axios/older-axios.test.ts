import { describe, expect, test } from '@jest/globals';
import axios, { type AxiosAdapter, type AxiosRequestConfig } from 'axios';
import olderAxios from 'axios-1.8';

import { knowsInterceptorOrder } from '../../src/axios/axios-version.js';
import {
  attachBearer,
  OriginNotAllowedError,
  type AttachableInstance,
  type AttachOptions,
} from '../../src/index.js';
import { answer, createMemoryServer, failureOf } from './support.js';

const API = 'https://api.example.com';

/**
 * An instance of axios 1.8.2 beside the one that we import: it is older, and of another copy.
 */
function olderClient(options: AttachOptions = {}) {
  const memory = createMemoryServer(API);
  const http = (olderAxios as unknown as typeof axios).create({ baseURL: API });
  http.defaults.adapter = memory.api;
  attachBearer(http as AttachableInstance, memory.provider, {
    transport: { adapter: memory.tokenEndpoint },
    ...options,
  });
  return { http, memory };
}

describe('on an instance of axios 1.8.2', () => {
  test.each([true, false])(
    'the token is written after every interceptor of the user has run (synchronous: %s)',
    async (synchronous) => {
      const { http, memory } = olderClient();
      const seen: unknown[] = [];
      http.interceptors.request.use(
        (config) => {
          seen.push(config.headers.get('Authorization'));
          return config;
        },
        null,
        { synchronous },
      );
      await http.get('/cold');
      await http.get('/warm');
      expect(seen).toEqual([undefined, undefined]);
      expect(memory.arrivals).toEqual(['fake-token-1', 'fake-token-1']);
    },
  );

  test('behaviour 6: a URL that an interceptor rewrote gets no token', async () => {
    const { http, memory } = olderClient();
    await http.get('/warm');
    http.interceptors.request.use((config) => ({ ...config, url: 'https://evil.example.com/' }));
    const { data } = await http.get('/things', {
      adapter: (config) => answer(config, 200, config.headers.has('Authorization')),
    });
    expect(data).toBe(false);
    expect(memory.arrivals).toHaveLength(1);
  });

  test('behaviour 6: nor does a foreign URL that allowAbsoluteUrls may or may not fold under the base URL', async () => {
    const { http } = olderClient();
    await http.get('/warm');
    const carriesToken = async (config: AxiosRequestConfig) => {
      const adapter: AxiosAdapter = (sent) => answer(sent, 200, sent.headers.has('Authorization'));
      return (
        await http.get<boolean>(config.url ?? '', { allowAbsoluteUrls: false, ...config, adapter })
      ).data;
    };
    expect(await carriesToken({ url: 'https://evil.example.com/' })).toBe(false);
    expect(await carriesToken({ url: `${API}/x`, baseURL: 'https://evil.example.com' })).toBe(
      false,
    );
    expect(await carriesToken({ url: `${API}/x` })).toBe(true);
  });

  test('the error of a request that was given up before it is sent shows no token', async () => {
    const { http } = olderClient();
    await http.get('/warm');
    const error = await failureOf(http.get('/a', { signal: AbortSignal.abort() }));
    expect(error.code).toBe('ERR_CANCELED');
    expect(JSON.stringify(error.config.headers)).not.toContain('fake-token');
  });

  test('our error reaches the caller also where nothing is asynchronous', async () => {
    const { http } = olderClient({ onForeignOrigin: 'error' });
    await http.get('/warm');
    await expect(http.get('https://evil.example.com/')).rejects.toThrow(OriginNotAllowedError);
  });

  test('a 401 is healed, headers and all, and the interceptors see one answer', async () => {
    const { http, memory } = olderClient();
    await http.get('/warm');
    memory.revoke();
    const seen: number[] = [];
    http.interceptors.response.use((response) => {
      seen.push(response.status);
      return response;
    });
    const { config } = await http.get('/things', { headers: { 'X-Mine': '1' } });
    expect(seen).toEqual([200]);
    expect(config.headers.get('X-Mine')).toBe('1');
    expect(memory.arrivals).toEqual(['fake-token-1', 'fake-token-1', 'fake-token-2']);
  });
});

test('an app that replaces the defaults of our axios keeps the order that they leave it', () => {
  const http = axios.create();
  const known = knowsInterceptorOrder(http);
  http.defaults.transitional = { silentJSONParsing: false };
  expect(knowsInterceptorOrder(http)).toBe(known);
});
