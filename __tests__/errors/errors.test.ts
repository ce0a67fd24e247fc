import { inspect } from 'node:util';

import { describe, expect, it } from '@jest/globals';

import {
  BearerError,
  CredentialsRejectedError,
  isBearerError,
  MisconfigurationError,
  OriginNotAllowedError,
  TokenAcquisitionError,
  TokenSourceClosedError,
  TokenStoreError,
  TokenWaitTimeoutError,
  type TokenAcquisitionDetails,
} from '../../src/errors/index.js';

const acquisition = (changes: Partial<TokenAcquisitionDetails> = {}) =>
  new TokenAcquisitionError('ERR_TOKEN_ENDPOINT_UNREACHABLE', 'acme: could not be reached.', {
    provider: 'acme',
    phase: 'token request',
    retryable: true,
    ...changes,
  });

const rejectedCredentials = () =>
  new CredentialsRejectedError('ERR_CREDENTIALS_REJECTED', 'acme: answered 401.', {
    provider: 'acme',
    phase: 'token request',
    retryable: false,
    status: 401,
    oauthError: { error: 'invalid_client' },
  });

const misconfigured = () =>
  new MisconfigurationError({
    provider: 'acme',
    option: 'apiKey',
    problem: 'is missing',
    remedy: 'It is in the console.',
  });

const all: [string, string, () => BearerError][] = [
  ['MisconfigurationError', 'ERR_BEARER_MISCONFIGURED', misconfigured],
  ['TokenAcquisitionError', 'ERR_TOKEN_ENDPOINT_UNREACHABLE', acquisition],
  ['CredentialsRejectedError', 'ERR_CREDENTIALS_REJECTED', rejectedCredentials],
  ['TokenSourceClosedError', 'ERR_TOKEN_SOURCE_CLOSED', () => new TokenSourceClosedError('acme')],
  [
    'TokenWaitTimeoutError',
    'ERR_TOKEN_WAIT_TIMED_OUT',
    () => new TokenWaitTimeoutError('acme', 50),
  ],
  [
    'OriginNotAllowedError',
    'ERR_ORIGIN_NOT_ALLOWED',
    () => new OriginNotAllowedError('acme', 'https://evil.example', ['https://acme.example']),
  ],
  [
    'TokenStoreError',
    'ERR_TOKEN_STORE_FAILED',
    () => new TokenStoreError('commit', 'did not answer in time'),
  ],
];

describe('every error', () => {
  it.each(all)('%s has its name, its code %s and a place in the family', (name, code, create) => {
    const error = create();

    expect(error).toBeInstanceOf(BearerError);
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe(name);
    expect(error.code).toBe(code);
    expect(isBearerError(error)).toBe(true);
    expect(isBearerError(error, error.code)).toBe(true);
    expect(inspect(error)).toContain(name);
  });

  it.each(all)('%s serialises to what is safe to log', (name, code, create) => {
    const error = create();

    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ name, code, message: error.message });
    expect(error.toJSON()).not.toHaveProperty('stack');
    expect(error.toJSON()).not.toHaveProperty('cause');
  });

  it.each(all)('%s has no cause unless there is one', (_, __, create) => {
    expect(create()).not.toHaveProperty('cause');
  });
});

describe('recognising errors', () => {
  it('asks for the code where one is given', () => {
    expect(isBearerError(misconfigured(), 'ERR_CREDENTIALS_REJECTED')).toBe(false);
  });

  it('works across copies of the package, which share no class', () => {
    const brand = Symbol.for('axios-bearer.error');
    const foreign = Object.assign(new Error('from the other copy'), {
      [brand]: true,
      code: 'ERR_TOKEN_SOURCE_CLOSED',
    });

    expect(foreign).not.toBeInstanceOf(BearerError);
    expect(isBearerError(foreign)).toBe(true);
    expect(isBearerError(foreign, 'ERR_TOKEN_SOURCE_CLOSED')).toBe(true);
    expect(isBearerError(foreign, 'ERR_TOKEN_WAIT_TIMED_OUT')).toBe(false);
  });

  it('asks no code of an error of another copy that has none', () => {
    const foreign = Object.assign(new Error(), { [Symbol.for('axios-bearer.error')]: true });

    expect(isBearerError(foreign)).toBe(true);
    expect(isBearerError(foreign, 'ERR_TOKEN_SOURCE_CLOSED')).toBe(false);
  });

  it.each([
    undefined,
    null,
    'ERR_BEARER_MISCONFIGURED',
    new Error('plain'),
    Object.assign(new Error('alike'), { code: 'ERR_BEARER_MISCONFIGURED' }),
    { [Symbol.for('axios-bearer.error')]: true, code: 'ERR_BEARER_MISCONFIGURED' },
  ])('says no to %p', (value) => {
    expect(isBearerError(value)).toBe(false);
  });

  it('adds no property that is listed or copied', () => {
    const error = misconfigured();

    expect(Object.getOwnPropertySymbols(Object.assign({}, error))).toEqual([]);
  });
});

