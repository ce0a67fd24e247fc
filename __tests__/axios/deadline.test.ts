import { describe, expect, jest, test } from '@jest/globals';
import axios, { AxiosError, AxiosHeaders, type InternalAxiosRequestConfig } from 'axios';

import {
  asAxiosFailure,
  asTimeout,
  isCancelled,
  remainingMs,
  restoreTimeout,
  rewordTimeout,
  timedOut,
  timeoutMsOf,
  withAbortSignal,
} from '../../src/axios/deadline.js';
import type { Sent } from '../../src/axios/exchange.js';
import { TokenWaitTimeoutError } from '../../src/index.js';

const configOf = (fields: object = {}) =>
  ({ headers: new AxiosHeaders(), ...fields }) as InternalAxiosRequestConfig;

describe('the caller’s time-out', () => {
  test.each<[unknown, number]>([
    [5_000, 5_000],
    [0.5, 0.5],
    ['5000', 5_000],
    ['5000ms', 5_000], // axios parses it so.
    ['soon', 0],
    ['', 0],
    [0, 0],
    [-1, 0],
    [Number.NaN, 0],
    [Infinity, 0],
    [undefined, 0],
    [null, 0],
    [{}, 0],
  ])('of %p is %p ms, as axios reads it', (timeout, ms) => {
    expect(timeoutMsOf(timeout)).toBe(ms);
  });

  test.each<[number, number, number | undefined]>([
    [1_000, 400, 600],
    [1_000, 1_000, 0],
    [1_000, 1_500, -500],
    [0, 400, undefined],
  ])('of %i ms leaves, after %i ms, %p', (timeoutMs, passed, left) => {
    expect(remainingMs({ timeoutMs, startedAt: 70 }, 70 + passed)).toBe(left);
  });

  test.each([
    [400.9, 400],
    [0.4, 1],
    [0, 1],
    [-3, 1],
  ])(
    'with %p ms left is sent as %i: a whole number, and never 0, which means no timeout',
    (leftMs, timeout) => {
      expect(asTimeout(leftMs)).toBe(timeout);
    },
  );
});

describe('what comes back has the time-out that the caller wrote', () => {
  const sent = { writtenTimeout: '1000', usedTimeout: 400, timeoutMs: 1_000 } as unknown as Sent;
  const errorOf = (message: string) => {
    const error = new AxiosError(message, 'ECONNABORTED', configOf());
    expect(error.stack).toContain(message); // It is made when it is first read.
    return error;
  };

  test.each([
    [400, '1000'],
    [70, 70], // An interceptor or adapter has changed it since.
    [undefined, undefined],
  ])('in a config that comes with %p: %p', (timeout, restored) => {
    const config = configOf({ timeout });
    restoreTimeout(sent, config);
    expect(config.timeout).toBe(restored);
  });

  test('in the message and the stack of axios’s own error', () => {
    const error = errorOf('timeout of 400ms exceeded');
    rewordTimeout(sent, error);
    expect(error.message).toBe('timeout of 1000ms exceeded');
    expect(error.stack).toContain('timeout of 1000ms exceeded');
    expect(error.stack).not.toContain('400');
  });

  test.each(['too slow', 'timeout of 400ms exceeded, they say', 'timeout of 300ms exceeded'])(
    'but not in words of somebody else’s: %s',
    (message) => {
      const error = errorOf(message);
      rewordTimeout(sent, error);
      expect(error.message).toBe(message);
    },
  );

  test.each([
    undefined,
    null,
    'timeout of 400ms exceeded',
    { message: 'timeout of 400ms exceeded' },
  ])('nor in what is no error: %p', (thrown) => {
    const before = structuredClone(thrown);
    rewordTimeout(sent, thrown);
    expect(thrown).toEqual(before);
  });
});

describe('the error of a time-out', () => {
  test('is axios’s own, and names the time that the caller gave', () => {
    const config = configOf();
    const error = timedOut(config, 250);
    expect(axios.isAxiosError(error)).toBe(true);
    expect(error).toMatchObject({ code: 'ECONNABORTED', message: 'timeout of 250ms exceeded' });
    expect(error.config).toBe(config);
  });

  test('follows the options of the request', () => {
    expect(timedOut(configOf({ timeoutErrorMessage: 'too slow' }), 250).message).toBe('too slow');
    const transitional = { clarifyTimeoutError: true };
    expect(timedOut(configOf({ transitional }), 250).code).toBe('ETIMEDOUT');
    expect(timedOut(configOf({ transitional: {} }), 250).code).toBe('ECONNABORTED');
  });

  test('has a cause that no walk over its fields meets, and that others may replace', () => {
    const cause = new Error('why');
    const error = timedOut(configOf(), 250, cause);
    expect(Object.getOwnPropertyDescriptor(error, 'cause')).toEqual({
      value: cause,
      enumerable: false,
      configurable: true,
      writable: true,
    });
  });
});

