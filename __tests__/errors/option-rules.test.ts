import { describe, expect, it, test } from '@jest/globals';
import { isDeepStrictEqual } from 'node:util';

import {
  aFunction,
  atLeast,
  flag,
  having,
  listOf,
  oneOf,
  record,
  refused,
  required,
  seconds,
  text,
  textOr,
  wholeNumber,
  type Rule,
} from '../../src/errors/option-rules.js';

const problemOf = (rule: Rule, value: unknown) => rule(value, {})?.problem;

/** What people write in JavaScript, from the environment, and in files. */
const VALUES = [
  null,
  '',
  ' x ',
  'true',
  '30',
  0,
  -1,
  1.5,
  NaN,
  Infinity,
  true,
  {},
  [],
  ['x'],
  () => 1,
];

describe.each<[string, Rule, readonly unknown[]]>([
  ['true or false', flag, [true]],
  ['a function', aFunction, [VALUES.at(-1)]],
  ['a text', text, ['true', '30']],
  ['an object', record, [{}]],
  ['a number of at least 1', atLeast(1), [1.5]],
  ['a whole number of at least 0', wholeNumber(0), [0]],
  ['seconds', seconds, [1.5]],
  ['one of a few words', oneOf(['true', 'false']), ['true']],
  ['a list of texts', listOf(text), [[], ['x']]],
])('an option that is %s', (_, rule, right) => {
  it.each(right.map((value) => [value]))('may be %p', (value) => {
    expect(rule(value, {})).toBeUndefined();
  });

  const wrong = VALUES.filter((value) => !right.some((one) => isDeepStrictEqual(one, value)));
  it.each(wrong.map((value) => [value]))('may not be %p, and the remedy is named', (value) => {
    expect(rule(value, {})).toEqual({
      problem: expect.stringMatching(/^(".*" is|is|must|starts) /),
      remedy: expect.stringMatching(/^[A-Z].*\.$/),
    });
  });

  it('has a default, unless it is required', () => {
    expect(rule(undefined, {})).toBeUndefined();
    expect(problemOf(required(rule), undefined)).toBe('is missing');
    expect(problemOf(required(rule), null)).toBe('is missing');
    expect(required(rule)(right[0], {})).toBeUndefined();
  });
});

describe('a text', () => {
  it.each([
    [5, 'is not a string'],
    [' \t\n', 'is empty'],
    ['key\n', 'ends with a line break'],
    ['key ', 'ends with whitespace'],
    ['\ufeffkey', 'starts with whitespace'],
    ['-----BEGIN\nfake\nEND-----\n', undefined],
  ])('%j %s', (value, problem) => {
    expect(problemOf(text, value)).toBe(problem);
  });

  it('can say where it comes from', () => {
    expect(textOr('Ask support.')('', {})?.remedy).toBe('Ask support.');
    expect(required(textOr('Ask support.'))(undefined, {})?.remedy).toBe('Ask support.');
  });
});

test('a list is refused for each of its items, those that are undefined too', () => {
  expect(problemOf(listOf(text), ['a', 7])).toBe('is not a string');
  expect(problemOf(listOf(text), ['a', undefined])).toBe('is missing');
});

test('an object is refused for each function that it lacks', () => {
  const clock = having('now', 'schedule');
  expect(clock({ now: () => 0, schedule: () => 0 }, {})).toBeUndefined();
  expect(problemOf(clock, { now: () => 0 })).toBe('must have now(), schedule()');
  expect(problemOf(clock, null)).toBe('must have now(), schedule()');
});

test('a promise is called one', () => {
  expect(problemOf(record, Promise.resolve({}))).toBe('is a promise that was not awaited');
});

test('what has no effect is refused whatever its value, and may be undefined', () => {
  const { fetch } = refused(['fetch'], 'has no effect', 'Leave it out.');
  expect(fetch?.(globalThis.fetch, {})).toEqual({
    problem: 'has no effect',
    remedy: 'Leave it out.',
  });
  expect(fetch?.(undefined, {})).toBeUndefined();
});
