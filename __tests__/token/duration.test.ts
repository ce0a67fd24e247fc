import { expect, test } from '@jest/globals';

import { inWords } from '../../src/token/duration.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test.each([
  [0, 'a moment'],
  [2 * SECOND - 1, 'a moment'],
  [2 * SECOND, '2 seconds'],
  [2 * MINUTE - 1, '119 seconds'],
  [2 * MINUTE, '2 minutes'],
  [2 * HOUR - 1, '119 minutes'],
  [2 * HOUR, '2 hours'],
  [2 * DAY - 1, '47 hours'],
  [3.9 * DAY, '3 days'],
])('%d ms are about %s', (ms, words) => {
  expect(inWords(ms)).toBe(words);
});
