import { describe, expect, it, test } from '@jest/globals';

import {
  certainlyIssuedNothing,
  classifyTokenFailure,
  coolDownCause,
  diagnosisOf,
  oauthErrorFields,
} from '../../src/token-call/token-failure.js';
import { answer } from '../provider-definition/answer.js';

const classOf = (status: number, body?: unknown) => classifyTokenFailure({ status, body });

describe('behaviour 36: an answer that may be another one next time', () => {
  it.each([408, 429, 500, 599])('is transient by its status: %d', (status) => {
    expect(classOf(status)).toBe('transient');
  });

  it.each(['server_error', 'temporarily_unavailable'])(
    'is transient by its error, whatever the status: %s',
    (error) => {
      expect(classOf(400, { error })).toBe('transient');
      expect(classOf(401, { error })).toBe('transient');
    },
  );

  it.each([302, 400, 404, 422])(
    'is not one with status %d: asking again brings the same',
    (status) => {
      expect(classOf(status)).toBe('refused');
      expect(classOf(status, { error: 'invalid_request' })).toBe('refused');
    },
  );
});

describe('behaviour 38: an answer that rejects the credentials', () => {
  it.each(['invalid_client', 'unauthorized_client', 'invalid_scope'])(
    'is one by its error, whatever the status: %s',
    (error) => {
      expect(classOf(400, { error })).toBe('credentials');
      expect(classOf(401, { error })).toBe('credentials');
      expect(classOf(500, { error })).toBe('credentials');
    },
  );

  it.each([401, 403])('is one by its status: %d', (status) => {
    expect(classOf(status)).toBe('credentials');
    expect(classOf(status, '<html>')).toBe('credentials');
    expect(classOf(status, { error: { code: 'nested' } })).toBe('credentials');
  });
});

describe('the cool-down that a failure leads to', () => {
  it.each([
    ['transient', undefined, 'transient'],
    ['transient', 2_000, 'server-set'],
    ['refused', undefined, 'transient'],
    ['refused', 2_000, 'server-set'],
    ['credentials', undefined, 'credentials'],
    ['credentials', 2_000, 'credentials'],
  ] as const)('of %s with a delay of %p is %s', (failure, retryAfter, cause) => {
    expect(coolDownCause(failure, retryAfter)).toBe(cause);
  });
});

describe('the error members of RFC 6749', () => {
  it('are read by their wire names', () => {
    expect(
      oauthErrorFields({
        error: 'invalid_client',
        error_description: 'No such client.',
        error_uri: 'https://idp.example/help',
        access_token: 'never-read',
      }),
    ).toEqual({
      error: 'invalid_client',
      errorDescription: 'No such client.',
      errorUri: 'https://idp.example/help',
    });
  });

  it('hold no member that was not given', () => {
    expect(oauthErrorFields({ error: 'invalid_client' })).toStrictEqual({
      error: 'invalid_client',
    });
  });

  it.each([
    null,
    'invalid_client',
    {},
    { error: '' },
    { error: '  ' },
    { error: 5 },
    { error: 'line\nbreak' },
    { error: 'text\u202eturned' },
    { error_description: 'without an error' },
  ])('are absent from %j', (body) => {
    expect(oauthErrorFields(body)).toBeUndefined();
  });

  it('leave out a description that is not printable', () => {
    expect(oauthErrorFields({ error: 'e', error_description: 'a\u0000b', error_uri: 5 })).toEqual({
      error: 'e',
    });
  });

  it('behaviour 45: lose the secrets before they are cut, so that no part of one is left', () => {
    const secret = 'quoted-secret-0123456789';
    const description = `${'word '.repeat(56)}${secret} and more words than are kept`;

    const fields = oauthErrorFields({ error: 'e', error_description: description }, [secret]);

    expect(description.slice(0, 300)).toContain('quoted-secret');
    expect(fields?.errorDescription).toBe(`${'word '.repeat(56)}[redacted] and more`);
  });

  it('behaviour 45: lose a secret at the very end of what is read of a long description', () => {
    const description = `${'x '.repeat(1_995)}quoted-secret-0123456789`;

    const fields = oauthErrorFields(
      { error: description, error_description: description.slice(3_990) },
      ['quoted-secret-0123456789', 'x'],
    );

    expect(JSON.stringify(fields)).not.toContain('quoted');
  });

  it('keep the last word if the cut falls right behind it', () => {
    const description = `${'x'.repeat(300)} tail`;

    expect(oauthErrorFields({ error: 'e', error_description: description })).toEqual({
      error: 'e',
      errorDescription: 'x'.repeat(300),
    });
  });

  it('leave out a single word that is far too long to be one', () => {
    expect(oauthErrorFields({ error: 'x'.repeat(100) })).toEqual({ error: 'x'.repeat(100) });
    expect(oauthErrorFields({ error: 'x'.repeat(101) })).toBeUndefined();
    expect(oauthErrorFields({ error: 'e', error_uri: 'x'.repeat(301) })).toEqual({ error: 'e' });
  });
});

