import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/core';
import metadata from 'libphonenumber-js/min/metadata';
import { ApiInputError } from '../api-input-error.js';

/** Options of {@link toReceiverNumber}. */
export interface ReceiverNumberOptions {
  /** The country of numbers that are written without one, such as `IN`. @defaultValue none: they are refused */
  defaultCountry?: CountryCode | undefined;
}

/** Where a number was given, for the error. @internal */
export interface NumberPlace {
  operation: string;
  field: string;
}

const TWELVE_DIGITS = /^\d{12}$/;
const SHA256_HEX = /^[0-9a-f]{64}$/;

/**
 * A telephone number as Truecaller takes it: 12 digits, of which two are the country code, without `+`.
 *
 * Takes any usual way of writing (`+91 98765 43210`, `098765 43210` with `defaultCountry: 'IN'`); twelve bare digits
 * stay as they are. A number may be new or made up for a test: it only has to have a possible length.
 *
 * The rule leaves out countries whose code has one or three digits, or whose numbers have not ten: such a number is refused.
 *
 * @throws ApiInputError when no such number can be made of it.
 * @see https://docs.truecaller.com/truecaller-for-business/verified-campaigns/faqs/what-is-the-format-of-the-phone-number-field-to-be-used-in-the-payload
 */
export function toReceiverNumber(
  number: string,
  options: ReceiverNumberOptions = {},
  place: NumberPlace = { operation: 'toReceiverNumber', field: 'number' },
): string {
  if (TWELVE_DIGITS.test(number)) return number;
  const parsed = parsePhoneNumberFromString(
    number,
    options.defaultCountry === undefined ? {} : { defaultCountry: options.defaultCountry },
    metadata,
  );
  if (parsed?.isPossible() !== true) {
    throw refused(
      place,
      'is no telephone number: write it like +919876543210, or set defaultCountry',
    );
  }
  const digits = parsed.number.slice('+'.length);
  if (parsed.countryCallingCode.length === 2 && TWELVE_DIGITS.test(digits)) return digits;
  throw refused(
    place,
    'cannot be a receiver: Truecaller documents 12 digits, a country code of 2 and a number of 10',
  );
}

/** Tells whether the text is a hashed receiver number: a SHA-256 in lower-case hex. */
export function isHashedReceiver(text: string): boolean {
  return SHA256_HEX.test(text);
}

/**
 * The hash that may stand in place of a receiver number: SHA-256, in lower-case hex, of exactly the 12 digits.
 *
 * The documents' own example: `911234567891` gives
 * `efc187bdaca8e73ddffb1b4615e9652bb775721335bc97f47888dfebd9058444`.
 *
 * @param number any form that {@link toReceiverNumber} takes.
 * @throws ApiInputError as {@link toReceiverNumber} does.
 * @see https://docs.truecaller.com/truecaller-for-business/verified-campaigns/faqs/what-is-the-format-of-the-phone-number-field-to-be-used-in-the-payload
 */
export async function hashReceiverNumber(
  number: string,
  options: ReceiverNumberOptions = {},
  place: NumberPlace = { operation: 'hashReceiverNumber', field: 'number' },
): Promise<string> {
  const digits = new TextEncoder().encode(toReceiverNumber(number, options, place));
  const hash = new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', digits));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function refused({ operation, field }: NumberPlace, problem: string): ApiInputError {
  return new ApiInputError({ api: 'truecaller', operation, field, problem });
}
