import { describe, expect, jest, test } from '@jest/globals';
import axios, { AxiosHeaders, type InternalAxiosRequestConfig } from 'axios';

import {
  remainingMs,
  restoreTimeout,
  shortenTimeout,
  timedOut,
  withAbortSignal,
} from '../../src/axios/deadline.js';
import { RequestState } from '../../src/axios/request-state.js';
import { AccessToken } from '../../src/token/access-token.js';

const configOf = (
  fields: Partial<InternalAxiosRequestConfig> = {},
): InternalAxiosRequestConfig => ({
  headers: new AxiosHeaders(),
  ...fields,
});

const token = new AccessToken({ value: 'fake-token', expiresAt: undefined, scope: undefined });
const stateOf = (timeoutMs: number, startedAt = 0) =>
  new RequestState(token, undefined, undefined, startedAt, timeoutMs);

describe('what is left of the caller’s time', () => {
  test.each([
    [1_000, 400, 600],
    [1_000, 1_000, 0],
    [1_000, 1_500, -500],
  ])('of %i ms after %i is %i', (timeoutMs, passed, left) => {
    expect(remainingMs(stateOf(timeoutMs, 70), 70 + passed)).toBe(left);
  });

  test.each([0, -1, Number.NaN])('is unlimited without a time-out: %p', (timeoutMs) => {
    expect(remainingMs(stateOf(timeoutMs), 5)).toBeUndefined();
  });
});

describe('the error of a time-out', () => {
  test('is axios’s own, and names the time that the caller gave', () => {
    const config = configOf();
    const error = timedOut(config, 250, new Error('why'));
    expect(axios.isAxiosError(error)).toBe(true);
    expect(error).toMatchObject({ code: 'ECONNABORTED', message: 'timeout of 250ms exceeded' });
    expect(error.config).toBe(config);
  });

  test('follows the options of the request, and does without any', () => {
    const own = configOf({ timeoutErrorMessage: 'too slow' });
    expect(timedOut(own, 250).message).toBe('too slow');
    const transitional = { clarifyTimeoutError: true };
    expect(timedOut(configOf({ transitional }), 250).code).toBe('ETIMEDOUT');
    expect(timedOut(configOf({ transitional: {} }), 250).code).toBe('ECONNABORTED');
  });

  test('has a cause that does not show in a walk over its fields, and that others may replace', () => {
    const error = timedOut(configOf(), 250, new Error('why'));
    expect(Object.getOwnPropertyDescriptor(error, 'cause')).toEqual({
      value: new Error('why'),
      enumerable: false,
      configurable: true,
      writable: true,
    });
  });
});

describe('what the caller may abort', () => {
  /** A signal of another make, which tells who listens to what. */
  function foreignSignal(aborted = false) {
    const signal = {
      listeners: [] as [string, () => void][],
      aborted,
      addEventListener: (type: string, listener: () => void) =>
        signal.listeners.push([type, listener]),
      removeEventListener: (type: string, listener: () => void) => {
        signal.listeners = signal.listeners.filter(
          ([one, other]) => one !== type || other !== listener,
        );
      },
    };
    return signal;
  }

  const signalGiven = async (fields: object) => {
    let given: AbortSignal | undefined;
    await withAbortSignal(configOf(fields), (signal) => {
      given = signal;
      return Promise.resolve();
    });
    return given;
  };

  test('gets the caller’s own signal where there is nothing else, or none', async () => {
    const { signal } = new AbortController();
    expect(await signalGiven({ signal })).toBe(signal);
    expect(await signalGiven({})).toBeUndefined();
  });

  test('is listened for no longer than it takes, on a signal of another make', async () => {
    const signal = foreignSignal();
    const during = await withAbortSignal(configOf({ signal }), (given) => {
      const [listened] = [...signal.listeners];
      expect(given!.aborted).toBe(false);
      listened![1]();
      expect(given!.aborted).toBe(true);
      return Promise.resolve(listened![0]);
    });
    expect(during).toBe('abort');
    expect(signal.listeners).toEqual([]);
  });

  test('is over at once on one that is aborted already, and one that cannot be listened to is no hindrance', async () => {
    expect((await signalGiven({ signal: foreignSignal(true) }))!.aborted).toBe(true);
    expect((await signalGiven({ signal: { aborted: false } }))!.aborted).toBe(false);
  });

  test('ends with a cancel token, which nobody listens to afterwards', async () => {
    const { token, cancel } = axios.CancelToken.source();
    const unsubscribe = jest.spyOn(token as unknown as { unsubscribe(): void }, 'unsubscribe');
    await withAbortSignal(configOf({ cancelToken: token }), async (given) => {
      expect(given!.aborted).toBe(false);
      cancel();
      await token.promise;
      expect(given!.aborted).toBe(true);
    });
    expect(unsubscribe).toHaveBeenCalledTimes(1);
  });
});

describe('the time-out of the config', () => {
  test('is cut to what is left, at least a millisecond, and told as it was', () => {
    const config = configOf({ timeout: 1_000 });
    shortenTimeout(config, 400.9);
    expect(config).toMatchObject({
      timeout: 400,
      timeoutErrorMessage: 'timeout of 1000ms exceeded',
    });
    shortenTimeout(config, -3);
    expect(config.timeout).toBe(1);
    restoreTimeout(config, stateOf(1_000));
    expect(config.timeout).toBe(1_000);
    expect(config).not.toHaveProperty('timeoutErrorMessage');
  });

  test('stays as it is where there is none', () => {
    const config = configOf({ timeoutErrorMessage: 'timeout of 0ms exceeded' });
    const before = { ...config };
    shortenTimeout(config, undefined);
    restoreTimeout(config, stateOf(0));
    expect(config).toEqual(before);
    expect(config).not.toHaveProperty('timeout');
  });

  test('keeps a message of the caller’s', () => {
    const config = configOf({ timeout: 1_000, timeoutErrorMessage: 'too slow' });
    shortenTimeout(config, 400);
    restoreTimeout(config, stateOf(1_000));
    expect(config).toMatchObject({ timeout: 1_000, timeoutErrorMessage: 'too slow' });
  });
});
