import { describe, expect, test } from '@jest/globals';

import { defineProvider, isBearerError } from '../../src/index.js';
import { inCookie, inQuery } from '../../src/provider-definition/query-and-cookie.js';
import {
  placeOf,
  type Carrier,
  type Place,
  type TokenPlacement,
} from '../../src/provider-definition/token-placement.js';
import { failureOf } from '../axios/support.js';

const define = (tokenPlacement: unknown) =>
  defineProvider({
    name: 'placed',
    baseURL: 'https://api.example.com',
    acquireToken: () => 'fake-token',
    tokenPlacement: tokenPlacement as TokenPlacement,
  });

describe('a placement', () => {
  test.each<[unknown, string, string]>([
    [undefined, 'authorization', 'Bearer fake'],
    [{}, 'authorization', 'Bearer fake'],
    [{ scheme: 'Token' }, 'authorization', 'Token fake'],
    [{ scheme: '' }, 'authorization', 'fake'],
    [{ header: 'authorization' }, 'authorization', 'Bearer fake'],
    [{ header: 'X-Api-Token' }, 'x-api-token', 'fake'],
    [{ header: 'X-Api-Token', scheme: 'Bearer' }, 'x-api-token', 'Bearer fake'],
    [inQuery('access_token'), '?access_token', 'fake'],
    [inCookie('sid'), ';sid', 'fake'],
  ])('of %j is accepted', (placement, id, written) => {
    const place = placeOf(define(placement).tokenPlacement);
    expect([place.id, place.written('fake')]).toEqual([id, written]);
  });

  test.each<[unknown, string]>([
    [{ header: '' }, 'header'],
    [{ header: 'X Token' }, 'header'],
    [{ header: 'X-Token\r\nHost' }, 'header'],
    [{ header: 7.5 }, 'header'],
    [{ header: 'Host' }, 'header'],
    [{ header: 'content-length' }, 'header'],
    [{ header: 'Cookie' }, 'header'],
    [{ header: 'Proxy-Authorization' }, 'header'],
    [{ header: 'Transfer-Encoding' }, 'header'],
    [{ scheme: 'Bearer token' }, 'scheme'],
    [{ scheme: null }, 'scheme'],
    [{ headers: 'X-Token' }, 'headers'],
    [{ query: 'access_token' }, 'query'],
    [{ cookie: 'sid' }, 'cookie'],
  ])('of %j is refused, and names the option and what to do', async (placement, option) => {
    const error = await failureOf(Promise.resolve().then(() => define(placement)));
    expect(isBearerError(error, 'ERR_BEARER_MISCONFIGURED')).toBe(true);
    expect(error.message).toContain(`tokenPlacement.${option}`);
    expect(error.message).toMatch(/inCookie\(\) or inQuery\(\)|Did you mean `header`/);
  });

  test.each([[null], ['X-Token'], [['X-Token']], [inQuery]])(
    'is an object, which %p is not',
    (placement) => {
      expect(() => define(placement)).toThrow('tokenPlacement is not an object');
    },
  );

  test.each([
    [inQuery, ''],
    [inQuery, 'a b'],
    [inQuery, 'a&b'],
    [inQuery, undefined],
    [inCookie, ''],
    [inCookie, 'a;b'],
    [inCookie, 'a=b'],
    [inCookie, undefined],
  ])('by %p for %j is refused', (make, name) => {
    expect(() => make(name as string)).toThrow(/name that cannot be sent/);
  });
});

/** A token as it goes in and comes out again. */
function sentAndTakenOut(place: Place, carrier: Carrier, token: string) {
  const before = structuredClone(carrier);
  const written = place.written(token);
  place.write(carrier, written);
  const found = place.find(carrier.headers ?? {}, carrier);
  const onTheWire = structuredClone(carrier);
  place.remove(carrier, (value) => value === written);
  return { before, found, written, onTheWire, after: carrier };
}

