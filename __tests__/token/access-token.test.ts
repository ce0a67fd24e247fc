import { inspect } from 'node:util';

import { describe, expect, it } from '@jest/globals';

import { AccessToken, isSendableToken } from '../../src/token/access-token.js';

const SECRET = 'fake-token-value';
const token = new AccessToken({ value: SECRET, expiresAt: 1_900_000_000_000, scope: 'read' });

describe('an access token', () => {
  it('gives its value and the header value to whoever asks by name', () => {
    expect(token.value).toBe(SECRET);
    expect(token.authorization).toBe(`Bearer ${SECRET}`);
    expect(token.expiresAt).toBe(1_900_000_000_000);
    expect(token.scope).toBe('read');
  });

  it('knows neither expiry nor scope unless told', () => {
    const bare = new AccessToken({ value: SECRET });

    expect([bare.expiresAt, bare.scope]).toEqual([undefined, undefined]);
  });

  it('cannot be changed', () => {
    expect(Object.isFrozen(token)).toBe(true);
  });

  it.each<[string, (shown: AccessToken) => string]>([
    ['logged', (shown) => inspect(shown, { showHidden: true, depth: 5 })],
    ['serialised', (shown) => JSON.stringify({ shown })],
    ['joined to a text', (shown) => String(shown)],
    ['listed by its fields', (shown) => JSON.stringify(Object.entries(shown))],
    ['cloned', (shown) => inspect(structuredClone(shown))],
  ])('behaviour 45: does not show itself when %s', (_, show) => {
    expect(show(token)).not.toContain(SECRET);
  });

  it('still says what it is when serialised, logged or joined to a text', () => {
    const shown = { type: 'access token', expiresAt: 1_900_000_000_000, scope: 'read' };

    expect(token.toJSON()).toEqual(shown);
    expect(inspect(token)).toBe(inspect(shown));
    expect(String(token)).toBe('[access token]');
  });
});

describe('a token that may stand in a header', () => {
  it.each(['a', 'eyJh.eyJp.c2ln', 'a+b/c==', '~!@#$%^&*()', 'x'.repeat(10_000)])(
    'is visible ASCII: %j',
    (value) => {
      expect(isSendableToken(value)).toBe(true);
    },
  );

  it.each(['', 'a b', 'a\tb', 'a\r\nX-Injected: 1', 'a\n', ' a', 'ä', 'a\u0000', 'a\u007f', '🔑'])(
    'is nothing else: %j',
    (value) => {
      expect(isSendableToken(value)).toBe(false);
    },
  );
});
