import { describe, expect, jest, test } from '@jest/globals';
import axios, {
  AxiosHeaders,
  type AxiosRequestTransformer,
  type InternalAxiosRequestConfig,
} from 'axios';
import FormDataPackage from 'form-data';
import { openAsBlob } from 'node:fs';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

import {
  discard,
  fitHeaders,
  fixBoundary,
  isWebForm,
  replayBody,
} from '../../src/axios/replay-body.js';

const configOf = (fields: object = {}) =>
  ({ headers: new AxiosHeaders(), ...fields }) as InternalAxiosRequestConfig;

const stream = () => Readable.from(['a']);
/** A web stream of a polyfill, which need not be an async iterable. */
const webStream = () => ({ getReader: () => ({}) });

class Upload {
  constructor(readonly file: unknown) {}
}

describe('behaviour 49: what was sent', () => {
  const cyclic: { self?: unknown } = {};
  cyclic.self = [cyclic];

  test.each<[string, () => unknown]>([
    ['nothing', () => undefined],
    ['null', () => null],
    ['text', () => 'text'],
    ['bytes', () => new Uint8Array([1])],
    ['an ArrayBuffer', () => new ArrayBuffer(1)],
    ['fields', () => ({ a: 1, b: null, c: [null, 'x'] })],
    ['what leads back to itself', () => cyclic],
    ['URLSearchParams', () => new URLSearchParams({ a: '1' })],
    ['a web form', () => new FormData()],
    ['a Blob', () => new Blob(['a'])],
    [
      'a file, which is opened anew for each send',
      () => openAsBlob(fileURLToPath(import.meta.url)),
    ],
  ])('can be sent again as it is: %s', async (_, make) => {
    const data = await make();
    expect(replayBody(configOf({ data }), data)).toEqual({ data });
    expect(replayBody(configOf({ data }), data)!.data).toBe(data);
  });

  test.each<[string, () => unknown]>([
    ['a Node stream', stream],
    ['a web stream', () => new ReadableStream()],
    ['the web stream of a polyfill', webStream],
    ['an async iterable', () => ({ [Symbol.asyncIterator]: () => ({}) })],
    ['the form-data package', () => new FormDataPackage()],
    ['one in a field', () => ({ a: 1, b: stream() })],
    ['one deep in lists', () => [{ a: [1, webStream()] }]],
    ['one in an object without a prototype', () => ({ __proto__: null, a: stream() })],
    ['one in a class', () => new Upload(stream())],
    ['one in a class in a field', () => ({ a: new Upload([stream()]) })],
    ['one in a Map', () => new Map([['a', stream()]])],
    ['one that is the key of a Map', () => new Map([[stream(), 'a']])],
    ['one in a Set', () => new Set([{ a: stream() }])],
    ['one behind what leads back to itself', () => ({ a: cyclic, b: stream() })],
  ])('cannot, if it could be read only once: %s', (_, make) => {
    const data = make();
    expect(replayBody(configOf({ data }), undefined)).toBeUndefined();
  });

  test('cannot, if it cannot be looked at', () => {
    const data = {
      get pipe(): never {
        throw new Error('not yours');
      },
    };
    expect(replayBody(configOf({ data }), data)).toBeUndefined();
  });

  test('counts, not what it was made of: a transform may have read a stream into text', () => {
    expect(replayBody(configOf({ data: 'read' }), stream())).toEqual({ data: 'read' });
  });
});

describe('a form that axios made out of plain fields', () => {
  /** The config of a postForm after axios has transformed it. */
  function sentForm(fields: unknown, more: object = {}): InternalAxiosRequestConfig {
    const config = configOf({ ...axios.defaults, ...more, data: undefined });
    config.headers = new AxiosHeaders({ 'Content-Type': 'multipart/form-data' });
    const [transform] = axios.defaults.transformRequest as AxiosRequestTransformer[];
    config.data = transform!.call(config, fields, config.headers);
    return config;
  }

  test.each<[string, object]>([
    ['of text', { a: '1' }],
    ['of nested fields, lists and dates', { a: { b: [1, 2] }, c: new Date(0), d: null }],
    ['of bytes', { a: Buffer.from('bytes') }],
  ])('%s is made again, byte for byte', (_, fields) => {
    const config = sentForm(fields);
    const sent = config.data as FormDataPackage;
    expect(replayBody(config, fields)).toEqual({
      data: sent.getBuffer(),
      contentType: `multipart/form-data; boundary=${sent.getBoundary()}`,
    });
  });

  test('is made again by the caller’s formSerializer', () => {
    const fields = { a: [1, 2] };
    const config = sentForm(fields, { formSerializer: { indexes: true } });
    const again = replayBody(config, fields)!;
    expect(String(again.data)).toContain('name="a[1]"');
    expect(again.data).toEqual((config.data as FormDataPackage).getBuffer());
  });

  test.each<[string, () => object]>([
    ['in a field', () => ({ a: 1, b: stream() })],
    ['in a nested field', () => ({ a: { b: [stream()] } })],
  ])('is not, with a stream %s', (_, make) => {
    const fields = make();
    expect(replayBody(sentForm(fields), fields)).toBeUndefined();
  });

  test('is not, where its fields hide a stream from everything but the form', () => {
    class Late {
      readonly #file = stream();
      toJSON() {
        return this.#file;
      }
    }
    const config = configOf({ data: new FormDataPackage() });
    (config.data as FormDataPackage).append('a', stream());
    expect(replayBody(config, { a: new Late() })).toBeUndefined();
  });

  test('is not, with a visitor of the caller’s, which may write something else each time', () => {
    const fields = { a: 1 };
    const config = sentForm(fields);
    config.formSerializer = { visitor: () => true };
    expect(replayBody(config, fields)).toBeUndefined();
  });

  test.each<[string, unknown]>([
    ['one transform of the caller’s', (data: unknown) => data],
    ['one beside axios’s own', [axios.defaults.transformRequest, (data: unknown) => data].flat()],
  ])(
    'is not, after %s: it may have changed the fields, or make others each time',
    (_, transformRequest) => {
      const config = { ...sentForm({ a: 1 }), transformRequest } as InternalAxiosRequestConfig;
      expect(replayBody(config, { a: 1 })).toBeUndefined();
    },
  );
});

