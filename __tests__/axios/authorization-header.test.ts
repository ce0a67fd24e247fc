import { describe, expect, test } from '@jest/globals';
import { AxiosHeaders, type AxiosStatic, type InternalAxiosRequestConfig } from 'axios';
import { createRequire } from 'node:module';

import {
  authorizationIn,
  authorizerOf,
  removeAuthorization,
  withoutAuthorization,
  withWritableHeaders,
  type Authorizer,
} from '../../src/axios/authorization-header.js';
import { rememberToken } from '../../src/axios/known-tokens.js';
import { ConcealedValue } from '../../src/concealment/concealed-value.js';
import { REDACTED } from '../../src/concealment/redacted.js';
import { AccessToken } from '../../src/token/access-token.js';

const { AxiosHeaders: OtherHeaders } = createRequire(import.meta.url)('axios') as AxiosStatic;

const OURS = 'Bearer fake-token';
rememberToken(new AccessToken({ value: 'fake-token' }));

const configOf = (headers: unknown, fields: object = {}) =>
  ({ url: '/things', headers, ...fields }) as InternalAxiosRequestConfig;

describe('headers that an interceptor leaves', () => {
  test.each<[string, () => object]>([
    ['this axios', () => new AxiosHeaders({ 'X-Id': '1' })],
    ['another copy of axios', () => new OtherHeaders({ 'X-Id': '1' })],
  ])('are kept as they are if they are those of %s', (_, headers) => {
    const config = configOf(headers());
    const { headers: before } = config;
    expect(withWritableHeaders(config)).toBe(config);
    expect(config.headers).toBe(before);
  });

  test.each<[string, () => unknown]>([
    ['a plain object', () => ({ 'X-Id': '1' })],
    ['an object without a prototype', () => ({ __proto__: null, 'X-Id': '1' })],
    ['a frozen object', () => Object.freeze({ 'X-Id': '1' })],
    ['frozen headers of this axios', () => Object.freeze(new AxiosHeaders({ 'X-Id': '1' }))],
    ['sealed headers of another copy', () => Object.seal(new OtherHeaders({ 'X-Id': '1' }))],
    ['the Headers of fetch', () => new Headers({ 'X-Id': '1' })],
    ['a Map', () => new Map([['X-Id', '1']])],
    ['a list of pairs', () => [['X-Id', '1']]],
    ['text', () => 'X-Id: 1\nX-Other: 2'],
  ])('are read as axios reads them and become writable: %s', (_, headers) => {
    const given = headers();
    const config = withWritableHeaders(configOf(given));
    config.headers['Authorization'] = OURS;
    const sent = AxiosHeaders.from(config.headers);
    expect([sent.get('X-Id'), sent.get('Authorization')]).toEqual(['1', OURS]);
    expect(config.headers).not.toBe(given); // It may be the app's own, for all of its requests.
  });

  test.each([undefined, null, 7, true])('become empty ones where they are %p', (headers) => {
    expect(withWritableHeaders(configOf(headers)).headers).toEqual({});
  });

  test('go into a copy of a frozen config, which has no prototype, as axios’s own configs', () => {
    const frozen = Object.freeze(configOf({ 'X-Id': '1' }));
    const config = withWritableHeaders(frozen);
    expect({ ...config }).toEqual({ url: '/things', headers: { 'X-Id': '1' } });
    expect(Object.getPrototypeOf(config)).toBeNull();
  });
});

test('a choice in headers that were read so is kept: false is no header, and no token', () => {
  const frozen = Object.freeze(new AxiosHeaders({ Authorization: false }));
  expect(authorizerOf(withWritableHeaders(configOf(frozen)))).toBe('caller');
});

describe('the Authorization value', () => {
  test.each<[string, unknown, unknown]>([
    ['in any case', { aUTHORIZATION: 'a' }, 'a'],
    ['of any type', { Authorization: false }, false],
    ['where another spelling is undefined', { Authorization: undefined, authorization: 'b' }, 'b'],
    ['of no longer name', { 'Proxy-Authorization': 'a' }, undefined],
    ['of no other name of that length', { authorizatiom: 'a' }, undefined],
    ['of no headers', undefined, undefined],
    ['of null', null, undefined],
    ['of text', 'Authorization: a', undefined],
  ])('is found %s', (_, headers, value) => {
    expect(authorizationIn(headers)).toBe(value);
  });
});

describe('a request is authorised', () => {
  test.each<[string, object, Authorizer]>([
    ['no header', {}, 'none'],
    ['a header of undefined', { Authorization: undefined }, 'none'],
    ['Basic', { Authorization: 'Basic abc' }, 'caller'],
    ['Basic in small letters', { authorization: 'Basic abc' }, 'caller'],
    ['an empty header', { Authorization: '' }, 'caller'],
    ['null: the caller wants none', { authorization: null }, 'caller'],
    ['false: the caller wants none', { Authorization: false }, 'caller'],
    ['a token that we never attached', { Authorization: 'Bearer another' }, 'caller'],
    ['our token', { Authorization: OURS }, 'ours'],
    ['our token in capitals', { AUTHORIZATION: OURS }, 'ours'],
    ['the mask of one', { Authorization: REDACTED }, 'ours'],
    ['our token, concealed', { Authorization: new ConcealedValue(OURS) }, 'ours'],
  ])('with %s: %#', (_, headers, expected) => {
    expect(authorizerOf(configOf({ ...headers }))).toBe(expected);
    expect(authorizerOf(configOf(new AxiosHeaders(headers as never)))).toBe(expected);
  });

  test('by its caller, where a header of theirs stands beside ours in another spelling', () => {
    expect(authorizerOf(configOf({ Authorization: OURS, authorization: 'Bearer mine' }))).toBe(
      'caller',
    );
  });

  test('by axios’s auth, which replaces any header; but not by one of null', () => {
    const auth = { username: 'a', password: 'b' };
    expect(authorizerOf(configOf({}, { auth }))).toBe('caller');
    expect(authorizerOf(configOf({ Authorization: OURS }, { auth }))).toBe('caller');
    expect(authorizerOf(configOf({}, { auth: null }))).toBe('none');
  });

  test('by its caller, where the headers cannot be read: axios says so itself', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(authorizerOf(configOf(proxy))).toBe('caller');
  });
});

test('a config loses what we wrote into it, in every spelling', () => {
  const config = configOf({ Authorization: OURS, AUTHORIZATION: REDACTED, 'X-Id': '1' });
  expect(withoutAuthorization(config).headers).toEqual({ 'X-Id': '1' });
});

test.each<[object, object]>([
  [{ AUTHORIZATION: OURS, 'X-Id': '1' }, { 'X-Id': '1' }],
  [{ Authorization: 'Basic abc' }, {}],
  [{ 'X-Id': '1' }, { 'X-Id': '1' }],
])('an Authorization header is removed in any case: %j leaves %j', (headers, left) => {
  const own = new AxiosHeaders(headers as never);
  removeAuthorization(own);
  expect(own.toJSON()).toEqual(left);
});
