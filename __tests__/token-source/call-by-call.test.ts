import { describe, expect, test } from '@jest/globals';

import {
  CredentialsRejectedError,
  MisconfigurationError,
  TokenAcquisitionError,
} from '../../src/errors/index.js';
import { createMemoryStore } from '../../src/store/memory-store.js';
import { createTokenSource } from '../../src/axios/create-token-source.js';
import { ACME, acme, bench, ended, outcome, type AcmeCredentials } from './hand-held.js';
import { fleet } from '../sharing/shared-fleet.js';

const MINUTE = 60_000;

/** A credentials function whose secret is another one each time, and how often it was asked. */
function freshEachTime() {
  const box = {
    asked: 0,
    answer: (count: number): AcmeCredentials | Promise<AcmeCredentials> => ({
      ...ACME,
      clientSecret: `assertion-${count}`,
    }),
    credentials: () => box.answer((box.asked += 1)),
  };
  return box;
}

/** The same, declared to be so. */
const perCall = (box: ReturnType<typeof freshEachTime>) => ({
  credentials: box.credentials,
  credentialFields: { clientId: {}, clientSecret: { secret: true, perCall: true } },
});

describe('a credentials function is asked at each token call', () => {
  test('so an assertion that the server has seen is not sent again', async () => {
    const box = freshEachTime();
    const { source, endpoint, pass } = bench({ provider: { credentials: box.credentials } });
    endpoint.onCall = (call, count) => (count < 3 ? call.answer(503) : call.issue('token-1'));
    const caller = ended(source.getToken());
    await pass(5_000);
    expect(await caller).toBe('token-1');
    expect(endpoint.calls.map(({ body }) => /assertion-\d/.exec(body)?.[0])).toEqual([
      'assertion-1',
      'assertion-2',
      'assertion-3',
    ]);
    expect(box.asked).toBe(3);
  });

  test('with a shared store too, where those that name the token serve its first call', async () => {
    const box = freshEachTime();
    const { members, endpoint, pass } = fleet(1, {
      cacheIdentity: 'acme',
      provider: { credentials: box.credentials },
    });
    endpoint.onCall = (call, count) => (count < 2 ? call.answer(503) : call.issue('token-1'));
    const caller = members[0].token();
    await pass(5_000);
    expect(await caller).toBe('token-1');
    expect(endpoint.calls.map(({ body }) => /assertion-\d/.exec(body)?.[0])).toEqual([
      'assertion-1',
      'assertion-2',
    ]);
  });

  test('if it fails at a second attempt, the callers learn what was wrong with the first', async () => {
    const box = freshEachTime();
    const { source, endpoint, pass, told } = bench({ provider: { credentials: box.credentials } });
    endpoint.onCall = (call) => {
      box.answer = () => Promise.reject(new Error('the vault is sealed'));
      call.answer(503);
    };
    const caller = ended(source.getToken());
    await pass(1_000);
    expect(await caller).toMatchObject({ code: 'ERR_TOKEN_REQUEST_REFUSED', status: 503 });
    expect(told('coolDownStarted')).toMatchObject([{ cause: 'transient' }]);
  });

  test('if it hangs at a second attempt, the flight ends in time all the same', async () => {
    const box = freshEachTime();
    const { source, endpoint, clock, pass } = bench({ provider: { credentials: box.credentials } });
    endpoint.onCall = (call) => {
      box.answer = () => new Promise(() => undefined);
      call.answer(503);
    };
    const caller = ended(source.getToken());
    await pass(10_000);
    expect(await caller).toMatchObject({ status: 503 });
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('a credential that is declared to be fresh at each call', () => {
  test('with a change of the account beside it the next request goes through', async () => {
    const box = freshEachTime();
    const { source, endpoint } = bench({ provider: perCall(box) });
    endpoint.onCall = (call) =>
      call.body.includes('other-client') ? call.issue('token-1') : call.answer(401);
    expect(await ended(source.getToken())).toBeInstanceOf(CredentialsRejectedError);
    box.answer = (count) => ({ clientId: 'other-client', clientSecret: `assertion-${count}` });
    expect(await ended(source.getToken())).toBe('token-1');
  });

  test('needs a cacheIdentity with a shared store, and creation says so', () => {
    const provider = acme(perCall(freshEachTime()));
    const create = (cacheIdentity?: string) =>
      createTokenSource(provider, { store: createMemoryStore(), cacheIdentity });
    expect(() => create()).toThrow(MisconfigurationError);
    expect(() => create()).toThrow(
      /^acme: options\.cacheIdentity is missing.*credentialFields\.clientSecret is perCall/,
    );
    expect(() => create('acme')).not.toThrow();
  });

  test('lets processes share one token, and is made again for the call itself', async () => {
    const box = freshEachTime();
    const { members, endpoint, answerAtOnce, settle } = fleet(2, {
      cacheIdentity: 'acme',
      provider: perCall(box),
    });
    answerAtOnce();
    const first = members[0].token();
    await settle();
    const second = members[1].token();
    await settle();
    expect([await first, await second]).toEqual(['T1', 'T1']);
    expect(endpoint.calls).toHaveLength(1);
    // The first one that was asked for only helped to find the place in the store, which may have taken a while.
    expect(endpoint.lastCall.body).toContain('assertion-2');
  });
});

describe('a token request may be a promise', () => {
  const signed = (assertion: string) => ({ url: '/oauth/token', body: { form: { assertion } } });

  test('which is asked for at each token call', async () => {
    let signatures = 0;
    const { source, endpoint, pass } = bench({
      provider: {
        credentials: () => ACME,
        tokenRequest: () => Promise.resolve(signed(`signature-${(signatures += 1)}`)),
      },
    });
    endpoint.onCall = (call, count) => (count === 1 ? call.answer(503) : call.issue('token-1'));
    const caller = ended(source.getToken());
    await pass(1_000);
    expect(await caller).toBe('token-1');
    expect(endpoint.calls.map(({ body }) => body)).toEqual([
      'assertion=signature-1',
      'assertion=signature-2',
    ]);
  });

  test('that rejects ends the refresh with its cause, and the next request asks again', async () => {
    const cause = new Error('the key is disabled');
    const { source, endpoint, settle } = bench({
      provider: { tokenRequest: () => Promise.reject(cause) },
    });
    for (let request = 0; request < 2; request += 1) {
      const error = await ended(source.getToken());
      expect(error).toBeInstanceOf(TokenAcquisitionError);
      expect(error).toMatchObject({
        code: 'ERR_CREDENTIALS_UNAVAILABLE',
        phase: 'credentials',
        retryable: true,
        message: 'acme: could not build the token request: tokenRequest rejected. See the cause.',
        cause,
      });
    }
    await settle();
    expect(endpoint.calls).toHaveLength(0);
  });

  test.each([
    ['alone', undefined],
    ['with a shared store', createMemoryStore()],
  ])('that hangs is bounded by the time of the flight: %s', async (_, store) => {
    const { source, clock, pass } = bench({
      provider: { tokenRequest: () => new Promise(() => undefined) },
      store,
    });
    const caller = ended(source.getToken());
    await pass(9_999);
    expect(await outcome(caller)).toBe('pending');
    await pass(1);
    expect(await caller).toMatchObject({
      code: 'ERR_CREDENTIALS_UNAVAILABLE',
      message: expect.stringContaining('tokenRequest did not answer in time'),
    });
    expect(clock.pendingTimers).toBe(0);
  });

  test('is shared like any other, and nothing that it carries is repeated in an error', async () => {
    const { members, endpoint, settle, pass } = fleet(2, {
      provider: { tokenRequest: () => Promise.resolve(signed('a-signature')) },
    });
    endpoint.onCall = (call) => call.issue('T1');
    const tokens = members.map(({ token }) => token());
    await pass(1_000);
    expect(await Promise.all(tokens)).toEqual(['T1', 'T1']);
    expect(endpoint.calls).toHaveLength(1);

    await pass(61 * MINUTE);
    endpoint.onCall = (call) =>
      call.answer(400, { error: 'invalid_grant', error_description: 'a-signature is no good' });
    const late = members[0].token();
    await settle();
    expect(JSON.stringify(await late)).toContain('invalid_grant');
    expect(JSON.stringify(await late)).not.toContain('a-signature');
  });
});