describe('what a provider itself says', () => {
  const saidOf = (body: unknown, own: () => object | undefined = () => undefined) =>
    diagnosisOf(answer(400, body), own);

  it('is read as RFC 6749 has it where the provider has nothing of its own', () => {
    expect(saidOf({ error: 'invalid_client', error_description: 'No such client.' })).toStrictEqual(
      { code: 'invalid_client', message: 'No such client.' },
    );
  });

  it('is its own word first; a number is one', () => {
    expect(
      saidOf({ error: 'e', error_description: 'd' }, () => ({ code: 1010, requestId: 'rq-1' })),
    ).toStrictEqual({ code: '1010', message: 'd', requestId: 'rq-1' });
  });

  it('may be in any language', () => {
    expect(saidOf({}, () => ({ message: 'بيانات غير صحيحة – «ключ»' }))).toEqual({
      message: 'بيانات غير صحيحة – «ключ»',
    });
  });

  it.each([
    ['nothing', () => undefined],
    ['nothing that is text', () => ({ code: null, message: { en: 'x' }, requestId: ['x'] })],
    ['what would break a line of a log', () => ({ message: 'a\nb', code: '\u001b[31m' })],
    ['what would turn a line of a log around', () => ({ message: 'a\u202eb\u2028c' })],
    ['too long a word', () => ({ code: 'x'.repeat(101) })],
    [
      'something that throws',
      () => {
        throw new TypeError('not my answer');
      },
    ],
  ])('is nothing where it says %s', (_, own) => {
    expect(saidOf({}, own)).toBeUndefined();
  });
});

describe('how much of the limit a failed token call uses', () => {
  test.each([
    { what: 'an answer with status 503', status: 503, reason: undefined, nothing: true },
    { what: 'an answer with status 400', status: 400, reason: undefined, nothing: true },
    { what: 'a redirect', status: 399, reason: undefined, nothing: false },
    { what: 'a 429, which may count itself', status: 429, reason: undefined, nothing: false },
    { what: 'a malformed 200', status: 200, reason: undefined, nothing: false },
    { what: 'a refused connection', status: undefined, reason: 'ECONNREFUSED', nothing: true },
    { what: 'an unknown host', status: undefined, reason: 'ENOTFOUND', nothing: true },
    { what: 'a name server in trouble', status: undefined, reason: 'EAI_AGAIN', nothing: true },
    { what: 'a time-out', status: undefined, reason: 'ERR_CANCELED', nothing: false },
    {
      what: 'a reset, which may come after the token',
      status: undefined,
      reason: 'ECONNRESET',
      nothing: false,
    },
    { what: 'no reason at all', status: undefined, reason: undefined, nothing: false },
  ])('$what issued nothing for certain: $nothing', ({ status, reason, nothing }) => {
    expect(certainlyIssuedNothing(status, reason)).toBe(nothing);
  });
});
