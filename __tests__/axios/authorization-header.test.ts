import { describe, expect, test } from '@jest/globals';
import { AxiosHeaders, type InternalAxiosRequestConfig } from 'axios';

import {
  carries,
  hasOwnAuthorization,
  removeAuthorization,
} from '../../src/axios/authorization-header.js';
import { AccessToken } from '../../src/token/access-token.js';

const ours = new AccessToken({ value: 'fake-token', expiresAt: undefined, scope: undefined });

const configOf = (headers: unknown, fields: object = {}) =>
  ({ headers, ...fields }) as InternalAxiosRequestConfig;

describe('a request has an authorization of its own', () => {
  test.each<[string, unknown, boolean]>([
    ['none', {}, false],
    ['the header', { Authorization: 'Basic abc' }, true],
    ['in small letters', { authorization: 'Basic abc' }, true],
    ['in capitals', { AUTHORIZATION: 'Basic abc' }, true],
    ['empty', { Authorization: '' }, true],
    ['null', { authorization: null }, true],
    ['false', { Authorization: false }, true],
    ['undefined', { Authorization: undefined, authorization: undefined }, false],
    ['undefined beside one that is not', { Authorization: undefined, authorization: 'x' }, true],
    ['a longer name', { 'Proxy-Authorization': 'x' }, false],
    ['a name as long', { 'Accept-Encodin': 'x', authorizatiom: 'x' }, false],
  ])('%s', (_, headers, expected) => {
    expect(hasOwnAuthorization(configOf(headers))).toBe(expected);
    expect(hasOwnAuthorization(configOf(new AxiosHeaders(headers as never)))).toBe(expected);
  });

  test('by axios’s auth, unless that is null', () => {
    expect(hasOwnAuthorization(configOf({}, { auth: { username: 'a', password: 'b' } }))).toBe(
      true,
    );
    expect(hasOwnAuthorization(configOf({}, { auth: null }))).toBe(false);
  });

  test('not if an interceptor took the headers off: then there are new ones', () => {
    const config = configOf(undefined);
    expect(hasOwnAuthorization(config)).toBe(false);
    expect(config.headers).toBeInstanceOf(AxiosHeaders);
  });
});

describe('a config carries our token', () => {
  test.each<[object, boolean]>([
    [{ Authorization: 'Bearer fake-token' }, true],
    [{ authorization: 'Bearer fake-token' }, true],
    [{ Authorization: 'Bearer another' }, false],
    [{ Authorization: 'fake-token' }, false],
    [{ 'X-Token': 'Bearer fake-token' }, false],
    [{}, false],
  ])('%j: %s', (headers, expected) => {
    expect(carries(configOf(headers), ours)).toBe(expected);
  });
});

describe('our header is taken off', () => {
  test.each<[object, object]>([
    [{ Authorization: 'Bearer fake-token', a: '1' }, { a: '1' }],
    [{ AUTHORIZATION: 'Bearer fake-token' }, {}],
    [{ Authorization: 'Bearer another' }, { Authorization: 'Bearer another' }],
    [{ a: '1' }, { a: '1' }],
  ])('%j leaves %j', (headers, left) => {
    const config = configOf({ ...headers });
    removeAuthorization(config, ours);
    expect(config.headers).toEqual(left);
  });
});
