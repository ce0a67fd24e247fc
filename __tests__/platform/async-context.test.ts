import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import type { AxiosAdapter } from 'axios';
import { afterEach, describe, expect, jest, test } from '@jest/globals';

import {
  createTokenSource,
  type Provider,
  type TokenSource,
  type TokenSourceOptions,
} from '../../src/index.js';
import { oauth2 } from '../../src/oauth/index.js';
import { createRedisStore, type IoredisClient } from '../../src/redis/index.js';
import { createFakeClock, type FakeClock } from '../../src/testing/index.js';
import { keys, pemOf } from '../oauth/key-samples.js';
import { isInMemory } from '../setup/in-memory.js';
import { ACME, acme, bench } from '../token-source/hand-held.js';

const MINUTE = 60_000;

/** What an app holds for each of its requests: its logger with the request's id, the span, the user. */
const requests = new AsyncLocalStorage<string>();

/** A clock whose timers call back in the context that they were set in, as those of Node do, and hold it until then. */
function clockWithContexts(): FakeClock & { readonly held: () => (string | undefined)[] } {
  const clock = createFakeClock();
  const timers = new Map<AsyncResource, string | undefined>();
  return Object.assign(Object.create(clock) as FakeClock, {
    held: () => [...timers.values()],
    schedule: (callback: () => void, delayMs: number) => {
      const timer = new AsyncResource('Timer');
      timers.set(timer, requests.getStore());
      const cancel = clock.schedule(() => {
        timers.delete(timer);
        timer.runInAsyncScope(callback);
      }, delayMs);
      return () => {
        timers.delete(timer);
        cancel();
      };
    },
  });
}

/** A source of tokens that live for an hour, and the requests in whose context its vault was asked. */
function observed(options: Parameters<typeof bench>[0] = {}) {
  const askedFor: (string | undefined)[] = [];
  const credentials = () => {
    askedFor.push(requests.getStore());
    return ACME;
  };
  const made = bench({ ...options, provider: { credentials } });
  made.endpoint.onCall = (call, count) => call.issue(`token-${count}`);
  const request = (name: string) => requests.run(name, () => made.source.getToken());
  return { ...made, request, askedFor };
}

describe('behaviour 18: a background refresh belongs to no caller, nor runs it in the async context of one', () => {
  test('a refresh that a request waits for runs in the context of that request, and so is part of its trace', async () => {
    const { request, askedFor } = observed();
    await request('first');
    expect(askedFor).toEqual(['first']);
  });

  test('an early refresh runs outside of the request that came when it was due', async () => {
    const { request, askedFor, pass } = observed();
    await request('first');
    await pass(55 * MINUTE);
    await request('second');
    await pass(0);
    expect(askedFor).toEqual(['first', undefined]);
  });

  test('keepWarm does not hold on to the request that was the first, however often it renews', async () => {
    const clock = clockWithContexts();
    const { request, askedFor, source } = observed({ clock, keepWarm: true });
    await request('first');
    expect(clock.held()).toEqual([undefined]);
    await clock.advanceAsync(170 * MINUTE);
    expect(askedFor).toEqual(['first', undefined, undefined, undefined]);
    expect(clock.held()).toEqual([undefined]);
    source.close();
  });

  test('nor to the one that was the first to fail', async () => {
    const clock = clockWithContexts();
    const { request, askedFor, endpoint, source } = observed({
      clock,
      keepWarm: true,
      maxAttempts: 1,
    });
    endpoint.onCall = (call) => call.answer(503);
    await expect(request('first')).rejects.toMatchObject({ status: 503 });
    expect(clock.held()).toEqual([undefined]);
    await clock.advanceAsync(5 * MINUTE);
    const [first, ...further] = askedFor;
    expect(first).toBe('first');
    expect(further.length).toBeGreaterThan(1);
    expect(new Set(further)).toEqual(new Set([undefined]));
    source.close();
  });
});

