import { describe, expect, it } from '@jest/globals';

import { accessTokenProblem, unusableTokenType } from '../../src/token-call/access-token-checks.js';

describe('the access token of an answer', () => {
  it.each([
    [undefined, 'has no access token'],
    [null, 'has no access token'],
    ['', 'has no access token'],
    [42, 'has an access token that is not a string'],
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
  it.each(['DPoP', 'MAC', ' pop '])('that has a scheme of its own: %j', (type) => {
    expect(unusableTokenType(type, 'Bearer fake')).toBe(type.trim());
    expect(unusableTokenType(type, 'fake')).toBe(type.trim());
  });

  it.each(['DPoP', ' dpop '])('that the definition has as its scheme: %j', (type) => {
    expect(unusableTokenType(type, 'DPoP fake')).toBeUndefined();
    expect(unusableTokenType(type, 'DPoPed fake')).toBe(type.trim());
  });

  it.each(['Bearer', 'Application Access Token', '', 7, undefined])(
    'for which Bearer does: %j',
    (type) => {
      expect(unusableTokenType(type, 'Bearer fake')).toBeUndefined();
    },
  );
});
