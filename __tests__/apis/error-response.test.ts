import { describe, expect, it } from '@jest/globals';

import { toErrorResponse } from '../../src/apis/error-response.js';

const SECRETS = ['fake-api-token'];
const dataOf = (body: unknown) => toErrorResponse({ status: 400, body }, SECRETS).data;

describe('the response that an error keeps', () => {
  it('holds the status and the body', () => {
    const body = { code: 1002, items: ['a', { no: null, ok: false }] };
    expect(toErrorResponse({ status: 400, body }, SECRETS)).toEqual({ status: 400, data: body });
  });

  it.each([
    ['a text', 'the key fake-api-token is bad', 'the key [redacted] is bad'],
    ['a value', { a: [{ b: 'fake-api-token' }] }, { a: [{ b: '[redacted]' }] }],
    ['a key', { 'fake-api-token': 1 }, { '[redacted]': 1 }],
    ['a header that is quoted', { h: 'Bearer abc.123.def' }, { h: 'Bearer [redacted]' }],
  ])('loses secrets in %s', (_, body, clean) => {
    expect(dataOf(body)).toEqual(clean);
  });

  it('leaves out a body that was never read', () => {
    expect(dataOf(new ReadableStream())).toBeUndefined();
  });

  it('gives no object another prototype', () => {
    const data = dataOf(JSON.parse('{"__proto__":{"admin":true}}')) as { admin?: boolean };
    expect(data.admin).toBeUndefined();
  });

  it.each([
    ['a long list', Array<string>(200_000).fill('item')],
    ['lists in lists', Array(500).fill(Array(500).fill('item'))],
    ['many fields', Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`k${i}`, i]))],
    ['deep nesting', JSON.parse('['.repeat(5_000) + ']'.repeat(5_000)) as unknown],
    ['a long text', 'x'.repeat(1_000_000)],
  ])('stays small for %s', (_, body) => {
    expect(JSON.stringify(dataOf(body)).length).toBeLessThan(20_000);
  });
});
