import { describe, expect, it } from '@jest/globals';

import { formEncode, utf8Bytes } from '../../src/platform/utf8.js';

describe('the form encoding of a value (RFC 6749, appendix B)', () => {
  it.each([
    ['plain-text_1.0*', 'plain-text_1.0*'],
    ['a b+c', 'a+b%2Bc'],
    ['p&q=r%', 'p%26q%3Dr%25'],
    ['Ż', '%C5%BB'],
    ['', ''],
  ])('of %j is %j', (text, encoded) => {
    expect(formEncode(text)).toBe(encoded);
  });
});

describe('the UTF-8 bytes of a text', () => {
  it.each(['', 'ASCII', 'a b+c%41', 'Żółw', '漢字', '😀 é'])(
    'of %j, a character each, are those that Node finds',
    (text) => {
      expect(utf8Bytes(text)).toBe(Buffer.from(text, 'utf8').toString('latin1'));
    },
  );
});
