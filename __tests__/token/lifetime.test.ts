import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  epochMilliseconds,
  jwtClaims,
  type LifetimeHints,
  LONGEST_LIFETIME_SECONDS,
  positiveNumber,
  resolveLifetime,
} from '../../src/token/lifetime.js';
import { propertyRuns } from '../setup/property-runs.js';
import { HOUR, MINUTE, SECOND } from './life.js';

const NOW = 1_900_000_000_000;

const segment = (claims: unknown) => Buffer.from(JSON.stringify(claims)).toString('base64url');
const jwt = (claims: unknown) => `${segment({ alg: 'none' })}.${segment(claims)}.c2ln`;
/** A JWT that lives so many seconds from now. */
const jwtOf = (seconds: number) => jwt({ iat: NOW / SECOND, exp: NOW / SECOND + seconds });

const lifeOf = (hints: Partial<LifetimeHints>) => {
  const life = resolveLifetime({ token: 'opaque', localNow: NOW, ...hints });
  return life.kind === 'known' ? life.ms : life.kind;
};

describe('behaviour 10: expires_in', () => {
  it.each<[unknown, number | string]>([
    [3600, HOUR],
    ['3600', HOUR],
    [' 3600 ', HOUR],
    ['0060', MINUTE],
    [1.5, 1_500],
    ['1.5', 1_500],
    ['3600.125', 3_600_125],
    [1e12, LONGEST_LIFETIME_SECONDS * SECOND],
    ['999999999999', LONGEST_LIFETIME_SECONDS * SECOND],
    [Number.MAX_VALUE, LONGEST_LIFETIME_SECONDS * SECOND],
    [0, 'unknown'],
    [-1, 'unknown'],
    ['0000', 'unknown'],
    ['-3600', 'unknown'],
    ['', 'unknown'],
    ['abc', 'unknown'],
    ['3600s', 'unknown'],
    ['0x10', 'unknown'],
    ['1e3', 'unknown'],
    [Number.NaN, 'unknown'],
    [Number.POSITIVE_INFINITY, 'unknown'],
    [undefined, 'unknown'],
    [null, 'unknown'],
    [true, 'unknown'],
    [[3600], 'unknown'],
    [{ seconds: 3600 }, 'unknown'],
  ])('of %j means a life of %j', (expiresInSeconds, life) => {
    expect(lifeOf({ expiresInSeconds })).toBe(life);
  });

  it('that says nothing leaves it to the documented life', () => {
    expect(lifeOf({ expiresInSeconds: '0000', defaultSeconds: 3600 })).toBe(HOUR);
  });
});

