import { describe, expect, test } from '@jest/globals';
import { AxiosHeaders, type InternalAxiosRequestConfig } from 'axios';

import { rememberToken } from '../../src/axios/known-tokens.js';
import {
  carriesToken,
  knownPlace,
  occupantOf,
  removeOurs,
  withoutOurs,
  type Occupant,
} from '../../src/axios/placed-token.js';
import { withWritableHeaders } from '../../src/axios/writable-config.js';
import { ConcealedValue } from '../../src/concealment/concealed-value.js';
import { REDACTED } from '../../src/concealment/redacted.js';
import { placeOf } from '../../src/provider-definition/token-placement.js';
import { AccessToken } from '../../src/token/access-token.js';

const OURS = 'Bearer fake-token';
rememberToken(new AccessToken({ value: 'fake-token' }));
rememberToken(new AccessToken({ value: 'fake', authorization: 'bare-token' }));

// axios's `auth` concerns `Authorization` alone, which need not be the first that is used.
const X_TOKEN = knownPlace(placeOf({ header: 'X-Token' }));
const AUTHORIZATION = knownPlace(placeOf());

const configOf = (headers: unknown, fields: object = {}) =>
  ({ url: '/things', headers, ...fields }) as InternalAxiosRequestConfig;

const ownerOf = (config: InternalAxiosRequestConfig) => occupantOf(AUTHORIZATION, config);

test('a choice in headers that were read so is kept: false is no header, and no token', () => {
  const frozen = Object.freeze(new AxiosHeaders({ Authorization: false }));
  expect(ownerOf(withWritableHeaders(configOf(frozen)))).toBe('caller');
});

describe('a request is authorised', () => {
  test.each<[string, object, Occupant]>([
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
    expect(ownerOf(configOf({ ...headers }))).toBe(expected);
    expect(ownerOf(configOf(new AxiosHeaders(headers as never)))).toBe(expected);
  });

  test('by its caller, where a header of theirs stands beside ours in another spelling', () => {
    expect(ownerOf(configOf({ Authorization: OURS, authorization: 'Bearer mine' }))).toBe('caller');
  });

  test('by axios’s auth, which replaces any header; but not by one of null', () => {
    const auth = { username: 'a', password: 'b' };
    expect(ownerOf(configOf({}, { auth }))).toBe('caller');
    expect(ownerOf(configOf({ Authorization: OURS }, { auth }))).toBe('caller');
    expect(ownerOf(configOf({}, { auth: null }))).toBe('none');
  });

  test('by its caller, where the headers cannot be read: axios says so itself', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(ownerOf(configOf(proxy))).toBe('caller');
  });
});

test('a place of another name is its own', () => {
  const config = configOf({ Authorization: 'Basic abc', 'x-token': 'bare-token' });
  expect([ownerOf(config), occupantOf(X_TOKEN, config)]).toEqual(['caller', 'ours']);
  const auth = { username: 'a', password: 'b' };
  expect(occupantOf(X_TOKEN, configOf({}, { auth }))).toBe('none');
});

test('the same place is one object, however its header is spelled', () => {
  expect(knownPlace(placeOf({ header: 'x-TOKEN' }))).toBe(X_TOKEN);
  expect(knownPlace(placeOf({ header: 'X-Token-2' }))).not.toBe(X_TOKEN);
});

test('a config loses what we wrote into it, in every place and spelling', () => {
  const headers = { Authorization: OURS, AUTHORIZATION: REDACTED, 'X-TOKEN': 'bare-token' };
  const { config, taken } = withoutOurs(configOf({ ...headers, 'X-Id': '1' }));
  expect(config.headers).toEqual({ 'X-Id': '1' });
  expect(taken).toEqual([]);
});

test('a config without anything of ours stays the same object', () => {
  const given = Object.freeze(configOf(Object.freeze({ 'X-Id': '1' })));
  expect(withoutOurs(given)).toEqual({ config: given, taken: [] });
  expect(withoutOurs(given).config).toBe(given);
});

test.each<[object, boolean]>([
  [{}, false],
  [{ 'X-Id': OURS }, false],
  [{ Authorization: OURS }, true],
  [{ 'x-token': 'of the caller' }, true],
])('whether it carries a token, its own or ours: %j', (headers, expected) => {
  expect(carriesToken(configOf(headers))).toBe(expected);
});

test('a config keeps what its caller wrote, and tells where', () => {
  const given = configOf({ Authorization: 'Basic abc', 'X-Token': 'bare-token' });
  const { config, taken } = withoutOurs(given);
  expect(config.headers).toEqual({ Authorization: 'Basic abc' });
  expect(taken).toEqual([AUTHORIZATION]);
});

test.each<[object, object]>([
  [{ AUTHORIZATION: OURS, 'X-Id': '1' }, { 'X-Id': '1' }],
  [{ Authorization: 'Basic abc' }, { Authorization: 'Basic abc' }],
  [{ 'X-token': new ConcealedValue('bare-token') }, {}],
  [{ 'X-Id': OURS }, { 'X-Id': OURS }],
])('only our tokens are removed, from their places: %j leaves %j', (headers, left) => {
  const own = new AxiosHeaders(headers as never);
  removeOurs({ headers: own });
  expect(own.toJSON()).toEqual(left);
});

test('a redirect without headers has nothing to remove', () => {
  expect(() => removeOurs({})).not.toThrow();
});
