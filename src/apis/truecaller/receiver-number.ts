import { ApiInputError } from '../api-input-error.js';
import type { CountryCode } from '../calling-codes.js';
import { toE164 } from '../phone-numbers.js';

/** Options of {@link toReceiverNumber}. */
export interface ReceiverNumberOptions {
  /** The country of numbers written without one, such as `IN`. @defaultValue none: they are refused */
  defaultCountry?: CountryCode | undefined;
}

/** Where a number came from, for the error. @internal */
export interface NumberPlace {
  operation: string;
  field: string;
}

const TWELVE_DIGITS = /^\d{12}$/;
const SHA256_HEX = /^[0-9a-f]{64}$/;

/**
 * A phone number as Truecaller takes it: 12 digits without `+`; according to the docs, two are the country code.
 *
 * Takes any usual way of writing (`+91 98765 43210`, `919876543210`, `098765 43210` with `defaultCountry: 'IN'`). A number may
 * be new or made up for a test: only its length counts.
 *
 * Numbers of other lengths, and so of some countries, are refused.
 *
 * @throws ApiInputError if `number` is not a phone number of 12 digits.
 * @see https://docs.truecaller.com/truecaller-for-business/verified-campaigns/faqs/what-is-the-format-of-the-phone-number-field-to-be-used-in-the-payload
 */
export function toReceiverNumber(
  number: string,
  options: ReceiverNumberOptions = {},
  place: NumberPlace = { operation: 'toReceiverNumber', field: 'number' },
): string {
  const digits = toE164(number, options.defaultCountry)?.slice('+'.length);
  if (digits === undefined) {
    throw refused(
      place,
      'is not a phone number: write it like +919876543210, or set defaultCountry',
    );
  }
  if (TWELVE_DIGITS.test(digits)) return digits;
  throw refused(place, 'cannot be a receiver: Truecaller takes 12 digits, country code included');
}

/** Whether the text is a hashed receiver number: a SHA-256 in lower-case hex. */
export function isHashedReceiver(text: string): boolean {
  return SHA256_HEX.test(text);
}

/**
 * The hash that may replace a receiver number: SHA-256, in lower-case hex, of exactly the 12 digits.
 *
 * The docs' own example: `911234567891` gives
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
