import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { basicAuthorization } from '../../src/platform/basic-authorization.js';

/** What a server reads out of the header. */
const decoded = (header: string) =>
  Buffer.from(header.replace(/^Basic /, ''), 'base64').toString('utf8');

describe('HTTP Basic', () => {
  it('is the example of RFC 7617', () => {
    expect(basicAuthorization('Aladdin', 'open sesame')).toBe('Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==');
  });

  it('carries text beyond ASCII as UTF-8', () => {
    expect(basicAuthorization('test', '123\u00a3')).toBe('Basic dGVzdDoxMjPCow==');
  });

  it('joins any two strings as they are, without any encoding of its own, long ones too', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: 'grapheme' }),
        (user, password) => {
          expect(decoded(basicAuthorization(user, password))).toBe(`${user}:${password}`);
        },
      ),
    );
    expect(decoded(basicAuthorization('u', 'p'.repeat(10_000)))).toHaveLength(10_002);
  });
});
