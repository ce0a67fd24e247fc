import { describe, expect, test } from '@jest/globals';

import { inWords } from '../../src/cli/duration.js';
import { masked } from '../../src/cli/masked-token.js';
import { wrapped } from '../../src/cli/terminal.js';

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
  test('shows nothing of a token that is short', () => {
    expect(masked('a-token-of-thirty-one-characters'.slice(0, 31))).toBe('********');
  });
});

describe('text that is wider than the terminal', () => {
  test.each([
    ['one two three four', 'one two\nthree\nfour'],
    ['  one two three', '  one two\n  three'],
    ['a  one two three', 'a  one two\n   three'],
    ['  $ run one two', '  $ run \\\n      one \\\n      two'],
    ['averylongword here', 'averylongword\nhere'],
  ])('%j is broken at words, under its column', (text, broken) => {
    expect(wrapped(text, text.startsWith('a  ') || text.startsWith('  one') ? 11 : 9)).toBe(broken);
  });
});