describe('what a provider or a store keeps does not lead to the async context of the request that came first', () => {
  const server = {
    name: 'acme',
    baseURL: 'https://api.acme.test',
    tokenUrl: 'https://api.acme.test/token',
    clientId: 'acme-client-id',
  };
  const away = () => Promise.reject(new Error('away'));
  const redis: IoredisClient = { evalsha: away, eval: away };

  test.each<[string, string, () => TokenSource]>([
    [
      'the key of DPoP proofs',
      'DPoP',
      () => sourceOf(oauth2({ ...server, clientSecret: 'secret', dpop: true })),
    ],
    [
      'the key of signed assertions',
      'Bearer',
      () => {
        const method = { method: 'private_key_jwt', key: pemOf(keys.ES256) } as const;
        return sourceOf(oauth2({ ...server, clientAuthentication: method }));
      },
    ],
    [
      'the keys of the store for Redis',
      'Bearer',
      () => sourceOf(acme(), { store: createRedisStore(redis) }),
    ],
    ['a provider that a request defined', 'Bearer', () => sourceOf(acme())],
  ])('%s', async (_name, token_type, createSource) => {
    answer = { access_token: 'token', token_type, expires_in: 3600 };
    let source!: TokenSource;
    const context = await servedBy(() => {
      source = createSource();
      return source.getToken();
    });
    expect(await isInMemory(context)).toBe(false);
    answer = { ...answer, access_token: 'another' };
    // Not `peek()`, which is `undefined` once a check of the store is due; collecting garbage may take that long.
    expect((await source.getToken()).value).toBe('token');
    source.close();
  });

  test('an error that is kept while the account cools down', async () => {
    const thrown = new Error('the vault is sealed');
    const credentials = () => Promise.reject(new Error('no credentials', { cause: thrown }));
    for (const provider of [acme(), acme({ credentials })]) {
      answer = { error: 'server_error' };
      const source = sourceOf(provider, { maxAttempts: 1 });
      const context = await servedBy(() => source.getToken().catch(() => undefined));
      expect(await isInMemory(context)).toBe(false);
      source.close();
    }
  });

  /** Does it in the async context of a request. */
  async function servedBy(work: () => Promise<unknown>): Promise<WeakRef<object>> {
    const context = {};
    await new AsyncLocalStorage<object>().run(context, work);
    return new WeakRef(context);
  }

  let answer: object;

  /** Its token endpoint keeps nothing: a fake one would keep the call. */
  function sourceOf<C extends object>(provider: Provider<C>, options: TokenSourceOptions = {}) {
    const adapter: AxiosAdapter = (config) =>
      Promise.resolve({
        status: 200,
        statusText: '',
        headers: {},
        config,
        data: JSON.stringify(answer),
      });
    return createTokenSource(provider, { transport: { adapter }, ...options });
  }
});

describe('without support for async contexts', () => {
  afterEach(() => void jest.restoreAllMocks());

  /** The module as it is loaded where `process.getBuiltinModule` is this. */
  async function loadedWith(getBuiltinModule: () => unknown) {
    jest.resetModules();
    jest.spyOn(process, 'getBuiltinModule').mockImplementation(getBuiltinModule as never);
    const path = '../../src/platform/async-context.js';
    return (await import(path)) as { inContextOfNoRequest: <T>(run: () => T) => T };
  }

  test.each<[string, () => unknown]>([
    ['is no such module', () => undefined],
    ['is no such function', () => ({ AsyncLocalStorage: {} })],
    [
      'is nothing to ask, as in the edge runtime of Next',
      () => {
        throw new Error('not supported here');
      },
    ],
    [
      'is no way back into the context of another request, as in the runtime of Cloudflare',
      () => ({
        AsyncLocalStorage: {
          snapshot: () => () => {
            throw new Error('cannot be called outside of the request');
          },
        },
      }),
    ],
  ])('what is run runs once all the same, where there %s', async (_, getBuiltinModule) => {
    const { inContextOfNoRequest } = await loadedWith(getBuiltinModule);
    const run = jest.fn(() => 'done');
    expect(inContextOfNoRequest(run)).toBe('done');
    expect(run).toHaveBeenCalledTimes(1);
  });

  test('what throws by itself is not run again', async () => {
    const { inContextOfNoRequest } = await loadedWith(() => ({ AsyncLocalStorage }));
    const run = jest.fn(() => {
      throw new Error('its own');
    });
    expect(() => inContextOfNoRequest(run)).toThrow('its own');
    expect(run).toHaveBeenCalledTimes(1);
  });
});
