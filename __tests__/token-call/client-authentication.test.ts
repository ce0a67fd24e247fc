import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { clientSecretBasic } from '../../src/token-call/client-authentication.js';

/** What a server reads out of a Basic header, before it undoes the form encoding. */
const decoded = (header: string) =>
  Buffer.from(header.replace(/^Basic /, ''), 'base64').toString('utf8');

/** The `application/x-www-form-urlencoded` decoding of RFC 6749, appendix B. */
const formDecoded = (value: string) => decodeURIComponent(value.replaceAll('+', ' '));

describe('client_secret_basic', () => {
  it('is the example of RFC 6749, section 2.3.1', () => {
    expect(clientSecretBasic('s6BhdRkqt3', '7Fjfp0ZBr1KtDRbnfVdmIw')).toBe(
      'Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3',
    );
  });

  it.each([
    [':', '%3A'],
    ['~', '%7E'],
    // The encoding example of RFC 6749, appendix B.
    [' %&+£€', '+%25%26%2B%C2%A3%E2%82%AC'],
    ['-._*', '-._*'],
  ])('form-encodes %j to %j in both parts before they are joined', (plain, encoded) => {
    expect(decoded(clientSecretBasic(`id${plain}`, `secret${plain}`))).toBe(
      `id${encoded}:secret${encoded}`,
    );
  });

  it('keeps the two parts apart, whatever they hold', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(text, text, (id, secret) => {
        const [first, second, ...rest] = decoded(clientSecretBasic(id, secret)).split(':');
        expect(rest).toEqual([]);
        expect(formDecoded(first!)).toBe(id);
        expect(formDecoded(second!)).toBe(secret);
      }),
    );
  });
});
