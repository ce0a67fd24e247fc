import { describe, expect, test } from '@jest/globals';

import { inWords } from '../../src/cli/duration.js';
import { masked } from '../../src/cli/masked-token.js';

describe('a duration in words', () => {
  test.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1_000, '1 s'],
    [61_000, '1 min 1 s'],
    [3_600_000, '1 h'],
    [86_399_600, '24 h'],
    [86_399_400, '23 h 59 min'],
    [3 * 86_400_000 + 3_600_000, '3 d 1 h'],
  ])('%i ms are %s', (ms, words) => {
    expect(inWords(ms)).toBe(words);
  });
});

describe('a masked token', () => {
  test('shows four characters of each end', () => {
    expect(masked(`abcd${'x'.repeat(40)}wxyz`)).toBe('abcd…wxyz');
  });

  test('shows nothing of a token that is short', () => {
    expect(masked('a-token-of-thirty-one-characters'.slice(0, 31))).toBe('********');
  });
});
