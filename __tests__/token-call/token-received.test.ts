import { describe, expect, jest, test } from '@jest/globals';

import { BearerError, type TokenReceivedContext } from '../../src/index.js';
import { fleet } from '../sharing/shared-fleet.js';
import { ACME, bench, ended, type AcmeCredentials } from '../token-source/hand-held.js';

type Received = (token: object, context: TokenReceivedContext<AcmeCredentials>) => unknown;

/** Keeps each token when the test says so. */
function keeping() {
  const open: (() => void)[] = [];
  const tokenReceived = jest.fn<Received>(() => new Promise<void>((resolve) => open.push(resolve)));
  return { tokenReceived: tokenReceived as never, received: tokenReceived, open };
}

describe('what a definition does with a new token', () => {
  test('comes before any caller gets it', async () => {
    const { tokenReceived, received, open } = keeping();
    const { source, endpoint, settle } = bench({ provider: { tokenReceived } });
    endpoint.onCall = (call) => call.issue('token-1', { refresh_token: 'r-2' });
    let got: unknown;
    const callers = [source.getToken(), source.getToken()].map((caller) =>
      caller.then((token) => (got = token.value)),
    );
    await settle();
    expect(got).toBeUndefined();
    expect(received).toHaveBeenCalledTimes(1);
    expect(received.mock.calls[0]).toMatchObject([
      { accessToken: 'token-1' },
      { credentials: ACME, params: {}, response: { body: { refresh_token: 'r-2' } } },
    ]);

    open[0]!();
    expect(await Promise.all(callers)).toEqual(['token-1', 'token-1']);
  });

  test('comes before another process gets it', async () => {
    const { tokenReceived, open } = keeping();
    const { members, endpoint, pass } = fleet(2, { provider: { tokenReceived } });
    endpoint.onCall = (call) => call.issue('token-1');
    const first = members[0].token();
    await pass(100);
    let second: unknown;
    void members[1].token().then((value) => (second = value));
    await pass(900);
    expect(second).toBeUndefined();

    open[0]!();
    await pass(1_000);
    expect([await first, second]).toEqual(['token-1', 'token-1']);
    expect(endpoint.calls).toHaveLength(1);
  });

  test('is not asked for with a token that cannot be used', async () => {
    const { tokenReceived, received } = keeping();
    const { source, endpoint } = bench({ provider: { tokenReceived }, maxAttempts: 1 });
    endpoint.onCall = (call) => call.answer(200, { access_token: 'two words' });

    expect(await ended(source.getToken())).toMatchObject({ code: 'ERR_TOKEN_RESPONSE_MALFORMED' });
    expect(received).not.toHaveBeenCalled();
  });
});

describe('a token that could not be kept', () => {
  const cause = new Error('the database is down');

  test('reaches no caller, and the next request asks for another', async () => {
    let isDown = true;
    const { source, endpoint } = bench({
      provider: { tokenReceived: () => (isDown ? Promise.reject(cause) : undefined) },
    });
    endpoint.onCall = (call) => call.issue();

    expect(await ended(source.getToken())).toMatchObject({
      code: 'ERR_CREDENTIALS_UNAVAILABLE',
      retryable: true,
      cause,
    });
    expect(endpoint.calls).toHaveLength(1);
    isDown = false;
    expect(await ended(source.getToken())).toBe('fake-token-2');
  });

  test('ends the refresh with a typed error of the definition as it is', async () => {
    const typed = new BearerError('ERR_LOGIN_REQUIRED', 'acme: u1 has to log in again.');
    const { source, endpoint } = bench({
      provider: {
        tokenReceived() {
          throw typed;
        },
      },
    });
    endpoint.onCall = (call) => call.issue();

    expect(await ended(source.getToken())).toBe(typed);
  });

  test('because it took too long does not hold up its callers for good', async () => {
    const { tokenReceived } = keeping();
    const { source, endpoint, pass } = bench({ provider: { tokenReceived } });
    endpoint.onCall = (call) => call.issue();
    const caller = ended(source.getToken());
    await pass(10_000);

    expect(await caller).toMatchObject({ code: 'ERR_CREDENTIALS_UNAVAILABLE' });
  });
});

describe('a typed error from the definition', () => {
  const typed = new BearerError('ERR_LOGIN_REQUIRED', 'acme: u1 has to log in again.');

  test('thrown by classifyFailure is what the callers get', async () => {
    const { source, endpoint } = bench({
      provider: {
        classifyFailure({ body }, { clientId }) {
          if ((body as { error?: unknown }).error === 'invalid_grant' && clientId === ACME.clientId)
            throw typed;
          return undefined;
        },
      },
    });
    endpoint.onCall = (call) => call.answer(400, { error: 'invalid_grant' });

    expect(await ended(source.getToken())).toBe(typed);
    expect(endpoint.calls).toHaveLength(1);
  });

  test('that a user has to log in passes through a credentials function', async () => {
    const { source, endpoint } = bench({ provider: { credentials: () => Promise.reject(typed) } });

    expect(await ended(source.getToken())).toBe(typed);
    expect(endpoint.calls).toEqual([]);
  });
});

describe('an answer that is not JSON', () => {
  const fromText = {
    parseToken: ({ text }: { readonly text: string }) => ({ accessToken: text.trim() }),
  };

  test.each([
    ['is empty', '', fromText],
    ['is not JSON', '<html>', {}],
    [
      'is not JSON',
      '<html>',
      { parseToken: ({ body }: { body: unknown }) => ({ accessToken: (body as { t: 1 }).t }) },
    ],
  ])('and has no token is told as one that %s', async (problem, body, provider) => {
    const { source, endpoint } = bench({ maxAttempts: 1, provider });
    endpoint.onCall = (call) => call.answer(200, body);

    expect(await ended(source.getToken())).toMatchObject({
      code: 'ERR_TOKEN_RESPONSE_MALFORMED',
      message: expect.stringContaining(`the body ${problem}.`),
    });
  });
});
