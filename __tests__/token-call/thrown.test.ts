import { AxiosError, AxiosHeaders } from 'axios';
import { describe, expect, it } from '@jest/globals';

import {
  CredentialsRejectedError,
  TokenAcquisitionError,
  TokenWaitTimeoutError,
} from '../../src/errors/index.js';
import { meaningOfThrown } from '../../src/token-call/thrown.js';

const NOW = Date.UTC(2030, 0, 6, 8, 49, 37);

const error = (fields: object) => Object.assign(new Error('hunter2-hunter2'), fields);
const failureOf = (thrown: unknown) => meaningOfThrown(thrown, NOW).failure;

describe('an error that a function throws is judged', () => {
  it.each<[string, unknown, string]>([
    ['by credentialsRejected', error({ credentialsRejected: true, status: 503 }), 'credentials'],
    ['by retryable', error({ retryable: true }), 'transient'],
    ['by retryable against a status', error({ retryable: false, status: 503 }), 'refused'],
    ['by a plain object', { retryable: true }, 'transient'],
    ['by a status 401', error({ status: 401 }), 'credentials'],
    ['by a status 403', error({ statusCode: 403 }), 'credentials'],
    ['by a status 400', error({ response: { status: 400 } }), 'refused'],
    ['by a status 429', error({ response: { status: 429 } }), 'transient'],
    ['by a status 503 that gaxios writes as a code', error({ code: '503' }), 'transient'],
    [
      'by a code of RFC 6749, as axios has it',
      error({ response: { status: 400, data: { error: 'invalid_client' } } }),
      'credentials',
    ],
    [
      'by a code of RFC 6749, as @azure/identity has it',
      error({ statusCode: 400, errorResponse: { error: 'invalid_client' } }),
      'credentials',
    ],
    [
      'by a code of RFC 6749, as openid-client has it',
      error({ error: 'temporarily_unavailable' }),
      'transient',
    ],
    ['by a network code', error({ code: 'ECONNRESET' }), 'transient'],
    ['by a network code in the cause', error({ cause: { code: 'UND_ERR_SOCKET' } }), 'transient'],
    ['by the name of what a signal ends', error({ name: 'TimeoutError' }), 'transient'],
    ['by an AbortError', new DOMException('over', 'AbortError'), 'transient'],
    ['by another time-out of ours', new TokenWaitTimeoutError('idp', 5), 'refused'],
  ])('%s', (_, thrown, failure) => {
    expect(failureOf(thrown)).toBe(failure);
  });

  it.each([
    ['an error that says nothing', new Error('wrong password')],
    ['a file that is not there', error({ code: 'ENOENT' })],
    ['a string', 'wrong password'],
    ['nothing', undefined],
    ['null', null],
    ['a status out of range', error({ status: 42 })],
    ['a word where a status stands', error({ status: 'failed' })],
    [
      'an object that throws when it is read',
      {
        get status() {
          throw new Error('no');
        },
      },
    ],
  ])('as not worth trying again at once: %s', (_, thrown) => {
    expect(meaningOfThrown(thrown, NOW)).toEqual({
      failure: 'refused',
      status: undefined,
      networkCode: undefined,
      retryAfterMs: undefined,
    });
  });

  it('as the error of another token source, which knows best', () => {
    const rejected = new CredentialsRejectedError('ERR_CREDENTIALS_REJECTED', 'no', {
      provider: 'idp',
      phase: 'token request',
      retryable: false,
      status: 400,
    });
    const cooling = new TokenAcquisitionError('ERR_TOKEN_ENDPOINT_UNREACHABLE', 'no', {
      provider: 'idp',
      phase: 'cooling down',
      retryable: true,
      retryInMs: 1_500,
    });
    expect(failureOf(rejected)).toBe('credentials');
    expect(meaningOfThrown(cooling, NOW)).toMatchObject({
      failure: 'transient',
      retryAfterMs: 1_500,
    });
  });

  it('without what only a polluted Object.prototype says', () => {
    Object.assign(Object.prototype, { credentialsRejected: true, status: 503 });
    try {
      expect(failureOf(new Error('no'))).toBe('refused');
    } finally {
      Reflect.deleteProperty(Object.prototype, 'credentialsRejected');
      Reflect.deleteProperty(Object.prototype, 'status');
    }
  });
});

describe('how long to wait', () => {
  const axiosError = new AxiosError('no', 'ERR_BAD_RESPONSE', undefined, undefined, {
    status: 429,
    statusText: '',
    headers: new AxiosHeaders({ 'Retry-After': '30.5' }),
    config: { headers: new AxiosHeaders() },
    data: '',
  });
  it.each<[string, unknown, number | undefined]>([
    ['as retryAfterMs', error({ retryAfterMs: 250 }), 250],
    ['as the header of an axios error', axiosError, 30_500],
    [
      'as the header of a fetch response',
      error({ response: { status: 503, headers: new Headers({ 'retry-after': '5' }) } }),
      5_000,
    ],
    [
      'as the header of a plain object',
      error({ response: { headers: { 'retry-after': 'Sun, 06 Jan 2030 08:49:39 GMT' } } }),
      2_000,
    ],
    ['or does not', error({ retryAfterMs: -1, response: { headers: null } }), undefined],
    ['or not in a number', error({ retryAfterMs: '5' }), undefined],
  ])('is read %s', (_, thrown, ms) => {
    expect(meaningOfThrown(thrown, NOW).retryAfterMs).toBe(ms);
  });
});
