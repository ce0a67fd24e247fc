import { describe, expect, jest, test } from '@jest/globals';
import axios, { AxiosHeaders, type InternalAxiosRequestConfig } from 'axios';
import FormDataPackage from 'form-data';
import { Readable } from 'node:stream';

import { discard, fixBoundary, isReplayable, isWebForm } from '../../src/axios/replay-body.js';

const configOf = (fields: object = {}) =>
  ({ headers: new AxiosHeaders(), ...fields }) as InternalAxiosRequestConfig;

const stream = () => Readable.from(['a']);
/** A web stream of a polyfill, which need not be an async iterable. */
const webStream = () => ({ getReader: () => ({}) });

class Upload {
  constructor(readonly log: Readable) {}
}

describe('a body', () => {
  const bare = (fields: object): object => Object.assign(Object.create(null) as object, fields);

  test.each<[string, () => unknown, boolean]>([
    ['that is none', () => undefined, true],
    ['that is null', () => null, true],
    ['of text', () => 'text', true],
    ['of bytes', () => new Uint8Array([1]), true],
    ['of fields', () => ({ a: 1, b: null, c: [null, 'x'] }), true],
    ['of nothing', () => ({}), true],
    ['that is a Node stream', stream, false],
    ['that is a web stream', webStream, false],
    ['that is an async iterable', () => ({ [Symbol.asyncIterator]: () => ({}) }), false],
    ['with a stream in it', () => ({ a: 1, b: stream() }), false],
    ['with a stream deep in it', () => [{ a: [1, webStream()] }], false],
    ['with a stream, and no prototype', () => bare({ a: stream() }), false],
    ['of a class, which merely knows a stream', () => new Upload(stream()), true],
    ['with such a one in it', () => ({ a: new Upload(stream()) }), true],
  ])('%s can be sent again: %#', (_, body, expected) => {
    expect(isReplayable(configOf({ data: body() }), undefined)).toBe(expected);
  });

  test.each<[string, object, object, boolean]>([
    [
      'out of fields, by axios alone',
      { transformRequest: axios.defaults.transformRequest },
      {},
      true,
    ],
    ['out of fields, by no transform', {}, {}, true],
    ['out of a stream', {}, { a: stream() }, false],
    ['by one transform of the caller’s', { transformRequest: () => 'x' }, {}, false],
    ['by a list of them', { transformRequest: [() => 'x'] }, {}, false],
  ])('that is a form made %s can be made again: %#', (_, fields, raw, expected) => {
    const data = new FormDataPackage();
    expect(isReplayable(configOf({ data, ...fields }), raw)).toBe(expected);
  });

  test('is a web form in whatever realm it was made', () => {
    expect(isWebForm(new FormData())).toBe(true);
    const ofAnotherRealm = { [Symbol.toStringTag]: 'FormData', [Symbol.iterator]: () => ({}) };
    expect(isWebForm(ofAnotherRealm)).toBe(true);
    expect(isWebForm(new URLSearchParams())).toBe(false);
    expect(isWebForm(new FormDataPackage())).toBe(false);
    expect(isWebForm(null)).toBe(false);
    expect(isWebForm(undefined)).toBe(false);
    expect(isWebForm('FormData')).toBe(false);
  });
});

describe('the boundary of a web form', () => {
  const contentTypeAfter = (contentType: string | undefined) => {
    const config = configOf();
    if (contentType !== undefined) config.headers.setContentType(contentType);
    fixBoundary(config);
    return config.headers.getContentType();
  };
  const NAMED = /^multipart\/form-data; boundary=axios-bearer-[0-9a-f]+$/;

  test.each([undefined, 'multipart/form-data', 'Multipart/Form-Data', 'multipart/form-data  '])(
    'is named where the type is %p',
    (contentType) => {
      expect(contentTypeAfter(contentType)).toMatch(NAMED);
    },
  );

  test.each([
    'multipart/form-data; boundary=mine',
    'multipart/form-data-of-mine',
    'application/json',
    'x-multipart/form-data',
  ])('is left to the caller where it is %p', (contentType) => {
    expect(contentTypeAfter(contentType)).toBe(contentType);
  });

  test('is written to headers of axios’s own, whatever was there, and to those that are there', () => {
    const plain = configOf({ headers: { a: '1' } });
    fixBoundary(plain);
    expect(plain.headers).toBeInstanceOf(AxiosHeaders);
    expect(plain.headers.get('a')).toBe('1');
    expect(plain.headers.getContentType()).toMatch(NAMED);

    const { headers } = configOf();
    const config = configOf({ headers });
    fixBoundary(config);
    expect(config.headers).toBe(headers);
  });
});

describe('an answer that nobody will read', () => {
  test('is let go of if it is a Node stream, and may be unable to', () => {
    const body = stream();
    discard(body);
    expect(body.destroyed).toBe(true);
    expect(() => discard({ pipe: () => undefined })).not.toThrow();
  });

  test('is cancelled if it is a web stream, however that ends', async () => {
    const cancel = jest.fn(() => Promise.reject(new Error('locked')));
    discard({ ...webStream(), cancel });
    await Promise.allSettled(cancel.mock.results.map(({ value }) => value));
    expect(cancel).toHaveBeenCalledTimes(1);
  });

  test.each([undefined, null, 'text', { cancel: 1, destroy: 1 }])(
    'is left alone if it is %p',
    (body) => {
      expect(() => discard(body)).not.toThrow();
    },
  );
});
