import { describe, expect, test } from '@jest/globals';
import { inspect } from 'node:util';

import type { TokenAcquisitionError } from '../../src/errors/index.js';
import { ACME, bench, ended, outcome } from './hand-held.js';

const stumbling = () => {
  throw new RangeError('not in these words');
};

/** A stretch of text that must show in no error. */
const TELLTALE = 'telltale-token-value';

describe('the error says what is wrong with a token', () => {
  test.each([
    [
      'the scheme in it',
      { access_token: 'Bearer abc' },
      /the scheme "Bearer" in it\. The provider sends it like this/,
    ],
    [
      'a line break',
      { access_token: 'abc\n' },
      /whitespace around it\. The provider sends it like this/,
    ],
    ['no text', { access_token: 42 }, /is not a string\. The provider sends it like this/],
    [
      'its exp behind it',
      { access_token: `eyJ.${btoa('{"exp":1000000}')}.sig` },
      /has already expired: its exp passed \d+ days ago\. A cache may have answered/,
    ],
    [
      'its end behind it by the answer',
      { access_token: 'abc', expires_in: undefined, expires_at: 1_000_000 },
      /has already expired, \d+ days ago\. A cache may have answered/,
    ],
  ])('%s', async (_, body, words) => {
    const { source, endpoint, clock } = bench({ maxAttempts: 1 });
    endpoint.onCall = (call) =>
      call.answer(200, body, { date: new Date(clock.now()).toUTCString() });
    const error = await outcome(source.getToken());
    expect(error).toMatchObject({ code: 'ERR_TOKEN_RESPONSE_MALFORMED' });
    expect((error as Error).message).toMatch(words);
    expect((error as Error).message).not.toContain('proxy');
  });

  test('without any token, it says that something may be in the way', async () => {
    const { source, endpoint } = bench({ maxAttempts: 1 });
    endpoint.onCall = (call) => call.answer(200, '<html>');
    expect(await outcome(source.getToken())).toMatchObject({
      message: expect.stringContaining(
        'is not JSON. A proxy may have answered, or the URL may be wrong (tokenUrl, issuer, baseURL, region or environment).',
      ),
    });
  });
});

describe("the provider's own words", () => {
  const diagnose = ({ body }: { body: unknown }) => body as object;

  test('are fields of the error, in its message and in its JSON, also while it cools down', async () => {
    const diagnosis = { code: '1010', message: 'No such key.', requestId: 'rq-1' };
    const { source, endpoint } = bench({ provider: { diagnose } });
    endpoint.onCall = (call) => call.answer(401, diagnosis);
    for (const phase of ['token request', 'cooling down']) {
      const error = (await outcome(source.getToken())) as TokenAcquisitionError;
      expect(error).toMatchObject({ phase, diagnosis });
      expect(error.message).toContain('answered 401 (1010: No such key.; request rq-1). Check');
      expect(error.toJSON()).toMatchObject({ diagnosis });
    }
  });

  test('are without the credentials that they quote', async () => {
    const { source, endpoint } = bench({ provider: { diagnose } });
    const quoted = `Wrong: ${ACME.clientSecret}`;
    endpoint.onCall = (call) =>
      call.answer(401, { code: quoted, message: quoted, requestId: quoted });
    const error = (await outcome(source.getToken())) as TokenAcquisitionError;
    expect(error.diagnosis?.message).toBe('Wrong: [redacted]');
    expect(inspect(error, { depth: 20 }) + JSON.stringify(error)).not.toContain(ACME.clientSecret);
  });
});

describe('an answer that cannot be used is called malformed, and quoted nowhere', () => {
  test.each<[string, unknown]>([
    ['HTML', `<html>${TELLTALE}</html>`],
    ['no token', { error_hint: TELLTALE }],
    ['a list for a token', { access_token: [TELLTALE] }],
    ['a token with LF', { access_token: `${TELLTALE}\nX-Evil: 1` }],
    ['a token with a space', { access_token: `Bearer ${TELLTALE}` }],
  ])('%s', async (_, body) => {
    const { source, endpoint, settle, events } = bench({ maxAttempts: 1 });
    const caller = ended(source.getToken());
    await settle();
    endpoint.lastCall.answer(200, body);
    const error = await caller;
    expect(error).toMatchObject({
      code: 'ERR_TOKEN_RESPONSE_MALFORMED',
      phase: 'token response',
      status: 200,
      retryable: true,
    });
    expect((error as Error).message).toContain('malformed response');
    expect(source.peek()).toBeUndefined();
    expect(inspect([error, events], { depth: 20, showHidden: true })).not.toContain(TELLTALE);
    expect(JSON.stringify([error, events])).not.toContain(TELLTALE);
  });

  test('one that a provider definition stumbles over, too: the cause says where', async () => {
    const { source, endpoint, settle } = bench({ maxAttempts: 1 });
    const caller = ended(source.getToken());
    await settle();
    endpoint.lastCall.answer(200, 'null');
    const error = await caller;
    expect(error).toMatchObject({
      code: 'ERR_TOKEN_RESPONSE_MALFORMED',
      retryable: true,
      cause: expect.any(TypeError),
    });
    expect((error as Error).message).toContain('made parseToken of the provider definition throw');
  });

  test.each([undefined, null, 1])('one in which parseToken finds %p', async (found) => {
    const { source, endpoint, settle } = bench({
      maxAttempts: 1,
      provider: { parseToken: () => found as never },
    });
    const caller = ended(source.getToken());
    await settle();
    endpoint.lastCall.issue('token-1');
    const error = await caller;
    expect(error).toMatchObject({ code: 'ERR_TOKEN_RESPONSE_MALFORMED' });
    expect((error as Error).message).toContain('has no access token');
  });

  test.each<[string, () => unknown]>([
    ['a string', () => 'token-1'],
    ['a promise', () => Promise.resolve({ accessToken: 'token-1' })],
    ['a promise that fails', () => Promise.reject(new Error('late'))],
  ])('one of which parseToken makes %s: the error says what to return', async (_, parseToken) => {
    const { source, endpoint, settle } = bench({
      maxAttempts: 1,
      provider: { parseToken: parseToken as never },
    });
    const caller = ended(source.getToken());
    await settle();
    endpoint.lastCall.issue('token-1');
    const error = await caller;
    expect(error).toMatchObject({ code: 'ERR_TOKEN_RESPONSE_MALFORMED' });
    expect((error as Error).message).toMatch(
      /parseToken did not return an object\. Return \{ accessToken \}, not a string or a promise\./,
    );
  });

  test('one that makes classifyFailure throw although its status is that of a success', async () => {
    const { source, endpoint, settle } = bench({
      maxAttempts: 1,
      provider: { classifyFailure: stumbling },
    });
    const caller = ended(source.getToken());
    await settle();
    endpoint.lastCall.issue('token-1');
    expect(await caller).toMatchObject({
      code: 'ERR_TOKEN_RESPONSE_MALFORMED',
      cause: expect.any(RangeError),
    });
  });

  test('what the endpoint says of the request is passed on without the secret', async () => {
    const { source, endpoint, settle } = bench();
    const caller = ended(source.getToken());
    await settle();
    endpoint.lastCall.answer(401, {
      error: 'invalid_client',
      error_description: 'no client acme-client-id with secret acme-client-secret',
    });
    const error = await caller;
    expect(error).toMatchObject({
      oauthError: {
        error: 'invalid_client',
        errorDescription: 'no client [redacted] with secret [redacted]',
      },
    });
    expect(inspect(error, { depth: 20 })).not.toContain('acme-client');
  });
});
