import { describe, expect, it } from '@jest/globals';
import * as v from 'valibot';

import { createPhoneFields, dialable, exoPhone, toE164 } from '../../src/apis/phone-numbers.js';
import type { CountryCode } from '../../src/apis/calling-codes.js';

describe('toE164', () => {
  it.each([
    ['in E.164 form', '+919876543210', undefined, '+919876543210'],
    ['with spaces and hyphens', '+91 98765-43210', undefined, '+919876543210'],
    ['with brackets and dots', '+91 (98765) 43.210', undefined, '+919876543210'],
    ['as copied from a chat', '\u202a+91\u00a098765\u201143210\u202c', undefined, '+919876543210'],
    ['as a tel: address', 'tel:+91-98765-43210', undefined, '+919876543210'],
    ['with 00 for the +', '0091 98765 43210', undefined, '+919876543210'],
    ['with the (0) of home', '+44 (0)20 7946 0123', undefined, '+442079460123'],
    ['as Truecaller writes it', '919876543210', undefined, '+919876543210'],
    ["as Kenya's", '254712345678', undefined, '+254712345678'],
    ["as Kenya's, in India", '254712345678', 'IN', '+254712345678'],
    ['as Exotel answers it', '09876543211', 'IN', '+919876543211'],
    ['with ten digits', '9876543211', 'IN', '+919876543211'],
    ['with its own calling code', '6591234567', 'SG', '+6591234567'],
    ['as dialled in the USA', '1 (415) 555-2671', 'US', '+14155552671'],
    ['where the 0 stays', '06 1234 5678', 'IT', '+390612345678'],
    ['of twelve digits, as dialled in Indonesia', '0812 3456 7890', 'ID', '+6281234567890'],
    ['of twelve digits, as dialled in Germany', '0151 1234 5678', 'DE', '+4915112345678'],
    ['for another country than the default', '+49 30 123456', 'IN', '+4930123456'],
  ] as const)('reads a number %s: %s', (_, text, country, expected) => {
    expect(toE164(text, country)).toBe(expected);
  });

  it.each<[string, string, CountryCode | undefined]>([
    ['a number without a country', '9876543211', undefined],
    ['a local number without a country', '09876543211', undefined],
    ['too few digits for India', '98765', 'IN'],
    ['too many digits for India', '+91 98765 43210 1', undefined],
    ['too few digits for the USA', '+1 202 555 010', undefined],
    ['more digits than E.164 has', '+1234567890123456', undefined],
    ['a calling code that begins with 0', '+0123456789', undefined],
    ['a zero before the calling code', '0919876543210', 'IN'],
    ['what may be a number of home, or one with its calling code', '60123456789', 'MY'],
    ['an extension', '+91 98765 43210 ext. 5', undefined],
    ['two numbers', '+919876543210, +919876543211', undefined],
    ['words', 'hello', undefined],
    ['nothing', '', undefined],
  ])('refuses %s', (_, text, country) => {
    expect(toE164(text, country)).toBeUndefined();
  });

  it('takes no longer for a megabyte of separators', () => {
    expect(toE164(`+91${' '.repeat(1_000_000)}9876543210`)).toBeUndefined();
  });
});

describe('the fields of a phone number', () => {
  it.each([
    ['E.164', '+919876543210', ['+919876543210', '+919876543210', '+919876543210']],
    ['twelve digits', '919876543210', ['+919876543210', '+919876543210', '+919876543210']],
    ['a SIP address', 'sip:agent@example.com', [undefined, 'sip:agent@example.com', undefined]],
    ['local digits', '080-1234 5678', [undefined, '08012345678', '08012345678']],
    ['a service number', '12345', [undefined, '12345', undefined]],
    ['something before a SIP address', 'to sip:agent', [undefined, undefined, undefined]],
  ])('take %s as a number in full, as what is dialled, as an ExoPhone', (_, text, expected) => {
    const read = [createPhoneFields().e164, dialable, exoPhone].map((field) => {
      const result = v.safeParse(field, text);
      return result.success ? result.output : undefined;
    });
    expect(read).toEqual(expected);
  });

  it('take the country of a number that has none from defaultCountry', () => {
    expect(v.parse(createPhoneFields('IN').e164, '09876543211')).toBe('+919876543211');
  });
});
