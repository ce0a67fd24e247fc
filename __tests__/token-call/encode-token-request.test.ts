import { describe, expect, it } from '@jest/globals';

import { absoluteURL } from '../../src/provider-definition/token-request.js';
import { encodeTokenRequest } from '../../src/token-call/encode-token-request.js';

const BASE = 'https://api.example.com';

describe('a token request on the wire', () => {
  it('is a POST without a body unless said otherwise', () => {
    expect(encodeTokenRequest({ url: '/token' }, BASE)).toStrictEqual({
      url: 'https://api.example.com/token',
      method: 'POST',
      headers: { Accept: 'application/json' },
      data: undefined,
    });
  });

  it('carries JSON with its content type', () => {
    const encoded = encodeTokenRequest({ url: '/t', body: { json: { a: 'ä"', n: 1 } } }, BASE);

    expect(encoded.headers).toEqual({
      Accept: 'application/json',
      'Content-Type': 'application/json',
    });
    expect(encoded.data).toBe('{"a":"ä\\"","n":1}');
  });

  it('carries a form with its content type, and a list as repeated fields', () => {
    const form = { grant_type: 'client_credentials', scope: 'a b', resource: ['x&1', 'y'] };
    const encoded = encodeTokenRequest({ url: '/t', body: { form } }, BASE);

    expect(encoded.headers['Content-Type']).toBe('application/x-www-form-urlencoded');
    expect(encoded.data).toBe('grant_type=client_credentials&scope=a+b&resource=x%261&resource=y');
  });

  it('goes out with the method and the headers that the provider names', () => {
    const encoded = encodeTokenRequest(
      { url: '/t', method: 'PUT', headers: { Accept: 'text/plain', 'X-One': '1' } },
      BASE,
    );

    expect(encoded.method).toBe('PUT');
    expect(encoded.headers).toEqual({ Accept: 'text/plain', 'X-One': '1' });
  });
});

describe('the URL of a token request', () => {
  it.each([
    ['/token', BASE, 'https://api.example.com/token'],
    ['token', BASE, 'https://api.example.com/token'],
    ['oauth/token', BASE, 'https://api.example.com/oauth/token'],
    ['/token?for=https://x', BASE, 'https://api.example.com/token?for=https://x'],
    ['/token', `${BASE}/`, 'https://api.example.com/token'],
    ['/token', `${BASE}/v1`, 'https://api.example.com/v1/token'],
    ['//token', `${BASE}/v1//`, 'https://api.example.com/v1/token'],
    ['https://idp.example/token', BASE, 'https://idp.example/token'],
    ['HTTP://idp.example/token', BASE, 'HTTP://idp.example/token'],
  ])('%s on %s is %s', (url, base, absolute) => {
    expect(absoluteURL(url, base)).toBe(absolute);
  });
});
