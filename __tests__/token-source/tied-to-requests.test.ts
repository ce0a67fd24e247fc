import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { createTokenSource, type TokenSourceOptions } from '../../src/axios/create-token-source.js';
import { createFakeClock, type Clock } from '../../src/testing/index.js';
import { acme, bench, ended, eventsOf, handHeldEndpoint, outcome } from './hand-held.js';

/*
 * A runtime that ties timers to the request that set them, as Cloudflare's does: when a request is over, what it has started
 * never goes on. `__tests__/package/workerd.test.ts` runs the real one.
 */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

function tiedToRequests(options: TokenSourceOptions = {}) {
  const clock = createFakeClock();
  const endpoint = handHeldEndpoint(clock);
  const over = new Set<string>();
  let current = 'first';
  const tied: Clock = {
    now: clock.now,
    monotonic: clock.monotonic,
    schedule(callback, delayMs) {
      const request = current;
      return clock.schedule(() => {
        if (over.has(request)) return;
        current = request;
        callback();
      }, delayMs);
    },
  };
  const source = createTokenSource(acme(), {
    clock: tied,
    random: () => 0,
    transport: { adapter: endpoint.adapter },
    ...options,
  });
  const events = eventsOf(source);
  return {
    endpoint,
    source,
    told: (name: string) => events.filter((event) => event.name === name),
    pass: (ms: number) => clock.advanceAsync(ms),
    /** What follows happens in that request. */
    within: (request: string) => (current = request),
    /** It has been answered, or its client has gone. */
    end: (request: string) => over.add(request),
  };
}

/** With a token in hand that is due for a refresh. */
async function withTokenToRenew(options: TokenSourceOptions = {}, fields: object = {}) {
  const tied = tiedToRequests(options);
  const first = tied.source.getToken();
  await tied.pass(0);
  tied.endpoint.lastCall.issue('token-1', { ...fields });
  await first;
  tied.end('first');
  await tied.pass(55 * MINUTE);
  return tied;
}

describe('a refresh whose request is over can never land', () => {
  test('a caller who waits for it has another one started, and nothing is held against the endpoint', async () => {
    const { source, endpoint, told, pass, within, end } = tiedToRequests();
    void ended(source.getToken());
    await pass(100);
    within('second');
    const second = ended(source.getToken());
    await pass(100);
    end('first');
    await pass(3 * SECOND);
    expect(endpoint.calls).toHaveLength(2);
    within('third');
    const third = ended(source.getToken());
    endpoint.lastCall.issue('token-1');
    expect(await Promise.all([second, third])).toEqual(['token-1', 'token-1']);
    expect(endpoint.calls).toHaveLength(2);
    expect(told('coolDownStarted')).toEqual([]);
  });

  test('a later caller waits for nothing', async () => {
    const { source, endpoint, pass, within, end } = tiedToRequests();
    void ended(source.getToken());
    await pass(0);
    end('first');
    await pass(5 * SECOND);
    within('second');
    const second = ended(source.getToken());
    await pass(0);
    expect(endpoint.calls).toHaveLength(2);
    endpoint.lastCall.issue('token-1');
    expect(await second).toBe('token-1');
  });

  test('a token that it returns after all is not used', async () => {
    const { source, endpoint, pass, within, end } = tiedToRequests();
    void ended(source.getToken());
    await pass(0);
    const lost = endpoint.lastCall;
    end('first');
    await pass(5 * SECOND);
    within('second');
    const second = ended(source.getToken());
    await pass(0);
    expect(lost.aborted).toBe(true);
    lost.issue('token-of-the-lost');
    await pass(0);
    expect(await outcome(second)).toBe('pending');
    endpoint.lastCall.issue('token-1');
    expect(await second).toBe('token-1');
  });

  test('a token of unknown life is renewed all the same, though no caller waits for that', async () => {
    const { source, endpoint, pass, within, end } = await withTokenToRenew(
      {},
      { expires_in: undefined },
    );
    within('second');
    expect(await ended(source.getToken())).toBe('token-1');
    await pass(0);
    expect(endpoint.calls).toHaveLength(2);
    end('second');
    await pass(5 * SECOND);
    within('third');
    for (let requests = 0; requests < 2; requests += 1) {
      expect(await ended(source.getToken())).toBe('token-1');
      await pass(0);
    }
    expect(endpoint.calls).toHaveLength(3);
  });
});

