import { afterEach, describe, expect, test } from '@jest/globals';
import type { InternalAxiosRequestConfig } from 'axios';

import { createOriginGuard } from '../../src/axios/origin-guard.js';

const API = 'https://api.example.com';
const EVIL = 'https://evil.example.com';

const LOOPBACK = 'http://127.0.0.1:4010';

const guard = () => createOriginGuard([API, 'https://files.example.com']);

const config = (fields: object): InternalAxiosRequestConfig => fields as InternalAxiosRequestConfig;

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
  delete (globalThis as { location?: unknown }).location;
});

describe('the destination of a request', () => {
  test.each<[object, string]>([
    [{ url: `${API}/a` }, 'own'],
    [{ url: API }, 'own'],
    [{ url: 'https://files.example.com/a' }, 'own'],
    [{ url: `${API}.evil.example/a` }, 'foreign'],
    [{ url: `${EVIL}/${API}/` }, 'foreign'],
    [{ url: '/a' }, 'foreign'],
    [{}, 'foreign'],
    [{ baseURL: '', url: `${API}/a` }, 'own'],
    [{ baseURL: API, url: '/a' }, 'own'],
    [{ baseURL: API, url: 'a' }, 'own'],
    [{ baseURL: API }, 'own'],
    [{ baseURL: `${API}/v1`, url: '/a' }, 'own'],
    [{ baseURL: EVIL, url: '/a' }, 'foreign'],
    [{ baseURL: EVIL, url: `${API}/a` }, 'own'],
    [{ baseURL: API, url: `${EVIL}/a` }, 'foreign'],
    [{ baseURL: API, url: '//evil.example.com/a' }, 'foreign'],
    [{ baseURL: API, url: 'login?to=https://evil.example.com' }, 'own'],
    [{ baseURL: API, url: 's3://evil.example.com/a' }, 'foreign'],
    [{ baseURL: API, url: `${EVIL}/a`, allowAbsoluteUrls: false }, 'own'],
    [{ url: `${API}/a`, allowAbsoluteUrls: false }, 'own'],
    [{ baseURL: '', url: `${EVIL}/a`, allowAbsoluteUrls: false }, 'foreign'],
    [{ url: 'https://me:secret@api.example.com/a' }, 'with-credentials'],
    [{ url: 'https://me@api.example.com/a' }, 'with-credentials'],
    [{ url: 'https://:secret@api.example.com/a' }, 'with-credentials'],
    [{ baseURL: 'https://me:secret@api.example.com' }, 'with-credentials'],
  ])('of %j is %s', (fields, destination) => {
    expect(guard().destinationOf(config(fields))).toBe(destination);
  });

  test('of what cannot be read as a URL is foreign', () => {
    const url = {
      toString(): never {
        throw new Error('no text');
      },
    };
    expect(guard().destinationOf(config({ url }))).toBe('foreign');
  });

  test.each<[object, string]>([
    [{ baseURL: LOOPBACK, url: '/a' }, 'foreign'],
    [{ url: `${LOOPBACK}/a` }, 'foreign'],
    [{ baseURL: LOOPBACK, url: '/a', proxy: false }, 'own'],
    [{ baseURL: API, url: '/a' }, 'own'],
    [{ url: 'http://me@127.0.0.1:4010/a' }, 'with-credentials'],
    [{ url: EVIL }, 'foreign'],
  ])(
    'of %j, where a proxy of the environment would carry clear text, is %s',
    (fields, expected) => {
      process.env['HTTP_PROXY'] = 'http://proxy.corp:3128';
      const one = createOriginGuard([API, LOOPBACK]);
      expect(one.destinationOf(config(fields))).toBe(expected);
      expect(one.destinationOf(config(fields))).toBe(expected);
    },
  );

  test('is found anew for each URL, whatever base URL went before', () => {
    const one = guard();
    const destinationOf = (fields: object) => one.destinationOf(config(fields));
    for (let round = 0; round < 2; round += 1) {
      expect(destinationOf({ baseURL: API, url: '/a' })).toBe('own');
      expect(destinationOf({ baseURL: API, url: `${EVIL}/a` })).toBe('foreign');
      expect(destinationOf({ baseURL: API, url: '//evil.example.com' })).toBe('foreign');
      expect(destinationOf({ baseURL: API, url: 'a' })).toBe('own');
      expect(destinationOf({ baseURL: API, url: '' })).toBe('own');
      expect(destinationOf({ baseURL: API })).toBe('own');
      expect(destinationOf({ url: '/a' })).toBe('foreign');
      expect(destinationOf({ baseURL: EVIL, url: '/a' })).toBe('foreign');
      expect(destinationOf({ baseURL: EVIL, url: `${API}/a` })).toBe('own');
      expect(destinationOf({ baseURL: EVIL, url: '//api.example.com/a' })).toBe('foreign');
      expect(destinationOf({ baseURL: '', url: '/a' })).toBe('foreign');
    }
  });

  test('of a relative URL in a browser is that of the page', () => {
    Object.assign(globalThis, { location: { href: `${API}/page` } });
    expect(guard().destinationOf(config({ url: '/a' }))).toBe('own');
    expect(guard().destinationOf(config({}))).toBe('own');
    Object.assign(globalThis, { location: { href: `${EVIL}/page` } });
    expect(guard().destinationOf(config({ url: '/a' }))).toBe('foreign');
  });
});

test.each([
  [`${API}/a?b=c`, true],
  [API, true],
  ['https://files.example.com/a', true],
  ['HTTPS://API.example.com:443/a', true],
  [`${API}.evil.example/`, false],
  ['http://api.example.com/', false],
  ['/a', false],
  ['', false],
])('a token may go to %s: %s', (url, may) => {
  expect(guard().allowsURL(url)).toBe(may);
});

test.each<[object, string]>([
  [{ url: `${EVIL}/a?secret=1` }, EVIL],
  [{ url: `${EVIL}/a`, allowAbsoluteUrls: false }, EVIL],
  [{ baseURL: '', url: `${EVIL}/a` }, EVIL],
  [{ baseURL: '', url: `${EVIL}/a`, allowAbsoluteUrls: false }, EVIL],
  [{ baseURL: `${EVIL}/v1`, url: '/a' }, EVIL],
  [{ baseURL: API, url: `${EVIL}/a` }, EVIL],
  [{ baseURL: EVIL, url: `${API}/a`, allowAbsoluteUrls: false }, EVIL],
  [{ url: '/a' }, '(not a URL)'],
  [{}, '(not a URL)'],
])('the origin of %j is reported as %s', (fields, origin) => {
  expect(guard().originOf(config(fields))).toBe(origin);
});