describe('the headers of the next send', () => {
  test.each<[string, unknown, string | undefined, unknown]>([
    ['keep the length of the bytes', new Uint8Array(3), '3', '3'],
    ['lose one that the bytes do not have', new Uint8Array(3), '4', undefined],
    ['get none', new Uint8Array(3), undefined, undefined],
    ['keep what the caller wrote for a text', 'abc', '3', '3'],
  ])('%s', (_, data, length, expected) => {
    const headers = new AxiosHeaders({ ...(length && { 'Content-Length': length }) });
    fitHeaders(headers, { data });
    expect(headers.getContentLength() ?? undefined).toBe(expected);
    expect(headers.getContentType()).toBeUndefined();
  });

  test('name the boundary of a form', () => {
    const headers = new AxiosHeaders({ 'Content-Type': 'multipart/form-data' });
    const contentType = 'multipart/form-data; boundary=b';
    fitHeaders(headers, { data: new Uint8Array(3), contentType });
    expect(headers.getContentType()).toBe(contentType);
  });
});

test.each<[string, () => unknown, boolean]>([
  ['that of the platform', () => new FormData(), true],
  [
    'that of another realm',
    () => ({
      append: () => undefined,
      [Symbol.toStringTag]: 'FormData',
      [Symbol.iterator]: () => ({}),
    }),
    true,
  ],
  ['not the form-data package', () => new FormDataPackage(), false],
  ['not URLSearchParams', () => new URLSearchParams(), false],
  ['not text', () => 'FormData', false],
  ['not null', () => null, false],
  ['not nothing', () => undefined, false],
])('a web form is recognised by its methods: %s', (_, body, expected) => {
  expect(isWebForm(body())).toBe(expected);
});

describe('the boundary of a web form', () => {
  const NAMED = /^multipart\/form-data; boundary=axios-bearer-[0-9a-f]+$/;
  const contentTypeAfter = (contentType?: string) => {
    const config = configOf();
    if (contentType !== undefined) config.headers.setContentType(contentType);
    fixBoundary(config);
    return config.headers.getContentType();
  };

  test.each([undefined, 'multipart/form-data', 'Multipart/Form-Data', 'multipart/form-data  '])(
    'is named where the type is %p, each time another',
    (contentType) => {
      expect(contentTypeAfter(contentType)).toMatch(NAMED);
      expect(contentTypeAfter(contentType)).not.toBe(contentTypeAfter(contentType));
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

  test('is written into plain headers, too, which keep the rest', () => {
    const config = configOf({ headers: { 'X-Id': '1' } });
    fixBoundary(config);
    expect(config.headers.get('X-Id')).toBe('1');
    expect(config.headers.getContentType()).toMatch(NAMED);
  });
});

describe('an answer that will not be read', () => {
  test('is destroyed if it is a Node stream', () => {
    const body = stream();
    discard(body);
    expect(body.destroyed).toBe(true);
  });

  test('is cancelled if it is a web stream, however that ends', async () => {
    const cancel = jest.fn(() => Promise.reject(new Error('locked')));
    discard({ ...webStream(), cancel });
    await Promise.allSettled(cancel.mock.results.map(({ value }) => value));
    expect(cancel).toHaveBeenCalledTimes(1);
  });

  test.each([
    undefined,
    null,
    'text',
    { cancel: 1, destroy: 1 },
    { pipe: 'steel', destroy: 'never' },
    { getReader: 1 },
  ])('is left alone if it is %p', (body) => {
    expect(() => discard(body)).not.toThrow();
  });
});