describe('behaviour 51: of several things that tell the end of a life', () => {
  it.each<[string, Partial<LifetimeHints>]>([
    ['expires_in', { expiresInSeconds: 60, expiresAt: NOW + HOUR, token: jwtOf(3600) }],
    ['an absolute expiry', { expiresInSeconds: 3600, expiresAt: NOW + MINUTE, token: jwtOf(3600) }],
    ['a JWT', { expiresInSeconds: 3600, expiresAt: NOW + HOUR, token: jwtOf(60) }],
    ['a JWT without iat', { expiresInSeconds: 3600, token: jwt({ exp: NOW / SECOND + 60 }) }],
  ])('the earliest counts: %s', (_, hints) => {
    expect(lifeOf(hints)).toBe(MINUTE);
    expect(lifeOf({ ...hints, serverNow: NOW })).toBe(MINUTE);
  });

  it('an instant is judged by the provider’s clock where it tells it, else by ours', () => {
    const token = jwt({ exp: NOW / SECOND + 3600 });
    expect(lifeOf({ token })).toBe(HOUR);
    expect(lifeOf({ token, serverNow: NOW + HOUR - MINUTE })).toBe(MINUTE);
    expect(lifeOf({ token, serverNow: NOW + HOUR })).toBe('expired');
  });

  it('a JWT that was issued a while ago ends when it says, by the provider’s clock', () => {
    const token = jwt({ iat: NOW / SECOND - 3000, exp: NOW / SECOND + 600 });
    expect(lifeOf({ token, serverNow: NOW })).toBe(10 * MINUTE);
  });

  it('our own clock is not trusted if it alone says that the token has expired', () => {
    const passed = { expiresAt: NOW - HOUR, expiresInSeconds: 3600 };
    expect(lifeOf(passed)).toBe(HOUR);
    expect(lifeOf({ ...passed, serverNow: NOW })).toBe('expired');
    expect(lifeOf({ expiresAt: NOW - HOUR })).toBe('expired');
    expect(lifeOf({ token: jwt({ exp: NOW / SECOND - 1 }) })).toBe('expired');
  });

  it('one that has passed on arrival means expired, with its source and how long ago', () => {
    expect(resolveLifetime({ token: 'opaque', localNow: NOW, expiresAt: NOW - 1 })).toEqual({
      kind: 'expired',
      agoMs: 1,
      by: 'expiresAt',
    });
    const token = jwt({ exp: NOW / SECOND - 60 });
    expect(resolveLifetime({ token, localNow: NOW })).toEqual({
      kind: 'expired',
      agoMs: MINUTE,
      by: 'exp',
    });
  });

  it('a time that has just passed does not shorten a lifetime that says otherwise', () => {
    expect(lifeOf({ expiresAt: NOW, expiresInSeconds: 60, serverNow: NOW })).toBe(MINUTE);
  });

  it('without the provider’s clock a JWT is judged by its own difference, not by ours', () => {
    const token = jwt({ iat: NOW / SECOND - 50, exp: NOW / SECOND + 10 });
    expect(lifeOf({ token })).toBe(MINUTE);
    expect(lifeOf({ token, serverNow: NOW })).toBe(10 * SECOND);
  });

  it('a JWT without exp, or without iat, states no lifetime of its own', () => {
    expect(lifeOf({ token: jwt({ iat: NOW / SECOND }), expiresInSeconds: 60 })).toBe(MINUTE);
    expect(lifeOf({ token: jwt({ exp: NOW / SECOND + 60 }), serverNow: NOW })).toBe(MINUTE);
  });

  it('the documented lifetime applies if the response states none, and a JWT may end before it', () => {
    expect(lifeOf({ defaultSeconds: 3600, expiresAt: NOW + 2 * HOUR })).toBe(2 * HOUR);
    expect(lifeOf({ defaultSeconds: 3600, token: jwtOf(60) })).toBe(MINUTE);
  });
});

describe('behaviour 10: an absolute expiry', () => {
  it.each<[string, unknown]>([
    ['epoch seconds', NOW / SECOND + 60],
    ['epoch seconds as a string', String(NOW / SECOND + 60)],
    ['epoch milliseconds', NOW + MINUTE],
    ['epoch milliseconds as a string', String(NOW + MINUTE)],
    ['ISO 8601', new Date(NOW + MINUTE).toISOString()],
    ['a Date', new Date(NOW + MINUTE)],
    ['ISO 8601 with an offset', '2030-03-17T23:17:40+05:30'],
    ['ISO 8601 with an offset in its short form', '2030-03-17T23:17:40+0530'],
    ['ISO 8601 without a zone, taken as UTC', '2030-03-17T17:47:40'],
  ])('is understood as %s', (_, expiresAt) => {
    expect(lifeOf({ expiresAt })).toBe(MINUTE);
  });

  it('is counted from the provider’s own clock where that is known', () => {
    expect(lifeOf({ expiresAt: NOW + HOUR, serverNow: NOW + HOUR - MINUTE })).toBe(MINUTE);
  });

  it('behaviour 13: in the past means that the token has expired on arrival', () => {
    expect(lifeOf({ expiresAt: NOW - 1 })).toBe('expired');
    expect(lifeOf({ expiresAt: NOW })).toBe('expired');
  });

  it.each([
    'soon',
    '',
    0,
    -5,
    null,
    '2030-03-17',
    '17/03/2030',
    '2030-99-99T00:00:00Z',
    'on 2030-03-17T17:47:40Z',
    ['2030-03-17T17:47:40Z'],
  ])('that is unreadable says nothing: %j', (expiresAt) => {
    expect(lifeOf({ expiresAt })).toBe('unknown');
    expect(lifeOf({ expiresAt, defaultSeconds: 60 })).toBe(MINUTE);
  });
});

