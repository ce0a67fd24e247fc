import { expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';

import { openToken, sealToken } from '../../src/redis/sealed-token.js';
import { aToken } from '../store/slots.js';

const key = (id: string) => ({ id, key: randomBytes(32) });
const place = { key: '{axios-bearer:kid}:tok', version: '1', fence: 7 };
const token = { value: 'T1', scope: 'read', undated: true };

test('opens what was sealed for the same place', () => {
  const own = key('own');
  expect(openToken(sealToken(token, own, place), [own], place)).toEqual(token);
  expect(openToken(sealToken(aToken('T1'), own, place), [own], place)).toEqual(aToken('T1'));
});

test.each([
  ['another key', { key: '{staging:kid}:tok' }],
  ['another version', { version: '2' }],
  ['another fence', { fence: 8 }],
])('opens nothing that was sealed for %s, even by the same key', (_, changes) => {
  const own = key('own');
  const sealed = sealToken(token, own, { ...place, ...changes });
  expect(openToken(sealed, [own], place)).toBeUndefined();
});

test('opens with any of its keys, and with no other', () => {
  const [first, second] = [key('first'), key('second')];
  const sealed = sealToken(token, second, place);
  expect(openToken(sealed, [first, second], place)).toEqual(token);
  expect(openToken(sealed, [first], place)).toBeUndefined();
  expect(openToken(sealed, [{ ...first, id: 'second' }], place)).toBeUndefined();
});

test('seals the same token differently each time', () => {
  const own = key('own');
  const sealed = Array.from({ length: 100 }, () => sealToken(token, own, place));
  expect(new Set(sealed).size).toBe(100);
});

test.each([
  ['a value that no header may carry', { ...token, value: 'T1\r\nX-Evil: 1' }],
  ['no value', { undated: false }],
])('opens no token with %s', (_, content) => {
  const own = key('own');
  expect(openToken(sealToken(content as never, own, place), [own], place)).toBeUndefined();
});
