import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import {
  hashReceiverNumber,
  isHashedReceiver,
  toReceiverNumber,
} from '../../../src/apis/truecaller/index.js';

describe('toReceiverNumber', () => {
  it.each([
    ['919876543210', undefined],
    ['+91 98765 43210', undefined],
    ['098765 43210', 'IN'],
  ] as const)('makes 919876543210 of %s (country %s)', (number, defaultCountry) => {
    expect(toReceiverNumber(number, { defaultCountry })).toBe('919876543210');
  });

  it.each(['971501234567', '+971 50 123 4567'])(
    'takes twelve digits of any country, however they are written: %s',
    (number) => {
      expect(toReceiverNumber(number)).toBe('971501234567');
    },
  );

  it.each([
    ['no number', 'hello'],
    ['a country code of one digit', '+1 202 555 0100'],
    ['a country code of three digits with a number of ten', '+971 50 1234 5678'],
    ['a number of nine digits', '+48 512 345 678'],
  ])('refuses %s', (_what, number) => {
    expect(() => toReceiverNumber(number)).toThrow(
      expect.objectContaining({ code: 'ERR_API_INPUT', field: 'number' }),
    );
  });

  it('does not repeat a number that it refuses', () => {
    expect(() => toReceiverNumber('+1 202 555 0100')).toThrow(/^(?!.*202)/);
  });
});

describe('hashReceiverNumber', () => {
  const VECTOR = 'efc187bdaca8e73ddffb1b4615e9652bb775721335bc97f47888dfebd9058444';

  it.each(['911234567891', '+91 12345 67891'])(
    'gives the documented hash for %s',
    async (number) => {
      expect(await hashReceiverNumber(number)).toBe(VECTOR);
    },
  );

  it('is SHA-256 of the twelve digits in lower-case hex', async () => {
    expect(await hashReceiverNumber('9876543210', { defaultCountry: 'IN' })).toBe(
      createHash('sha256').update('919876543210').digest('hex'),
    );
  });

  it('hashes no number that could not be a receiver', async () => {
    await expect(hashReceiverNumber('12')).rejects.toMatchObject({ code: 'ERR_API_INPUT' });
  });

  it('is distinguished from a number', () => {
    expect([VECTOR, VECTOR.toUpperCase(), '911234567891'].map(isHashedReceiver)).toEqual([
      true,
      false,
      false,
    ]);
  });
});
