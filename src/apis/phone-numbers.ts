import * as v from 'valibot';

/*
 * The one rule for phone numbers, and what Exotel takes besides. Truecaller's numbers are narrower: see
 * truecaller/receiver-number.ts.
 */

/** `+`, a country code and the rest: 15 digits at most. @see https://www.itu.int/rec/T-REC-E.164 */
const E164 = String.raw`\+[1-9]\d{6,14}`;
const SIP = String.raw`sips?:\S+`;

/** A number in international form. */
export const e164 = phone(E164, 'must be in E.164 form, like +919876543210');

/** What a person is called at. */
export const e164OrSip = phone(
  `${E164}|${SIP}`,
  'must be E.164, like +919876543210, or a sip: address',
);

/** What Voice v1 dials: it takes local digits too. */
export const dialable = phone(
  String.raw`\+?\d{5,15}|${SIP}`,
  'must be E.164, digits with the STD code, or a sip: address',
);

/** A number rented from Exotel, which is also known by its local digits. */
export const exoPhone = phone(
  String.raw`\+?\d{6,15}`,
  'must be an ExoPhone: E.164, or digits only',
);

function phone(pattern: string, message: string) {
  return v.pipe(
    v.string('must be a string'),
    v.regex(new RegExp(`^(?:${pattern})$`, 'i'), message),
  );
}
