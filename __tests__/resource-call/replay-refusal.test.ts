import { describe, expect, test } from '@jest/globals';
import { AxiosError, type InternalAxiosRequestConfig } from 'axios';

import { noteRefusal, whyNotReplayed } from '../../src/resource-call/replay-refusal.js';

const config = () => ({ url: '/a' }) as InternalAxiosRequestConfig;

describe('why a 401 was not replayed', () => {
  test('is known for the error or response that the caller got', () => {
    for (const outcome of [
      new AxiosError('401'),
      { status: 401 },
      Object.freeze(new Error('401')),
    ]) {
      noteRefusal('body-consumed', outcome, config());
      expect(whyNotReplayed(outcome)).toBe('body-consumed');
    }
  });

  test('is known for a new error with the same config', () => {
    const sent = config();
    noteRefusal('opted-out', new AxiosError('401', undefined, sent), sent);
    expect(whyNotReplayed(new AxiosError('wrapped', undefined, sent))).toBe('opted-out');
  });

  test('is found by the config alone if the adapter threw no object', () => {
    const sent = config();
    noteRefusal('no-other-token', 'thrown text', sent);
    expect(whyNotReplayed({ config: sent })).toBe('no-other-token');
  });

  test('is the latest reason', () => {
    const error = new AxiosError('401');
    noteRefusal('opted-out', error);
    noteRefusal('already-replayed', error);
    expect(whyNotReplayed(error)).toBe('already-replayed');
  });

  test.each([
    undefined,
    null,
    'text',
    7,
    {},
    { config: undefined },
    { config: null },
    { config: 1 },
    new Error('other'),
  ])('is undefined for anything else: %p', (value) => {
    expect(whyNotReplayed(value)).toBeUndefined();
  });
});