describe('the documented life', () => {
  it('is shortened by the age of the token, by the provider’s own clock', () => {
    expect(lifeOf({ defaultSeconds: 3600, issuedAt: NOW - MINUTE, serverNow: NOW })).toBe(
      HOUR - MINUTE,
    );
  });

  it('stands in where the expiry that was told cannot be read', () => {
    expect(lifeOf({ defaultSeconds: 60, expiresAt: 'tomorrow' })).toBe(MINUTE);
  });

  it('is whole where the token was made at this very moment, or the answer does not say when', () => {
    expect(lifeOf({ defaultSeconds: 60, issuedAt: NOW, serverNow: NOW })).toBe(MINUTE);
    expect(lifeOf({ defaultSeconds: 60, serverNow: NOW })).toBe(MINUTE);
  });

  it('is not shortened by the difference of two hosts’ clocks', () => {
    expect(lifeOf({ defaultSeconds: 3600, issuedAt: NOW - MINUTE })).toBe(HOUR);
  });

  it.each([
    ['made in the future', NOW + MINUTE],
    ['made so long ago that it cannot be true', NOW - HOUR],
  ])('is whole where the token was %s', (_, issuedAt) => {
    expect(lifeOf({ defaultSeconds: 3600, issuedAt, serverNow: NOW })).toBe(HOUR);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('of %d says nothing', (defaultSeconds) => {
    expect(lifeOf({ defaultSeconds })).toBe('unknown');
  });
});

describe('behaviour 10: the claims of a JWT', () => {
  it('shorten a life', () => {
    expect(lifeOf({ expiresInSeconds: 3600, token: jwtOf(60) })).toBe(MINUTE);
  });

  it('never lengthen one', () => {
    expect(lifeOf({ expiresInSeconds: 60, token: jwtOf(3600) })).toBe(MINUTE);
  });

  it('are the life where nothing else is said', () => {
    expect(lifeOf({ token: jwtOf(60) })).toBe(MINUTE);
  });

  it('count by their difference: the clock of the issuer does not matter', () => {
    expect(lifeOf({ token: jwt({ iat: 1_000_000, exp: 1_000_060 }) })).toBe(MINUTE);
  });

  it('may be spelled as strings', () => {
    expect(lifeOf({ token: jwt({ iat: '1000000', exp: '1000060' }) })).toBe(MINUTE);
  });

  it.each([
    ['no exp', { iat: 1_000_000 }],
    ['exp before iat', { iat: 2_000_000_000, exp: 1_950_000_000 }],
    ['exp at iat', { iat: 2_000_000_000, exp: 2_000_000_000 }],
    ['an exp that is no number', { iat: 1, exp: 'never' }],
  ])('say nothing with %s', (_, claims) => {
    expect(lifeOf({ expiresInSeconds: 3600, token: jwt(claims), serverNow: NOW })).toBe(HOUR);
    expect(lifeOf({ token: jwt(claims) })).toBe('unknown');
  });

  it('behaviour 13: say that the token has expired on arrival, by the provider’s own clock', () => {
    const token = jwt({ iat: NOW / SECOND - 7200, exp: NOW / SECOND - 3600 });

    expect(lifeOf({ expiresInSeconds: 3600, token, serverNow: NOW })).toBe('expired');
    expect(lifeOf({ expiresInSeconds: 3600, token })).toBe(HOUR);
  });

  it('forgive a minute between two clocks of one provider', () => {
    const expiredFor = (seconds: number) => jwt({ exp: NOW / SECOND - seconds });

    expect(lifeOf({ expiresInSeconds: 60, token: expiredFor(59), serverNow: NOW })).toBe(MINUTE);
    expect(lifeOf({ expiresInSeconds: 60, token: expiredFor(60), serverNow: NOW })).toBe('expired');
  });

  it('are clamped like any other life', () => {
    expect(lifeOf({ token: jwt({ iat: 1, exp: 1e11 }) })).toBe(LONGEST_LIFETIME_SECONDS * SECOND);
  });
});

describe('an exp without iat', () => {
  it.each([
    ['in milliseconds, against the standard', NOW + MINUTE, MINUTE],
    ['as a string', String(NOW / SECOND + 60), MINUTE],
    ['long ago', 3600, 'expired'],
  ])('%s', (_, exp, life) => {
    expect(lifeOf({ token: jwt({ exp }) })).toBe(life);
  });
});

describe('reading the claims of a token', () => {
  it('works for text beyond ASCII and for the URL alphabet of Base64', () => {
    expect(jwtClaims(jwt({ name: '???>>>', exp: 1 }))).toEqual({ name: '???>>>', exp: 1 });
    expect(jwtClaims(jwt({ sub: 'Żółw', exp: 7 }))?.['exp']).toBe(7);
  });

  it('works without a signature', () => {
    expect(jwtClaims(`${segment({})}.${segment({ exp: 1 })}.`)).toEqual({ exp: 1 });
  });

  it.each([
    ['opaque', 'a4p0sTtfFbsSfRlm4_CazHEbv0guHq4u'],
    ['in two parts', 'abc.def'],
    ['in five parts, encrypted', 'a.b.c.d.e'],
    ['a JWT with more behind it', `${jwt({ exp: 1 })}.more`],
    ['a JWT with something before it', `~${jwt({ exp: 1 })}`],
    ['with a payload that is no JSON', 'abc.def.ghi'],
    ['with a payload that is no Base64', 'abc.d.ghi'],
    ['with a payload that is no object', jwt(5)],
    ['with a payload that is null', jwt(null)],
    ['empty', ''],
  ])('finds none in a token that is %s', (_, token) => {
    expect(jwtClaims(token)).toBeUndefined();
  });
});

describe('whatever is said', () => {
  const anything = fc.oneof(
    fc.double(),
    fc.integer(),
    fc.string(),
    fc.integer().map(String),
    fc.constantFrom(undefined, null, true, '0000', '3600', 1e12, NOW, NOW + HOUR, {}),
  );
  const seconds = fc.integer({ min: -10, max: 100_000 });

  it('a lifetime is positive, at most a year, and no longer than the JWT says', () => {
    fc.assert(
      fc.property(
        anything,
        anything,
        fc.option(fc.double(), { nil: undefined }),
        fc.option(fc.integer({ min: NOW - 2 * HOUR, max: NOW + HOUR }), { nil: undefined }),
        fc.option(fc.integer({ min: NOW - HOUR, max: NOW + HOUR }), { nil: undefined }),
        fc.option(seconds, { nil: undefined }),
        (expiresInSeconds, expiresAt, defaultSeconds, issuedAt, serverNow, jwtSeconds) => {
          const life = resolveLifetime({
            expiresInSeconds,
            expiresAt,
            defaultSeconds,
            issuedAt,
            serverNow,
            localNow: NOW,
            token: jwtSeconds === undefined ? 'opaque' : jwtOf(jwtSeconds),
          });
          const ms = life.kind === 'known' ? life.ms : 1;
          expect(ms).toBeGreaterThan(0);
          expect(ms).toBeLessThanOrEqual(LONGEST_LIFETIME_SECONDS * SECOND);
          if (jwtSeconds !== undefined && jwtSeconds > 0)
            expect(ms).toBeLessThanOrEqual(jwtSeconds * SECOND);
        },
      ),
      propertyRuns(2_000),
    );
  });

  it('a positive number is what any integer above zero spells, and nothing below', () => {
    fc.assert(
      fc.property(fc.integer(), (n) => {
        expect(positiveNumber(String(n))).toBe(n > 0 ? n : undefined);
        expect(positiveNumber(n)).toBe(n > 0 ? n : undefined);
      }),
    );
  });

  it('an instant in seconds and the same in milliseconds are one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1e9, max: 4e9 }), (epoch) => {
        expect(epochMilliseconds(epoch)).toBe(epoch * SECOND);
        expect(epochMilliseconds(epoch * SECOND)).toBe(epoch * SECOND);
        expect(epochMilliseconds(new Date(epoch * SECOND).toISOString())).toBe(epoch * SECOND);
      }),
    );
  });
});

it('a lifetime is capped at a year', () => {
  expect(LONGEST_LIFETIME_SECONDS).toBe(31_536_000);
});
