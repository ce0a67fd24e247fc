import { describe, expect, test } from '@jest/globals';
import { AxiosHeaders, type AxiosStatic, type InternalAxiosRequestConfig } from 'axios';
import { createRequire } from 'node:module';

import { flatCopy, readableHeaders, withWritableHeaders } from '../../src/axios/writable-config.js';

const { AxiosHeaders: OtherHeaders } = createRequire(import.meta.url)('axios') as AxiosStatic;

const OURS = 'Bearer fake-token';

const configOf = (headers: unknown) => ({ url: '/things', headers }) as InternalAxiosRequestConfig;

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

  test.each([
    ['a plain object', { 'X-Id': 1, 'x-id': 2 }],
    ['an object without a prototype', { __proto__: null, 'X-Id': 1, 'x-id': 2 }],
  ])('keep the values and spellings of %s', (_, headers) => {
    expect(Object.entries(withWritableHeaders(configOf(headers)).headers)).toEqual([
      ['X-Id', 1],
      ['x-id', 2],
    ]);
    expect(readableHeaders(headers)).toBe(headers);
  });

  test('go into a copy of a frozen config, which has no prototype, as axios’s own configs', () => {
    const frozen = Object.freeze(configOf({ 'X-Id': '1' }));
    const config = withWritableHeaders(frozen);
    expect({ ...config }).toEqual({ url: '/things', headers: { 'X-Id': '1' } });
    expect(Object.getPrototypeOf(config)).toBeNull();
  });
});

describe('a copy of a config', () => {
  test('has inherited properties too, but the config’s own first', () => {
    class Shared {
      readonly url = '/of-the-class';
      readonly timeout = 5;
    }
    const config = Object.assign(Object.create(new Shared()) as object, { url: '/own' });
    expect({ ...flatCopy(config as InternalAxiosRequestConfig) }).toEqual({
      url: '/own',
      timeout: 5,
    });
  });

  test('can be made of one without a prototype', () => {
    const config = Object.assign(Object.create(null) as object, { url: '/' });
    expect({ ...flatCopy(config as InternalAxiosRequestConfig) }).toEqual({ url: '/' });
  });

  test('leaves out the names that could change a prototype', () => {
    const config = JSON.parse('{"__proto__":{"a":1},"constructor":2,"prototype":3,"url":"/"}');
    expect(Reflect.ownKeys(flatCopy(config as InternalAxiosRequestConfig))).toEqual(['url']);
  });
});