describe('on Cloudflare', () => {
  const navigator = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  beforeEach(() => {
    const value = { userAgent: 'Cloudflare-Workers' };
    Object.defineProperty(globalThis, 'navigator', { value, configurable: true });
  });
  afterEach(() => {
    if (navigator === undefined) Reflect.deleteProperty(globalThis, 'navigator');
    else Object.defineProperty(globalThis, 'navigator', navigator);
  });

  test('the request that finds a token due for a refresh waits for it, and the others do not', async () => {
    const { source, endpoint, pass, within } = await withTokenToRenew();
    within('second');
    const second = ended(source.getToken());
    await pass(0);
    within('third');
    expect(await ended(source.getToken())).toBe('token-1');
    expect(await outcome(second)).toBe('pending');
    endpoint.lastCall.issue('token-2');
    expect(await second).toBe('token-2');
    expect(endpoint.calls).toHaveLength(2);
  });

  test.each([
    { timeoutMs: undefined, waitsMs: 1_000 },
    { timeoutMs: 600, waitsMs: 300 },
  ])('it waits $waitsMs ms at most with a time-out of $timeoutMs ms', async (limits) => {
    const { source, pass, within } = await withTokenToRenew();
    within('second');
    const second = ended(source.getToken({ timeoutMs: limits.timeoutMs }));
    await pass(limits.waitsMs - 1);
    expect(await outcome(second)).toBe('pending');
    await pass(1);
    expect(await second).toBe('token-1');
  });

  test('a refresh that fails costs that request nothing but the wait', async () => {
    const { source, endpoint, pass, within } = await withTokenToRenew({ maxAttempts: 1 });
    within('second');
    const second = ended(source.getToken());
    await pass(0);
    endpoint.lastCall.answer(503);
    expect(await second).toBe('token-1');
  });

  test('with waitUntil no caller waits, and each refresh is handed in', async () => {
    const handedIn: Promise<unknown>[] = [];
    const waitUntil = (refresh: Promise<unknown>) => handedIn.push(refresh);
    const { source, endpoint, pass, within } = await withTokenToRenew({ waitUntil });
    expect(handedIn).toHaveLength(1);
    within('second');
    expect(await ended(source.getToken())).toBe('token-1');
    expect(handedIn).toHaveLength(2);
    await pass(0);
    endpoint.lastCall.answer(401, { error: 'invalid_client' });
    expect(await Promise.all(handedIn)).toEqual([undefined, undefined]);
  });

  test('a waitUntil that throws outside of a request does no harm', async () => {
    const waitUntil = () => {
      throw new Error('cannot be called outside of a request');
    };
    const { source, endpoint, pass, within } = await withTokenToRenew({ waitUntil });
    within('second');
    const second = ended(source.getToken());
    await pass(0);
    endpoint.lastCall.issue('token-2');
    expect(await second).toBe('token-2');
  });
});

test('elsewhere no caller waits for a refresh ahead of time, with waitUntil or without', async () => {
  const handedIn: Promise<unknown>[] = [];
  const { source } = await withTokenToRenew({ waitUntil: (refresh) => handedIn.push(refresh) });
  expect(await ended(source.getToken())).toBe('token-1');
  expect(handedIn).toHaveLength(2);
});

test('a waitUntil that is not a function is refused by name', () => {
  expect(() => bench({ waitUntil: Promise.resolve() as never })).toThrow(
    /options\.waitUntil is not a function/,
  );
});
