import { afterEach, describe, expect, test } from '@jest/globals';
import { AxiosHeaders } from 'axios';

import { headerOf, read } from '../../src/concealment/any-object.js';

describe('what stands at a path', () => {
  class Answer {
    get status() {
      return 503;
    }
  }

  test.each<[unknown, string[], unknown]>([
    [{ a: { b: 1 } }, ['a', 'b'], 1],
    [{ a: [5, 6] }, ['a', '1'], 6],
    [{ a: null }, ['a', 'b'], undefined],
    [{ a: 'text' }, ['a', 'length'], undefined],
    [{ a: 1 }, ['b'], undefined],
    [{ a: new Answer() }, ['a', 'status'], 503],
    [Answer, ['name'], 'Answer'],
    [undefined, ['a'], undefined],
    ['text', ['length'], undefined],
    [7, [], 7],
    [{}, ['toString'], undefined],
  ])('%p at %j is %p', (value, path, found) => {
    expect(read(value, ...path)).toEqual(found);
  });

  describe('where Object.prototype is polluted', () => {
    afterEach(() => void Reflect.deleteProperty(Object.prototype, 'status'));

    test('is what the object has itself', () => {
      Object.assign(Object.prototype, { status: 503 });
      expect([read({}, 'status'), read({ status: 200 }, 'status')]).toEqual([undefined, 200]);
    });
  });
});

test.each<[object | undefined, unknown]>([
  [{ 'retry-after': '1' }, '1'],
  [{ 'RETRY-AFTER': ['1', '2'] }, ['1', '2']],
  [new AxiosHeaders({ 'Retry-After': '1' }), '1'],
  [new Headers({ 'Retry-After': '1' }), '1'],
  [new Headers(), undefined],
  [{ after: '1' }, undefined],
  [undefined, undefined],
])('a header is found whatever the case of its name: %p', (headers, value) => {
  expect(headerOf(headers, 'retry-after')).toEqual(value);
});

test('what throws when it is read is absent', () => {
  const get = () => {
    throw new Error('not to be read');
  };
  expect([read(new Proxy({}, { get }), 'a'), headerOf({ get }, 'a')]).toEqual([
    undefined,
    undefined,
  ]);
});
