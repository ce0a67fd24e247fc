import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { accessTokenProblem, unusableTokenType } from '../../src/token-call/access-token-checks.js';
import { readJSON } from '../../src/token-call/read-json.js';
import { propertyRuns } from '../setup/property-runs.js';

describe('reading the body of an answer', () => {
  it.each<[string, string, unknown]>([
    ['the bare 0000 that one provider documents', '{"expires_in": 0000}', { expires_in: 0 }],
    ['with other leading zeros', '{"expires_in":003600}', { expires_in: 3600 }],
    ['with leading zeros in a list', '[007, 08]', [7, 8]],
    ['with leading zeros of a negative number', '{"a": -007}', { a: -7 }],
    ['with leading zeros before a fraction', '{"a": 00.5}', { a: 0.5 }],
    ['with several of them', '{"a":00,\n"b": 000}', { a: 0, b: 0 }],
  ])('forgives %s', (_, text, body) => {
    expect(readJSON(text)).toEqual(body);
  });

  it.each([
    '{"access_token":"id:0012","expires_in":0000}',
    '{"access_token":"[000,0001","expires_in":0000}',
    '{"access_token":"a\\":00123","expires_in":0000}',
    '{"access_token":"a\\\\","note":":007","expires_in":0000}',
  ])('never touches what stands within a string: %s', (text) => {
    const repaired = text.replace('0000}', '0}');

    expect(readJSON(text)).toEqual(JSON.parse(repaired));
  });

  it.each([
    '',
    '   ',
    '<html>Bad gateway</html>',
    '{"a":',
    '{"a": "unterminated 007',
    '{status:"FAILURE"}',
    "{'a': 1}",
    '"'.repeat(3),
    '{"expires_in": 0x10}',
  ])('finds nothing in what is no JSON: %j', (text) => {
    expect(readJSON(text)).toBeUndefined();
  });

  it('is quick with a long answer that only looks like strings', () => {
    const hostile = '\\"'.repeat(200_000);
    const startedAt = performance.now();

    expect(readJSON(hostile)).toBeUndefined();
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  it('reads whatever JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(readJSON(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('reads it also beside a number with leading zeros, without changing it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(readJSON(`{"expires_in": 0000, "other": ${text}}`)).toEqual({
          expires_in: 0,
          other: JSON.parse(text),
        });
      }),
      propertyRuns(500),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => readJSON(text)).not.toThrow();
      }),
    );
  });
});

describe('the access token of an answer', () => {
  it.each([
    [undefined, 'has no access token'],
    [null, 'has no access token'],
    ['', 'has no access token'],
    [42, 'has an access token that is not a string'],
    [{ token: 'x' }, 'has an access token that is not a string'],
    [['x'], 'has an access token that is not a string'],
    ['a b', 'has an access token with characters that are not allowed in a header'],
    ['a\r\nX-Evil: 1', 'has an access token with characters that are not allowed in a header'],
    ['Bearer abc', 'has an access token with the scheme "Bearer" in it'],
    ['bearer abc', 'has an access token with the scheme "Bearer" in it'],
    ['abc\n', 'has an access token with whitespace around it'],
    [' abc', 'has an access token with whitespace around it'],
    ['Bearer', undefined],
    ['tökén', 'has an access token with characters that are not allowed in a header'],
    ['x'.repeat(16_384), undefined],
    ['good-token', undefined],
  ])('%j %s', (accessToken, problem) => {
    expect(accessTokenProblem(accessToken)).toBe(problem);
  });

  it('is refused where it is longer than any header', () => {
    expect(accessTokenProblem('x'.repeat(16_385))).toBe(
      'has an access token that is longer than 16,384 characters, too long for a header',
    );
  });

  it('behaviour 45: is never quoted in the complaint about it', () => {
    expect(accessTokenProblem('secret with spaces')).not.toContain('secret');
  });
});

describe('a token type', () => {
  it.each(['DPoP', 'dpop', 'MAC', 'pop', ' PoP '])('that has a scheme of its own: %j', (type) => {
    expect(unusableTokenType(type, 'Bearer fake')).toBe(type.trim());
    expect(unusableTokenType(type, 'fake')).toBe(type.trim());
  });

  it.each(['DPoP', 'dpop', ' DPoP '])('that the definition has as its scheme: %j', (type) => {
    expect(unusableTokenType(type, 'DPoP fake')).toBeUndefined();
    expect(unusableTokenType(type, 'DPoPed fake')).toBe(type.trim());
  });

  it.each([
    'Bearer',
    'bearer',
    'Application Access Token',
    'N_A',
    'BearerToken',
    '',
    null,
    7,
    undefined,
  ])('for which Bearer does: %j', (type) => {
    expect(unusableTokenType(type, 'Bearer fake')).toBeUndefined();
  });
});
