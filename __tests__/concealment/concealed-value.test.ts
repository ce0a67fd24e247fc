import { describe, expect, test } from '@jest/globals';
import axios, { AxiosHeaders } from 'axios';
import { inspect } from 'node:util';

import { ConcealedValue } from '../../src/concealment/concealed-value.js';
import { REDACTED } from '../../src/concealment/redacted.js';

const SECRET = 'Bearer telltale-token';
const value = new ConcealedValue(SECRET);

describe('a concealed header value is sent', () => {
  test('as text, where text is asked for', () => {
    expect(String(value)).toBe(SECRET);
    expect(`sent: ${value as unknown as string}`).toBe(`sent: ${SECRET}`);
  });

  test.each<[string, () => object]>([
    ['plain headers', () => ({ Authorization: value })],
    ['headers of axios', () => AxiosHeaders.from({}).set('X-Other', '1')],
  ])('by any axios that is handed a config with it, in %s', async (_, make) => {
    const headers = Object.assign(make(), { Authorization: value });
    const { data } = await axios.request<unknown>({
      headers: headers as never,
      adapter: (config) =>
        Promise.resolve({
          status: 200,
          statusText: '',
          headers: {},
          config,
          data: config.headers.get('Authorization'),
        }),
    });
    expect(data).toBe(SECRET);
  });
});

describe('a concealed header value shows its mask', () => {
  test.each<[string, (shown: string) => unknown, unknown]>([
    ['concatenated', (shown) => 'Authorization: ' + shown, `Authorization: ${REDACTED}`],
    ['by its own method', () => value.toString(), REDACTED],
    ['as a primitive', (shown) => shown.valueOf(), REDACTED],
    ['as JSON', (shown) => JSON.stringify({ shown }), `{"shown":"${REDACTED}"}`],
    [
      'as JSON with a replacer',
      (shown) => JSON.stringify([shown], (_key, part: unknown) => part),
      `["${REDACTED}"]`,
    ],
    [
      'by the headers of axios, in print',
      (shown) => String(Object.assign(new AxiosHeaders(), { A: shown })),
      `A: ${REDACTED}`,
    ],
    ['by its characters', (shown) => Object.values(shown).join(''), REDACTED],
    ['in its length', (shown) => shown.length, REDACTED.length],
    ['as bytes', (shown) => Buffer.from(shown).toString(), REDACTED],
    ['compared', (shown) => shown == REDACTED, true],
    ['as a number', (shown) => Number(shown), Number.NaN],
  ])('%s', (_, show, expected) => {
    expect(show(value as unknown as string)).toEqual(expected);
  });

  test.each([
    {},
    { showHidden: true },
    { showProxy: true },
    { getters: true },
    { customInspect: false },
    { depth: Infinity, showHidden: true, customInspect: false, compact: false },
  ])('to inspect with %j', (options) => {
    expect(inspect({ value }, options)).toContain(REDACTED);
    expect(inspect({ value }, options)).not.toContain('telltale');
  });
});

describe('a clone of a concealed header value has only the mask', () => {
  test.each<[string, () => unknown]>([
    ['structuredClone', () => structuredClone(value)],
    ['the constructor, as lodash clones a String', () => new ConcealedValue(value)],
    [
      'its own properties',
      () => Object.assign(Object.create(ConcealedValue.prototype) as object, value),
    ],
    ['Object.create', () => Object.create(value) as object],
  ])('by %s', (_, clone) => {
    let text: string;
    try {
      text = String(clone());
    } catch (error) {
      text = String(error); // It is not a String any more.
    }
    expect(text).not.toContain('telltale');
  });

  test('and made of anything but text, too', () => {
    for (const odd of [undefined, null, 7, { a: SECRET }, [SECRET]])
      expect(String(new ConcealedValue(odd))).toBe(REDACTED);
  });
});

test('an error handler that expects strings in headers works with it', () => {
  expect(value).toBeInstanceOf(String);
  expect(value.startsWith('Bearer ')).toBe(true);
  expect(value.toLowerCase()).toBe(SECRET.toLowerCase());
});
