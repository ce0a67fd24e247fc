import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';

import { createTokenSource } from '../../src/axios/create-token-source.js';
import { bearerOf, createProviderClient } from '../../src/index.js';
import { createFakeClock } from '../../src/testing/index.js';
import { createMemoryServer } from '../axios/support.js';
import { isInMemory } from '../setup/in-memory.js';
import { acme, bench, ended, outcome, warmBench } from './hand-held.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const EARLY = 54 * MINUTE;

describe('behaviour 45: events', () => {
  afterEach(() => void jest.useRealTimers());

  test('state the reason of each refresh', async () => {
    const { source, endpoint, pass, told } = bench();
    endpoint.onCall = (call, count) => call.issue(`token-${count}`);
    await source.getToken();
    await pass(EARLY);
    await source.getToken();
    await pass(59 * MINUTE);
    await source.getToken();
    await pass(HOUR);
    const { value } = await source.getToken();
    source.reject(value);
    await source.getToken({ not: value });
    expect(told('refreshed')).toMatchObject([
      { provider: 'acme', reason: 'cold', from: 'endpoint', attempts: 1, expiresInMs: HOUR },
      { reason: 'early' },
      { reason: 'last' },
      { reason: 'expired' },
      { reason: 'rejected' },
    ]);
  });

  test('report when the cool-down starts and ends', async () => {
    const { source, endpoint, pass, events } = bench({ maxAttempts: 1 });
    endpoint.onCall = (call, count) => (count === 1 ? call.answer(503) : call.issue('token-1'));
    await ended(source.getToken());
    await pass(SECOND);
    await source.getToken();
    expect(events.map(({ name }) => name)).toEqual([
      'tokenCalled',
      'coolDownStarted',
      'refreshFailed',
      'tokenCalled',
      'coolDownEnded',
      'refreshed',
    ]);
  });

  test('report of each token call what the conventions for HTTP clients ask for, without its path', async () => {
    const { source, endpoint, pass, told } = bench();
    endpoint.onCall = (call, count) =>
      count === 1 ? call.cut('ECONNRESET') : count === 2 ? call.answer(200) : call.issue('token-1');
    const caller = source.getToken();
    await pass(SECOND);
    await caller;
    const where = { method: 'POST', serverAddress: 'api.acme.test', serverPort: 443 };
    expect(told('tokenCalled')).toEqual([
      expect.objectContaining({ ...where, attempt: 1, status: undefined, errorType: 'ECONNRESET' }),
      expect.objectContaining({
        ...where,
        attempt: 2,
        status: 200,
        errorType: 'ERR_TOKEN_RESPONSE_MALFORMED',
      }),
      expect.objectContaining({ ...where, attempt: 3, status: 200, errorType: undefined }),
    ]);
  });

  test('a listener can be taken off again', async () => {
    const { source, endpoint } = bench();
    endpoint.onCall = (call) => call.issue('token-1');
    let heard = 0;
    const off = source.on('refreshed', () => void (heard += 1));
    await source.getToken();
    off();
    off();
    source.clear();
    await source.getToken();
    expect(heard).toBe(1);
  });

  test('a listener that throws harms neither the request nor the next listener, and its error is not swallowed', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    const { source, endpoint } = bench();
    endpoint.onCall = (call) => call.issue('token-1');
    const fault = new Error('the listener’s own fault');
    let heard = 0;
    source.on('refreshed', () => {
      throw fault;
    });
    source.on('refreshed', () => void (heard += 1));
    expect(await ended(source.getToken())).toBe('token-1');
    expect(heard).toBe(1);
    expect(() => jest.runAllTimers()).toThrow(fault);
  });
});

