import { expect, test } from '@jest/globals';

import { isOurs, rememberToken } from '../../src/axios/known-tokens.js';
import { ConcealedValue } from '../../src/concealment/concealed-value.js';
import { REDACTED } from '../../src/concealment/redacted.js';
import { AccessToken } from '../../src/token/access-token.js';

const tokenOf = (value: string) => new AccessToken({ value });

test('a token that was attached is known by its header value, in each form that it takes', () => {
  expect(isOurs('Bearer known')).toBe(false);
  rememberToken(tokenOf('known'));
  expect(isOurs('Bearer known')).toBe(true);
  expect(isOurs(new String('Bearer known'))).toBe(true);
  expect(isOurs(new ConcealedValue('Bearer known'))).toBe(true);
});

test('its mask is known as well, as text and as what a clone of it is', () => {
  expect(isOurs(REDACTED)).toBe(true);
  expect(isOurs(new ConcealedValue(new ConcealedValue('Bearer never-attached')))).toBe(true);
  expect(isOurs(new ConcealedValue('Bearer never-attached'))).toBe(false);
});

test('similar tokens are distinguished', () => {
  rememberToken(tokenOf('look-alike-1'));
  for (const other of ['look-alike-2', 'look-alike-', 'look-alike-11', 'Look-alike-1', ''])
    expect(isOurs(`Bearer ${other}`)).toBe(false);
  expect(isOurs('bearer look-alike-1')).toBe(false);
});

test.each([undefined, null, false, 7, ['Bearer known'], { value: 'Bearer known' }])(
  '%p is no header of ours',
  (value) => {
    rememberToken(tokenOf('known'));
    expect(isOurs(value)).toBe(false);
  },
);

test('the last 10,000 are remembered, and no more', () => {
  for (let n = 0; n <= 10_000; n += 1) rememberToken(tokenOf(`many-${n}`));
  expect(isOurs('Bearer many-0')).toBe(false);
  expect(isOurs('Bearer many-1')).toBe(true);
  expect(isOurs('Bearer many-10000')).toBe(true);
});