describe('in the query', () => {
  const place = inQuery('access_token');

  test.each([
    ['/things', '/things?access_token=T'],
    ['/things?', '/things?access_token=T&'],
    ['/things?a=1', '/things?access_token=T&a=1'],
    ['/things#part?', '/things?access_token=T#part?'],
    ['/things?a=1#part', '/things?access_token=T&a=1#part'],
    ['https://api.example.com', 'https://api.example.com?access_token=T'],
  ])('%s becomes %s, and itself again', (url, onTheWire) => {
    const sent = sentAndTakenOut(place, { url } as Carrier, 'T');
    expect([sent.onTheWire, sent.found, sent.after]).toEqual([{ url: onTheWire }, ['T'], { url }]);
  });

  test.each(["a'b!(c)*~", 'a+b/c==', 'a&b#c?d', '%41'])('a token %s arrives as it is', (token) => {
    const { onTheWire, written } = sentAndTakenOut(
      place,
      { url: 'https://h/x?a=1' } as Carrier,
      token,
    );
    const parsed = new URL((onTheWire as { url: string }).url);
    expect(parsed.searchParams.getAll('access_token')).toEqual([token]);
    expect(place.arrivedIn!({ url: parsed.href, header: () => undefined }, written)).toBe(true);
  });

  test.each<[object, unknown[]]>([
    [{ url: '/?access_token=a&b=1&access_token=c' }, ['a', 'c']],
    [{ url: '/?access_token=a&access_token=b' }, ['a', 'b']],
    [{ url: '/?my_access_token=a#access_token=b' }, []],
    [{ url: '/', params: { access_token: 'a' } }, [['a']]],
    [{ url: '/', params: new URLSearchParams({ access_token: 'a' }) }, [['a']]],
    [{ url: '/', params: { access_token: undefined, b: 1 } }, []],
    [{ url: '/', baseURL: 'https://h/x?access_token=a' }, ['a']],
  ])('of %j it finds %j', (carrier, values) => {
    expect(place.find({}, carrier)).toEqual(values);
  });

  test('all of ours are taken out, and the caller’s stay', () => {
    const carrier = { url: '/?access_token=T&access_token=mine&access_token=T&b=1' };
    place.remove(carrier as Carrier, (value) => value === 'T');
    expect(carrier.url).toBe('/?access_token=mine&b=1');
  });

  test('a request that a redirect leads to loses it in each form of its URL', () => {
    const next = {
      href: 'https://h/?access_token=T',
      path: '/?access_token=T',
      search: '?access_token=T',
    };
    place.remove(next as Carrier, (value) => value === 'T');
    expect(next).toEqual({ href: 'https://h/', path: '/' });
  });

  test('an answer from a URL without it is not about it', () => {
    const header = () => undefined;
    expect(place.arrivedIn!({ url: 'https://h/x', header }, 'T')).toBe(false);
    expect(place.arrivedIn!({ url: undefined, header }, 'T')).toBe(true);
  });
});

describe('in a cookie', () => {
  const place = inCookie('connect.sid');

  test.each<[object, object]>([
    [{}, { Cookie: 'connect.sid=T' }],
    [{ Cookie: 'a=1' }, { Cookie: 'connect.sid=T; a=1' }],
    [{ cookie: 'a=1; b=2' }, { cookie: 'connect.sid=T; a=1; b=2' }],
  ])('the headers %j become %j, and themselves again', (headers, onTheWire) => {
    const sent = sentAndTakenOut(place, { headers: { ...headers } }, 'T');
    expect([sent.onTheWire, sent.found, sent.after]).toEqual([
      { headers: onTheWire },
      ['T'],
      { headers },
    ]);
  });

  test('several Cookie headers become one', () => {
    const { onTheWire } = sentAndTakenOut(place, { headers: { Cookie: ['a=1', 'b=2'] } }, 'T');
    expect(onTheWire).toEqual({ headers: { Cookie: 'connect.sid=T; a=1; b=2' } });
  });

  test('a token arrives as the server wrote it, but for what a cookie may not contain', () => {
    expect(place.written('a+b/c==%3D&#')).toBe('a+b/c==%3D&#');
    expect(place.written('a;b,c"d\\e')).toBe('a%3Bb%2Cc%22d%5Ce');
  });

  test.each<[object, unknown[]]>([
    [{ Cookie: 'a=1; connect.sid=x=y; b=2' }, ['x=y']],
    [{ Cookie: 'connectXsid=x; my-connect.sid=y' }, []],
    [{ cookie: 'connect.sid=x;connect.sid=y' }, ['x', 'y']],
    [{ Cookie: false }, [false]],
    [{ Cookie: undefined }, []],
  ])('of %j it finds %j', (headers, values) => {
    expect(place.find(headers, {})).toEqual(values);
  });

  test('an answer to a request without it is not about it', () => {
    const answered = (cookie: unknown) => ({ url: undefined, header: () => cookie });
    expect(place.arrivedIn!(answered('a=1; connect.sid=T'), 'T')).toBe(true);
    expect(place.arrivedIn!(answered('a=1'), 'T')).toBe(false);
    expect(place.arrivedIn!(answered(undefined), 'T')).toBe(false);
  });
});
