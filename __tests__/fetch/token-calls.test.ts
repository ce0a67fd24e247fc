import { describe, expect, test } from '@jest/globals';

import {
  createBearerFetch,
  createTokenSource,
  type BearerFetchOptions,
} from '../../src/fetch/index.js';
import { createProviderClient, defineProvider } from '../../src/index.js';
import { createFakeClock } from '../../src/testing/index.js';
import { failureOf, providerOf } from '../axios/support.js';
import { fetchOf, useOAuth2, ECHO } from './support.js';

const server = useOAuth2();

const sourceOf = (options: BearerFetchOptions = {}) =>
  createTokenSource(providerOf(server), { maxAttempts: 1, ...options });

describe('a token call by fetch', () => {
  test('follows no redirect, since its body holds the secret', async () => {
    server.tokenEndpoint.fail({ status: 307, headers: { location: server.tokenUrl } });

    await expect(sourceOf().getToken()).rejects.toMatchObject({
      status: 307,
      message: expect.stringContaining('Token calls do not follow redirects'),
    });
    expect(server.tokenCalls).toBe(1);
  });

  test('says so where a browser hides the redirect', async () => {
    const opaque = Object.defineProperties(new Response(), {
      type: { value: 'opaqueredirect' },
      status: { value: 0 },
    });

    await expect(
      sourceOf({ fetch: () => Promise.resolve(opaque) }).getToken(),
    ).rejects.toMatchObject({
      status: 302,
      message: expect.stringContaining('Token calls do not follow redirects'),
    });
  });

  test('reads no more than a megabyte', async () => {
    server.tokenEndpoint.answerRaw(`{"access_token":"${'x'.repeat(1_000_001)}"}`);

    await expect(sourceOf().getToken()).rejects.toMatchObject({
      code: 'ERR_TOKEN_ENDPOINT_UNREACHABLE',
      message: expect.stringContaining('its answer was cut off or too long'),
    });
  });

  test.each<[string, unknown, string]>([
    [
      'Node',
      Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } }),
      'the connection was refused',
    ],
    [
      'Bun',
      Object.assign(new Error('x'), { code: 'ConnectionRefused' }),
      'the network failed (ConnectionRefused)',
    ],
    ['a browser', new TypeError('Failed to fetch'), 'fetch failed without an error code'],
    ['a mock', 'nothing', 'fetch failed without an error code'],
  ])('that fails as in %s says why', async (_, thrown, words) => {
    const fetch = async () => {
      await Promise.resolve();
      throw thrown;
    };

    const error = await failureOf(sourceOf({ fetch }).getToken());
    expect(error).toMatchObject({ code: 'ERR_TOKEN_ENDPOINT_UNREACHABLE', retryable: true });
    expect(error.message).toContain(words);
  });

  test('ends after its time, even if its fetch ignores the signal', async () => {
    const clock = createFakeClock();
    const source = sourceOf({ fetch: () => new Promise(() => undefined), clock });
    const error = failureOf(source.getToken());
    await clock.advanceAsync(5_000);

    expect(await error).toMatchObject({
      message: expect.stringContaining('it did not answer in time'),
    });
  });

  test('hands cookies and text to the provider definition', async () => {
    const headers: [string, string][] = [
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ];
    const provider = {
      ...providerOf(server),
      credentials: server.credentials,
      parseToken: ({ text, setCookies }: { text: string; setCookies: readonly string[] }) => ({
        accessToken: [text, ...setCookies].join('|'),
      }),
    } as never;
    const fetch = () => Promise.resolve(new Response('plain', { headers }));

    await expect(
      createTokenSource(defineProvider(provider), { fetch }).getToken(),
    ).resolves.toMatchObject({ value: 'plain|a=1|b=2' });
  });
});

describe('one source', () => {
  test('serves a fetch and an axios instance with one token', async () => {
    const source = sourceOf();
    const http = createProviderClient(source);
    await Promise.all([http.get(ECHO), createBearerFetch(source)(server.url + ECHO)]);

    expect(server.requests.map(({ token }) => token)).toEqual([
      ...server.issuedTokens,
      ...server.issuedTokens,
    ]);
    expect(server.tokenCalls).toBe(1);
  });
});

describe('a wrong option', () => {
  const wrong: readonly [string, string, object][] = [
    ['fetch', 'is not a function', { fetch: 'fetch' }],
    ['onForeignOrigin', 'Use one of: pass, error', { onForeignOrigin: 'refuse' }],
    ['onReplay', 'is not a function', { onReplay: true }],
    ['maxAttempts', 'must be a whole number', { maxAttempts: 0 }],
    ['transport', 'is not an option of a bearer fetch', { transport: {} }],
  ];
  test.each(wrong)('is refused by name: %s %s', (option, problem, options) => {
    expect(() => fetchOf(server, options)).toThrow(
      expect.objectContaining({
        code: 'ERR_BEARER_MISCONFIGURED',
        option: `options.${option}`,
        message: expect.stringContaining(problem),
      }),
    );
  });

  test('an option of a token source is refused next to a token source, and fetch is not', () => {
    const source = sourceOf();
    expect(() => createBearerFetch(source, { maxAttempts: 1 })).toThrow(
      'has no effect on an existing token source',
    );
    expect(createBearerFetch(source, { fetch }).source).toBe(source);
  });

  test('something that is not a provider is refused', () => {
    expect(() => createBearerFetch({} as never)).toThrow('is not a provider');
  });
});
