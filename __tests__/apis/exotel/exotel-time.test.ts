import { expect, it } from '@jest/globals';
import {
  formatZonelessTime,
  indianDay,
  parseExotelTime,
} from '../../../src/apis/exotel/exotel-time.js';

it.each([
  ['v2, Z', '2030-01-02T03:04:05.000Z'],
  ['v2, without milliseconds', '2030-01-02T03:04:05Z'],
  ['contact centre, offset', '2030-01-02T08:34:05+05:30'],
  ['v3, a space', '2030-01-02 08:34:05+05:30'],
  ['an offset without colon', '2030-01-02T08:34:05+0530'],
  ['v1, no zone, read in the given offset', '2030-01-02 08:34:05'],
])('reads %s', (_form, text) => {
  expect(parseExotelTime(text, '+05:30')).toEqual(new Date('2030-01-02T03:04:05Z'));
});

it('reads a time without zone in the offset that the caller chose', () => {
  expect(parseExotelTime('2030-01-02 03:04:05', '+00:00')).toEqual(
    new Date('2030-01-02T03:04:05Z'),
  );
});

it.each([
  '1970-01-01 05:30:00+05:30',
  '1970-01-01T00:00:00.000Z',
  '1970-01-01 05:30:00',
  '0000-00-00 00:00:00',
  '2030-13-41 00:00:00',
  'yesterday',
  null,
  1893553445,
])('reads %j as no time at all', (value) => {
  expect(parseExotelTime(value, '+05:30')).toBeUndefined();
});

it.each([
  ['+05:30', '2030-01-02 08:34:05'],
  ['+00:00', '2030-01-02 03:04:05'],
  ['-03:30', '2030-01-01 23:34:05'],
])('writes a time at %s', (offset, text) => {
  expect(formatZonelessTime(new Date('2030-01-02T03:04:05.999Z'), offset)).toBe(text);
});

it.each([
  ['late in the evening there', 1, '2026-11-28T18:29:59Z', '2026-11-26T18:30:00Z'],
  ['just after midnight there', 1, '2026-11-28T18:30:00Z', '2026-11-27T18:30:00Z'],
  ['today', 0, '2026-11-28T12:00:00Z', '2026-11-27T18:30:00Z'],
])('finds a day in India: %s', (_when, daysAgo, now, from) => {
  const day = indianDay(daysAgo, new Date(now));
  expect(day.from).toEqual(new Date(from));
  expect(day.to.getTime() - day.from.getTime()).toBe(86_399_000);
});