describe('a request counts as given up', () => {
  test.each<[string, object, boolean]>([
    ['not, where nothing can end it', {}, false],
    ['not, before anything has', { signal: new AbortController().signal }, false],
    ['by its signal', { signal: AbortSignal.abort() }, true],
    ['by its cancel token', { cancelToken: new axios.CancelToken((cancel) => cancel()) }, true],
    ['not by what axios takes for no cancel token', { cancelToken: false }, false],
    ['not by a cancel token that waits', { cancelToken: new axios.CancelToken(() => 0) }, false],
  ])('%s', (_, fields, expected) => {
    expect(isCancelled(configOf(fields))).toBe(expected);
  });
});

describe('a wait that the caller may abort', () => {
  /** A signal of another make, which tells who listens to it. */
  function foreignSignal(aborted = false) {
    const listeners = new Set<() => void>();
    return {
      aborted,
      listeners,
      addEventListener(type: string, listener: () => void) {
        if (type === 'abort') listeners.add(listener);
      },
      removeEventListener(type: string, listener: () => void) {
        if (type === 'abort') listeners.delete(listener);
      },
    };
  }

  const signalGiven = (fields: object) =>
    withAbortSignal(configOf(fields), (signal) => Promise.resolve(signal));

  test('gets the caller’s own signal where there is nothing else; or none', async () => {
    const { signal } = new AbortController();
    expect(await signalGiven({ signal })).toBe(signal);
    expect(await signalGiven({})).toBeUndefined();
    expect(await signalGiven({ signal: null })).toBeUndefined();
  });

  test('hears a signal of another make, and listens no longer than it takes', async () => {
    const signal = foreignSignal();
    await withAbortSignal(configOf({ signal }), (given) => {
      expect(given!.aborted).toBe(false);
      for (const listener of signal.listeners) listener();
      expect(given!.aborted).toBe(true);
      return Promise.resolve();
    });
    expect(signal.listeners.size).toBe(0);
  });

  test('hears a cancel token beside a signal, and leaves it when it fails', async () => {
    const { token, cancel } = axios.CancelToken.source();
    const unsubscribe = jest.spyOn(token as unknown as { unsubscribe(): void }, 'unsubscribe');
    const { signal } = new AbortController();
    const wait = withAbortSignal(configOf({ cancelToken: token, signal }), async (given) => {
      expect(given!.aborted).toBe(false);
      cancel();
      await token.promise;
      expect(given!.aborted).toBe(true);
      throw new Error('gave up');
    });
    await expect(wait).rejects.toThrow('gave up');
    expect(unsubscribe).toHaveBeenCalledTimes(1);
  });

  test.each<[string, () => object]>([
    ['a signal of another make', () => ({ signal: foreignSignal(true) })],
    ['a cancel token', () => ({ cancelToken: new axios.CancelToken((cancel) => cancel()) })],
    ['a signal that cannot be listened to', () => ({ signal: { aborted: true } })],
  ])('is over at once where that was aborted before: %s', async (_, fields) => {
    expect((await signalGiven(fields()))!.aborted).toBe(true);
  });

  test.each([{ signal: { aborted: false } }, { signal: 'x' }, { cancelToken: {} }])(
    'goes on where it cannot be listened to: %j',
    async (fields) => {
      expect((await signalGiven(fields))!.aborted).toBe(false);
    },
  );
});

describe('a wait that failed', () => {
  const late = new TokenWaitTimeoutError('test', 250);

  test('is a cancellation of axios if the caller gave up, in the caller’s own words', () => {
    const aborted = AbortSignal.abort();
    const config = configOf();
    expect(asAxiosFailure(late, config, 250, aborted)).toMatchObject({
      code: 'ERR_CANCELED',
      config,
    });
    const { token, cancel } = axios.CancelToken.source();
    cancel('not needed any more');
    const failure = asAxiosFailure(late, configOf({ cancelToken: token }), 250, aborted);
    expect(failure).toMatchObject({ message: 'not needed any more' });
  });

  test('is a time-out of axios, caused by ours, if the time was up', () => {
    const failure = asAxiosFailure(late, configOf(), 250, undefined) as AxiosError;
    expect(failure).toMatchObject({ code: 'ECONNABORTED', message: 'timeout of 250ms exceeded' });
    expect(failure.cause).toBe(late);
  });

  test.each([new Error('refused'), 'thrown text', undefined])('else is %p itself', (error) => {
    expect(asAxiosFailure(error, configOf(), 250, new AbortController().signal)).toBe(error);
  });
});
