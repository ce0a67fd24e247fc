import { describe, expect, it } from '@jest/globals';

import { adviceOnRefusal } from '../../src/token-call/refusal-advice.js';
import { classifyTokenFailure } from '../../src/token-call/token-failure.js';
import { answer } from '../provider-definition/answer.js';

type Advice = Parameters<typeof adviceOnRefusal>[0]['rejectedCredentialsAdvice'];

const adviceOn = (status: number, error?: string, own?: Advice) => {
  const response = answer(status, error === undefined ? {} : { error });
  return adviceOnRefusal(
    { rejectedCredentialsAdvice: own },
    classifyTokenFailure(response),
    response,
  );
};

describe('behaviour 38: the advice on a token call that was refused', () => {
  it.each([
    [401, 'invalid_client', 'Check the credentials.'],
    [401, undefined, 'Check the credentials.'],
    [403, undefined, 'Check the credentials, and whether the account is allowed to get a token.'],
    [403, 'invalid_client', 'Check the credentials.'],
    [400, 'invalid_scope', /^Check the scope: /],
    [403, 'invalid_scope', /^Check the scope: /],
    [400, 'unauthorized_client', /may not use this grant/],
    [400, 'unsupported_grant_type', /does not support this grant/],
    [400, 'invalid_target', /`resource` and `audience`/],
    [400, 'invalid_request', /parameters of the token request/],
    [
      400,
      'something_else',
      /^Check the URL \(tokenUrl, issuer, baseURL, region or environment\) and the parameters/,
    ],
    [
      404,
      undefined,
      /^Check the URL \(tokenUrl, issuer, baseURL, region or environment\) and the parameters/,
    ],
    [
      302,
      undefined,
      /do not follow redirects: check their URL \(tokenUrl, issuer, baseURL, region or environment\)/,
    ],
    [429, undefined, 'Too many token calls.'],
    [503, undefined, 'This may be temporary.'],
    [400, 'temporarily_unavailable', 'This may be temporary.'],
  ])('of status %d with %s', (status, error, advice) => {
    const given = adviceOn(status, error);
    if (advice instanceof RegExp) expect(given).toMatch(advice);
    else expect(given).toBe(advice);
  });
});

describe("a provider's own advice", () => {
  it('replaces ours if the credentials are rejected', () => {
    expect(adviceOn(401, undefined, 'Check the region.')).toBe('Check the region.');
    expect(adviceOn(401, undefined, ({ status }) => `Mind the ${status}.`)).toBe('Mind the 401.');
  });

  it.each([
    [400, 'invalid_scope'],
    [404, undefined],
    [503, undefined],
  ])('is not used if something else is refused: %d %s', (status, error) => {
    expect(adviceOn(status, error, 'Check the region.')).not.toContain('region.');
  });

  it('is ignored if it throws on a response that is not the provider’s', () => {
    const own = () => {
      throw new TypeError('undefined has no status');
    };
    expect(adviceOn(401, undefined, own)).toBe('Check the credentials.');
  });
});
