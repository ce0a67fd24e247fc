import { describe, expect, test } from '@jest/globals';
import { AxiosHeaders, type AxiosStatic, type InternalAxiosRequestConfig } from 'axios';
import { createRequire } from 'node:module';

import {
  authorizationIn,
  hasOwnAuthorization,
  removeAuthorization,
  withWritableHeaders,
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
  expect(hasOwnAuthorization(withWritableHeaders(configOf(frozen)))).toBe(true);
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

describe('a request has an authorization of its own', () => {
  test.each<[string, object, boolean]>([
    ['no header', {}, false],
    ['a header of undefined', { Authorization: undefined }, false],
    ['Basic', { Authorization: 'Basic abc' }, true],
    ['Basic in small letters', { authorization: 'Basic abc' }, true],
    ['an empty header', { Authorization: '' }, true],
    ['null: the caller wants none', { authorization: null }, true],
    ['false: the caller wants none', { Authorization: false }, true],
    ['a token that we never attached', { Authorization: 'Bearer another' }, true],
    ['our token', { Authorization: OURS }, false],
    ['our token in capitals', { AUTHORIZATION: OURS }, false],
    ['the mask of one', { Authorization: REDACTED }, false],
    ['our token, concealed', { Authorization: new ConcealedValue(OURS) }, false],
  ])('with %s: %#', (_, headers, expected) => {
    expect(hasOwnAuthorization(configOf({ ...headers }))).toBe(expected);
    expect(hasOwnAuthorization(configOf(new AxiosHeaders(headers as never)))).toBe(expected);
  });

  test('with axios’s auth, which replaces any header; but not with one of null', () => {
    const auth = { username: 'a', password: 'b' };
    expect(hasOwnAuthorization(configOf({}, { auth }))).toBe(true);
    expect(hasOwnAuthorization(configOf({ Authorization: OURS }, { auth }))).toBe(true);
    expect(hasOwnAuthorization(configOf({}, { auth: null }))).toBe(false);
  });

  test.each<[object, object]>([
    [{ authorization: OURS, 'X-Id': '1' }, { 'X-Id': '1' }],
    [{ Authorization: REDACTED }, {}],
    [{ Authorization: 'Bearer another' }, { Authorization: 'Bearer another' }],
  ])('and what we wrote is taken off, nothing else: %j leaves %j', (headers, left) => {
    const config = configOf({ ...headers });
    hasOwnAuthorization(config);
    expect(config.headers).toEqual(left);
  });
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
