import { describe, expect, test } from '@jest/globals';

import {
  CredentialsRejectedError,
  MisconfigurationError,
  TokenAcquisitionError,
  TokenSourceClosedError,
} from '../../src/errors/index.js';
import type { CredentialsContext } from '../../src/provider-definition/credentials.js';
import { ACME, bench, ended, outcome, warmBench, type AcmeCredentials } from './hand-held.js';

const MINUTE = 60_000;

/** A vault whose secret the test can change. */
function vault() {
  const asked: CredentialsContext[] = [];
  const box = {
    asked,
    secret: 'secret-1',
    answer: undefined as undefined | (() => unknown),
    credentials: (context: CredentialsContext): Promise<AcmeCredentials> => {
      asked.push(context);
      const value =
        box.answer === undefined
          ? { clientId: ACME.clientId, clientSecret: box.secret }
          : box.answer();
      return value as Promise<AcmeCredentials>;
    },
  };
  return box;
}

test('a credentials function is asked at each refresh, with the parameters and a signal', async () => {
  const box = vault();
  const { source, endpoint, settle, pass } = bench({ provider: { credentials: box.credentials } });
  expect(box.asked).toHaveLength(0);
  const first = source.getToken({ params: { scope: 'calls' } });
  await settle();
  expect(box.asked).toMatchObject([{ params: { scope: 'calls' } }]);
  expect(box.asked[0]!.signal.aborted).toBe(false);
  endpoint.lastCall.issue('token-1');
  await first;
  await source.getToken({ params: { scope: 'calls' } });
  expect(box.asked).toHaveLength(1);

  box.secret = 'secret-2';
  await pass(60 * MINUTE);
  void source.getToken({ params: { scope: 'calls' } }).catch(() => undefined);
  await settle();
  expect(endpoint.lastCall.body).toContain('secret-2');
  source.close();
});

