import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { REDACTED, withoutSecrets } from '../../src/token/redaction.js';

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('behaviour 45: a text of the server', () => {
  it('keeps everything that is no secret', () => {
    expect(withoutSecrets('AADSTS7000215: Invalid client secret.', ['s3cret'])).toBe(
      'AADSTS7000215: Invalid client secret.',
    );
  });

  it('loses every occurrence of every secret', () => {
    expect(withoutSecrets('id-1 and s3cret, s3cret', ['s3cret', 'id-1'])).toBe(
      `${REDACTED} and ${REDACTED}, ${REDACTED}`,
    );
  });

  it.each<[string, string]>([
    ['a URL', encodeURIComponent('a+b/ c"é')],
    ['a form', new URLSearchParams({ x: 'a+b/ c"é' }).toString().slice(2)],
    ['JSON', JSON.stringify('a+b/ c"é').slice(1, -1)],
  ])('loses a secret as it is spelled in %s', (_, spelled) => {
    expect(withoutSecrets(`got "${spelled}".`, ['a+b/ c"é'])).toBe(`got "${REDACTED}".`);
  });

  it('loses the credentials of HTTP Basic, which are a secret in Base64', () => {
    const header = `Basic ${base64('my-id:my-very-secret')}`;

    expect(withoutSecrets(`bad header: ${header}`, ['my-very-secret'])).toBe(
      `bad header: Basic ${REDACTED}`,
    );
    expect(withoutSecrets(header, ['my-id', 'my-very-secret'])).toBe(`Basic ${REDACTED}`);
  });

  it('loses form-encoded credentials in Base64, and those in its URL alphabet', () => {
    const secret = 'ü/?+~secret';
    const encoded = encodeURIComponent(secret);

    expect(withoutSecrets(base64(`id:${encoded}`), [secret])).toBe(REDACTED);
    for (const hidden of [secret, '???secret', '>>>secret']) {
      const word = Buffer.from(`id:${hidden}`).toString('base64url');
      expect(withoutSecrets(word, [hidden])).toBe(REDACTED);
    }
  });

  it('loses a longer secret whole where a shorter one is its beginning', () => {
    expect(withoutSecrets('the key abcdefgh', ['abcd', 'abcdefgh'])).toBe(`the key ${REDACTED}`);
  });

  it('is left alone by secrets so short that they would be found everywhere', () => {
    expect(withoutSecrets('a cab is a cab', ['a', 'cab'])).toBe('a cab is a cab');
  });

  it('never contains a secret afterwards', () => {
    const secrets = fc.array(fc.string({ minLength: 4, maxLength: 12 }), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(secrets, fc.string(), fc.string(), (all, before, after) => {
        fc.pre(
          !all.some(
            (secret) => REDACTED.includes(secret) || secret.includes('[') || secret.includes(']'),
          ),
        );
        const clean = withoutSecrets(`${before}${all.join(after)}${after}`, all);
        for (const secret of all) expect(clean).not.toContain(secret);
      }),
    );
  });
});
