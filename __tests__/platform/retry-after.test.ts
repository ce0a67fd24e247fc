import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { retryAfterMs } from '../../src/platform/retry-after.js';

const NOW = Date.UTC(2030, 0, 6, 8, 49, 37);

describe('behaviour 37: Retry-After', () => {
  it.each([
    ['0', 0],
    ['2', 2_000],
    [' 120 ', 120_000],
    ['0005', 5_000],
    [5, 5_000],
    ['30.5', 30_500],
    ['1.0001', 1_001],
  ])('in seconds is kept: %j', (header, ms) => {
    expect(retryAfterMs(header, NOW)).toBe(ms);
  });

  it.each([
    ['IMF-fixdate', 'Sun, 06 Jan 2030 08:49:39 GMT'],
    ['RFC 850', 'Sunday, 06-Jan-30 08:49:39 GMT'],
    ['asctime, which means GMT wherever this host stands', 'Sun Jan  6 08:49:39 2030'],
  ])('as a date is read against the server’s clock: %s', (_, header) => {
    expect(retryAfterMs(header, NOW)).toBe(2_000);
  });

  it('in the past asks for no delay, never for a negative one', () => {
    expect(retryAfterMs('Sun, 06 Jan 2030 08:00:00 GMT', NOW)).toBe(0);
  });

  it.each([
    undefined,
    '',
    '-5',
    '1.',
    '1.5.2',
    '1e3',
    ['2'],
    Number.NaN,
    'Never, ever',
    '2030-01-06T08:49:39Z',
    'Sun, not a date',
    'from Sun, 06 Jan 2030 08:49:39 GMT',
    'Sun, 99 Foo 2030 08:49:39 GMT',
    '5; url=x',
  ])('that is absent or unreadable says nothing: %j', (header) => {
    expect(retryAfterMs(header, NOW)).toBeUndefined();
  });

  it('gives back any number of seconds, in either form', () => {
    fc.assert(
      fc.property(fc.nat(100_000), (seconds) => {
        const date = new Date(NOW + seconds * 1_000).toUTCString();
        expect(retryAfterMs(String(seconds), NOW)).toBe(seconds * 1_000);
        expect(retryAfterMs(date, NOW)).toBe(seconds * 1_000);
      }),
    );
  });
});