describe('behaviour 45: close()', () => {
  test('may be called twice, forgets listeners, and leaves no timer', async () => {
    const { source, clock, pass, events } = await warmBench({ keepWarm: true });
    await pass(EARLY);
    const before = events.length;
    source.close();
    source.close();
    await pass(0);
    expect(clock.pendingTimers).toBe(0);
    await pass(HOUR);
    expect(events).toHaveLength(before);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('keepWarm', () => {
  test('renews ahead of time without requests', async () => {
    const { source, endpoint, pass, told } = await warmBench({ keepWarm: true });
    endpoint.onCall = (call, count) => call.issue(`token-${count}`);
    await pass(10 * HOUR);
    expect(source.peek()).toBeDefined();
    expect(
      told('refreshed')
        .slice(1)
        .every(({ reason }) => reason === 'early'),
    ).toBe(true);
    expect(endpoint.calls.length).toBe(12);
    source.close();
  });

  test('goes on after a failure, as the back-off allows, and after rejected credentials', async () => {
    const { source, endpoint, pass } = await warmBench({ keepWarm: true, maxAttempts: 1 });
    let status = 500;
    endpoint.onCall = (call) => (status === 200 ? call.issue('token-2') : call.answer(status));
    await pass(EARLY + MINUTE);
    expect(endpoint.calls.length).toBe(6);
    status = 401;
    await pass(20 * MINUTE);
    status = 200;
    await pass(10 * MINUTE);
    expect(source.peek()?.value).toBe('token-2');
    source.close();
  });

  test('goes on after the endpoint returned the current token again', async () => {
    // The timer used to be dropped for good when there was nothing to renew at the moment it fired.
    const { source, endpoint, pass } = await warmBench({ keepWarm: true });
    endpoint.onCall = (call, count) =>
      count === 2 ? call.issue('token-1', { expires_in: 360 }) : call.issue(`token-${count}`);
    await pass(EARLY + 2 * MINUTE);
    expect(source.peek()?.value).toBe('token-3');
    source.close();
  });

  test('goes on if its timer fires too early, as one of many days does', async () => {
    const clock = createFakeClock();
    const { source, endpoint } = bench({
      keepWarm: true,
      clock: { ...clock, schedule: (call, ms) => clock.schedule(call, Math.min(ms, 10 * MINUTE)) },
    });
    endpoint.onCall = (call, count) => call.issue(`token-${count}`);
    await source.getToken();
    await clock.advanceAsync(EARLY - 1);
    expect(endpoint.calls).toHaveLength(1);
    await clock.advanceAsync(1);
    expect(source.peek()?.value).toBe('token-2');
    source.close();
  });

  test('waits for a spent budget of token calls', async () => {
    const { source, endpoint, pass, clock } = await warmBench({
      keepWarm: true,
      provider: { tokenBudget: { calls: 1, windowMs: 59 * MINUTE } },
    });
    endpoint.onCall = (call, count) => call.issue(`token-${count}`);
    const schedule = jest.spyOn(clock, 'schedule');
    await pass(59 * MINUTE + 2 * SECOND);
    expect(source.peek()?.value).toBe('token-2');
    expect(schedule.mock.calls.length).toBeLessThan(10); // It does not ask each second whether it may.
    source.close();
  });

  test('rests for a second after each refresh, even if tokens live for a millisecond', async () => {
    const { source, endpoint, pass } = bench({ keepWarm: true });
    endpoint.onCall = (call, count) => call.issue(`token-${count}`, { expires_in: 0.001 });
    await source.getToken();
    await pass(10 * SECOND);
    expect(endpoint.calls).toHaveLength(11);
    source.close();
  });

  test('stops at clear(), until somebody asks again', async () => {
    const { source, endpoint, clock, pass } = await warmBench({ keepWarm: true });
    source.clear();
    expect(clock.pendingTimers).toBe(0);
    await pass(2 * HOUR);
    expect(endpoint.calls).toHaveLength(1);
  });

  test('ends with a source that was dropped without close(), such as one per request', async () => {
    const serveRequest = async () => {
      const { source, clock, endpoint } = await warmBench({ keepWarm: true });
      return { dropped: new WeakRef(source), clock, endpoint };
    };
    const { dropped, clock, endpoint } = await serveRequest();
    expect(await isInMemory(dropped)).toBe(false);
    await clock.advanceAsync(10 * HOUR);
    expect(endpoint.calls).toHaveLength(1);
    expect(clock.pendingTimers).toBe(0);
  });

  test('goes on for a source of which only an axios instance is left', async () => {
    const clock = createFakeClock();
    const { provider, tokenEndpoint, ...server } = createMemoryServer();
    const options = { keepWarm: true, clock, transport: { adapter: tokenEndpoint } };
    const http = createProviderClient(provider, { adapter: server.api }, options);
    await http.get('/a');
    await isInMemory(new WeakRef({}));
    await clock.advanceAsync(10 * HOUR);
    expect(bearerOf(http)?.source.peek()).toBeDefined();
    bearerOf(http)?.source.close();
  });

  test('joins a refresh that somebody else has started', async () => {
    const { source, endpoint, pass, told } = await warmBench({ keepWarm: true });
    await pass(EARLY - 1);
    source.reject('token-1');
    const replay = source.getToken({ not: 'token-1' });
    await pass(2);
    expect(endpoint.calls).toHaveLength(2);
    expect(told('joined')).toHaveLength(0);
    endpoint.lastCall.issue('token-2');
    expect(await outcome(replay)).toBe('token-2');
    source.close();
  });
});

describe('behaviour 45: the channels of node:diagnostics_channel', () => {
  const heard: [unknown, unknown][] = [];
  const listener = (message: unknown, name: unknown) => void heard.push([name, message]);

  afterEach(() => {
    for (const name of ['refreshed', 'coolDownStarted', 'joined']) {
      unsubscribe(`axios-bearer:${name}`, listener);
    }
    heard.length = 0;
  });

  test('carry the same events, of every source', async () => {
    subscribe('axios-bearer:refreshed', listener);
    subscribe('axios-bearer:coolDownStarted', listener);
    const one = bench();
    one.endpoint.onCall = (call) => call.issue('token-1');
    await one.source.getToken();
    const other = bench({ provider: { name: 'other' } });
    other.endpoint.onCall = (call) => call.answer(400);
    await ended(other.source.getToken());
    expect(heard).toMatchObject([
      ['axios-bearer:refreshed', { provider: 'acme', reason: 'cold' }],
      ['axios-bearer:coolDownStarted', { provider: 'other', cause: 'transient' }],
    ]);
    const [toldByTheSource] = one.told('refreshed');
    expect({ name: 'refreshed', ...(heard[0]![1] as object) }).toEqual(toldByTheSource);
  });

  test('publish nothing without a listener', async () => {
    expect(channel('axios-bearer:joined').hasSubscribers).toBe(false);
    const { source, endpoint } = bench();
    endpoint.onCall = (call) => call.issue('token-1');
    await Promise.all([source.getToken(), source.getToken()]);
    expect(heard).toEqual([]);
  });
});

describe('where there is no Node, as in a browser', () => {
  const { process } = globalThis;
  afterEach(() => {
    globalThis.process = process;
  });

  test('the source works without diagnostics channels and without detached sockets', async () => {
    jest.resetModules();
    const fresh = (await import('../../src/axios/create-token-source.js')) as {
      createTokenSource: typeof createTokenSource;
    };
    const { endpoint, clock } = bench();
    const { detachedTransport } = await import('../../src/axios/detached-transport.js');
    endpoint.onCall = (call) => call.issue('token-1');
    const { defineProvider } = await import('../../src/provider-definition/define-provider.js');
    const provider = defineProvider({
      name: 'acme',
      baseURL: 'https://api.acme.test',
      credentials: { key: 'acme-key' },
      credentialFields: { key: { secret: true } },
      tokenRequest: ({ key }) => ({ url: '/token', body: { json: { key } } }),
      parseToken: ({ body }) => ({ accessToken: (body as { access_token: string }).access_token }),
    });
    Reflect.deleteProperty(globalThis, 'process');
    const source = fresh.createTokenSource(provider, {
      clock,
      transport: { adapter: endpoint.adapter },
    });
    const { value } = await source.getToken();
    const transport = detachedTransport();
    globalThis.process = process;
    expect(value).toBe('token-1');
    expect(transport).toBeUndefined();
  });
});

test('a source starts no timer and opens no connection until it is asked', () => {
  const { clock, endpoint } = bench({ keepWarm: true });
  createTokenSource(acme());
  expect(clock.pendingTimers).toBe(0);
  expect(endpoint.calls).toHaveLength(0);
});

test('a token call over plain http is reported with port 80', async () => {
  const { source, endpoint, told } = bench({
    provider: {
      baseURL: 'http://127.0.0.1',
      tokenRequest: () => ({ url: '/token', body: { json: {} } }),
    },
  });
  endpoint.onCall = (call) => call.issue('token-1');
  await source.getToken();
  expect(told('tokenCalled')).toMatchObject([{ serverPort: 80, serverAddress: '127.0.0.1' }]);
});
