import { describe, expect, it } from '@jest/globals';
import * as v from 'valibot';

import { dialable, e164, e164OrSip, exoPhone } from '../../src/apis/phone-numbers.js';
import { toReceiverNumber } from '../../src/apis/truecaller/index.js';

describe('a phone number', () => {
  it.each([
    ['E.164', '+919876543210', [true, true, true, true]],
    ['E.164 at its shortest', '+2901234', [true, true, true, true]],
    ['E.164 at its longest', '+123456789012345', [true, true, true, true]],
    ['a SIP address', 'sip:agent@example.com', [false, true, true, false]],
    ['a SIP address with TLS', 'SIPS:agent@example.com', [false, true, true, false]],
    ['local digits', '08012345678', [false, false, true, true]],
    ['five local digits', '12345', [false, false, true, false]],
    ['more digits than E.164 has', '+1234567890123456', [false, false, false, false]],
    ['a country code that begins with 0', '+0123456789', [false, false, true, true]],
    ['E.164 with spaces', '+91 98765 43210', [false, false, false, false]],
    ['E.164 with something after it', '+919876543210x', [false, false, false, false]],
    ['something before a SIP address', 'to sip:agent', [false, false, false, false]],
  ])(
    'given as %s fits the fields that it may: E.164, a contact, what is dialled, an ExoPhone',
    (_, text, may) => {
      const schemas = [e164, e164OrSip, dialable, exoPhone];
      expect(schemas.map((schema) => v.is(schema, text))).toEqual(may);
    },
  );

  it.each(['+91 98765 43210', 'tel:+44-20-7946-0123', '+91 (98765) 43-210'])(
    'that Truecaller takes, here %s, is E.164 for Exotel with a + before it',
    (number) => {
      expect(v.is(e164, `+${toReceiverNumber(number)}`)).toBe(true);
    },
  );
});