describe('a misconfiguration', () => {
  it('names the provider, the option, what is wrong with it and what to do', () => {
    expect(misconfigured().message).toBe('acme: apiKey is missing. It is in the console.');
    expect(misconfigured().toJSON()).toEqual({
      name: 'MisconfigurationError',
      code: 'ERR_BEARER_MISCONFIGURED',
      message: 'acme: apiKey is missing. It is in the console.',
      option: 'apiKey',
      provider: 'acme',
    });
  });

  it('names no provider where none is known', () => {
    const error = new MisconfigurationError({
      option: 'name',
      problem: 'is missing',
      remedy: 'Name it.',
    });

    expect(error.message).toBe('name is missing. Name it.');
    expect(error.provider).toBeUndefined();
  });

  it('keeps the cause, and out of its serialised form', () => {
    const cause = new Error('fake-vault-secret');
    const error = new MisconfigurationError({
      option: 'credentials',
      problem: 'could not be fetched',
      remedy: 'See the cause.',
      cause,
    });

    expect(error.cause).toBe(cause);
    expect(JSON.stringify(error)).not.toContain('fake-vault-secret');
  });
});

describe('behaviour 4: a token that could not be had', () => {
  it('says which provider, in which phase, and whether to try again', () => {
    expect(acquisition({ status: 503, retryInMs: 1_200 }).toJSON()).toEqual({
      name: 'TokenAcquisitionError',
      code: 'ERR_TOKEN_ENDPOINT_UNREACHABLE',
      message: 'acme: could not be reached.',
      provider: 'acme',
      phase: 'token request',
      retryable: true,
      retryInMs: 1_200,
      status: 503,
      oauthError: undefined,
      diagnosis: undefined,
    });
  });

  it('keeps the cause, and out of its serialised form', () => {
    const error = acquisition({ cause: new Error('fake-secret-in-a-cause') });

    expect(error.cause).toEqual(new Error('fake-secret-in-a-cause'));
    expect(JSON.stringify(error)).not.toContain('fake-secret-in-a-cause');
  });

  it('behaviour 20: is told again while the endpoint cools down, with the delay that is left', () => {
    const cause = new Error('connect ECONNREFUSED');
    const diagnosis = { code: '1100', message: 'internal error' };
    const first = acquisition({ status: 503, diagnosis, cause });
    const later = first.coolingDown(1_151.06);

    expect(later).toMatchObject({
      code: 'ERR_TOKEN_ENDPOINT_UNREACHABLE',
      message: 'acme: could not be reached. No further attempt for 1.2 s.',
      provider: 'acme',
      phase: 'cooling down',
      retryable: true,
      retryInMs: 1_152,
      status: 503,
      diagnosis,
      cause,
    });
    expect(first.message).toBe('acme: could not be reached.');
  });

  it('behaviour 38: stays a rejection of the credentials while it cools down', () => {
    const later = rejectedCredentials().coolingDown(5_000);

    expect(later).toBeInstanceOf(CredentialsRejectedError);
    expect(later).toMatchObject({
      name: 'CredentialsRejectedError',
      code: 'ERR_CREDENTIALS_REJECTED',
      retryable: false,
      oauthError: { error: 'invalid_client' },
    });
  });
});

describe('messages that say what to do', () => {
  it('a closed source: create a new one', () => {
    expect(new TokenSourceClosedError('acme').message).toBe(
      'acme: this token source is closed. Create a new one, or call close() after the last request.',
    );
  });

  it('a wait that was too long: allow more time', () => {
    const error = new TokenWaitTimeoutError('acme', 50);

    expect(error.message).toBe(
      'acme: no token within 50 ms. The refresh continues; allow more time or try again.',
    );
    expect(error).toMatchObject({ provider: 'acme', timeoutMs: 50 });
  });

  it('an origin that is not allowed: add it, or send without a token', () => {
    const error = new OriginNotAllowedError('acme', 'https://evil.example', [
      'https://a.example',
      'https://b.example',
    ]);

    expect(error.message).toBe(
      'acme: the token may not be sent to https://evil.example. Allowed origins: https://a.example, https://b.example. ' +
        'Add the origin to `origins`, or send the request with { bearer: false }.',
    );
    expect(error).toMatchObject({ provider: 'acme', origin: 'https://evil.example' });
  });

  it('a store that failed: in which operation, and why', () => {
    const cause = new Error('timeout');
    const error = new TokenStoreError('commit', 'did not answer in time', { cause });

    expect(error.message).toBe('Token store: commit did not answer in time.');
    expect(error).toMatchObject({ operation: 'commit', cause });
  });
});