describe('a credentials function that fails ends the refresh, and nothing of it is kept', () => {
  const cause = new Error('the vault is sealed');
  const unavailable = {
    code: 'ERR_CREDENTIALS_UNAVAILABLE',
    provider: 'acme',
    phase: 'credentials',
    retryable: true,
    message: 'acme: could not get the credentials: the credentials function threw. See the cause.',
    cause,
  };
  const wrong = {
    code: 'ERR_BEARER_MISCONFIGURED',
    provider: 'acme',
    option: 'credentials',
  };
  test.each<[string, () => unknown, new (...details: never[]) => Error, object]>([
    [
      'throws',
      () => {
        throw cause;
      },
      TokenAcquisitionError,
      unavailable,
    ],
    ['rejects', () => Promise.reject(cause), TokenAcquisitionError, unavailable],
    ['returns nothing', () => undefined, MisconfigurationError, wrong],
  ])('%s', async (_, answer, Kind, expected) => {
    const box = vault();
    const { source, endpoint, told } = bench({ provider: { credentials: box.credentials } });
    box.answer = answer;
    const error = await ended(source.getToken());
    expect(error).toBeInstanceOf(Kind);
    expect(error).toMatchObject(expected);
    expect('cause' in (error as Error)).toBe('cause' in expected);
    expect(endpoint.calls).toHaveLength(0);
    expect(told('refreshFailed')).toMatchObject([{ severity: 'error', nextAttemptInMs: 0 }]);

    box.answer = undefined;
    endpoint.onCall = (call) => call.issue('token-1');
    expect(await ended(source.getToken())).toBe('token-1');
  });

  test('while a token is still valid it is served, and the vault is not asked at every request', async () => {
    const box = vault();
    const { source, pass } = await warmBench({ provider: { credentials: box.credentials } });
    box.answer = () => {
      throw cause;
    };
    await pass(54 * MINUTE);
    for (let request = 0; request < 40; request += 1) {
      expect(await ended(source.getToken())).toBe('token-1');
      await pass(100);
    }
    expect(box.asked).toHaveLength(2);
  });

  test('hangs: the flight ends in time, and the function’s signal aborts', async () => {
    const box = vault();
    box.answer = () => new Promise(() => undefined);
    const { source, clock, pass } = bench({ provider: { credentials: box.credentials } });
    const caller = ended(source.getToken());
    await pass(9_999);
    expect(await outcome(caller)).toBe('pending');
    await pass(1);
    expect(await caller).toMatchObject({
      code: 'ERR_CREDENTIALS_UNAVAILABLE',
      phase: 'credentials',
      retryable: true,
      message: expect.stringContaining('did not answer in time'),
    });
    expect(box.asked[0]!.signal.aborted).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  test('hangs: close() ends the wait at once', async () => {
    const box = vault();
    box.answer = () => new Promise(() => undefined);
    const { source, clock, settle } = bench({ provider: { credentials: box.credentials } });
    const caller = ended(source.getToken());
    await settle();
    source.close();
    expect(await caller).toBeInstanceOf(TokenSourceClosedError);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('behaviour 38: rejected credentials and a vault', () => {
  test('a changed credential takes effect on the next request', async () => {
    const box = vault();
    const { source, endpoint, told } = bench({ provider: { credentials: box.credentials } });
    endpoint.onCall = (call) =>
      call.body.includes('secret-2') ? call.issue('token-1') : call.answer(401);
    for (let request = 0; request < 50; request += 1) {
      expect(await ended(source.getToken())).toBeInstanceOf(CredentialsRejectedError);
    }
    expect(endpoint.calls).toHaveLength(1);
    box.secret = 'secret-2';
    expect(await ended(source.getToken())).toBe('token-1');
    expect(endpoint.calls).toHaveLength(2);
    expect(told('coolDownEnded').length).toBeGreaterThan(0);
  });

  test('100 concurrent requests ask the vault once whether it has changed', async () => {
    const box = vault();
    const { source, endpoint } = bench({ provider: { credentials: box.credentials } });
    endpoint.onCall = (call) => call.answer(401);
    await ended(source.getToken());
    const before = box.asked.length;
    const errors = await Promise.all(Array.from({ length: 100 }, () => ended(source.getToken())));
    expect(errors.every((error) => error instanceof CredentialsRejectedError)).toBe(true);
    expect(box.asked.length - before).toBe(1);
    expect(endpoint.calls).toHaveLength(1);
  });

  test('a vault that hangs meanwhile delays no caller beyond its own limit, and close() ends the wait', async () => {
    // The question used to outlive close() by up to 10 s, with its timer.
    const box = vault();
    const { source, endpoint, clock, pass } = bench({ provider: { credentials: box.credentials } });
    endpoint.onCall = (call) => call.answer(401);
    await ended(source.getToken());
    box.answer = () => new Promise(() => undefined);
    const hasty = ended(source.getToken({ timeoutMs: 50 }));
    const patient = ended(source.getToken());
    await pass(50);
    expect(await hasty).toMatchObject({ code: 'ERR_TOKEN_WAIT_TIMED_OUT' });
    source.close();
    expect(await patient).toBeInstanceOf(TokenSourceClosedError);
    expect(clock.pendingTimers).toBe(0);
  });

  test('clear() while the vault is asked lets the caller go on with a new refresh', async () => {
    const box = vault();
    const { source, endpoint, settle } = bench({ provider: { credentials: box.credentials } });
    endpoint.onCall = (call) => call.answer(401);
    await ended(source.getToken());
    box.answer = () => new Promise(() => undefined);
    const caller = ended(source.getToken());
    await settle();
    box.answer = undefined;
    endpoint.onCall = (call) => call.issue('token-1');
    source.clear();
    expect(await caller).toBe('token-1');
  });

  test('a vault that fails meanwhile leaves the callers with the rejection', async () => {
    const box = vault();
    const { source, endpoint } = bench({ provider: { credentials: box.credentials } });
    endpoint.onCall = (call) => call.answer(401);
    await ended(source.getToken());
    box.answer = () => {
      throw new Error('sealed');
    };
    expect(await ended(source.getToken())).toBeInstanceOf(CredentialsRejectedError);
  });
});

test('rejected credentials with their fields in another order do not count as changed', async () => {
  let turned = false;
  const { clientId, clientSecret } = ACME;
  const { source, endpoint } = bench({
    provider: {
      credentials: () => {
        turned = !turned;
        return Promise.resolve(
          turned ? { clientSecret, clientId, extra: 'x' } : { extra: 'x', clientId, clientSecret },
        );
      },
    },
  });
  endpoint.onCall = (call) => call.answer(401);
  expect(await ended(source.getToken())).toMatchObject({ code: 'ERR_CREDENTIALS_REJECTED' });
  expect(await ended(source.getToken())).toMatchObject({ code: 'ERR_CREDENTIALS_REJECTED' });
  expect(await ended(source.getToken())).toMatchObject({ code: 'ERR_CREDENTIALS_REJECTED' });
  expect(endpoint.calls).toHaveLength(1);
});
