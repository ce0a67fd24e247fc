import * as v from 'valibot';
import { callingCodeOf, isCountryCode, type CountryCode } from './calling-codes.js';

/** `+`, a country code and the rest: 15 digits at most. @see https://www.itu.int/rec/T-REC-E.164 */
const E164 = /^\+[1-9]\d{6,14}$/;
/** Spaces, hyphens and dashes, dots, brackets, slashes, and the direction marks that copied numbers contain. */
const SEPARATORS = /[\s().\-/\u00ad\u200e\u200f\u2010-\u2015\u202a-\u202e\u2066-\u2069\u2212]/g;
const SIP = /^sips?:\S+$/i;
/** Numbers of India and North America have ten digits after the calling code, those of Singapore eight. */
const WRONG_LENGTH = /^\+(?:(?:91|1)(?!\d{10}$)|65(?!\d{8}$))/;
/** From this length on, bare digits include a calling code: Truecaller and Exotel write `919876543210`, and no country has longer numbers. */
const FEWEST_WITH_CALLING_CODE = 12;
/** Countries where the leading `0` is part of the number. */
const KEEP_THEIR_ZERO: readonly (CountryCode | undefined)[] = ['IT', 'SM', 'VA'];

/**
 * A phone number in E.164 form, from any form that people and the APIs write: with separators, `tel:`, `00` for the
 * `+`, twelve or more digits without it (`254712345678`), or as dialled within the country (`09876543211`, `9876543211`), which
 * needs `defaultCountry`. `undefined` for anything else and for ambiguous numbers (`60123456789` in Malaysia): a guess may
 * ring a stranger.
 */
export function toE164(text: string, defaultCountry?: CountryCode): string | undefined {
  if (text.length > 100) return undefined;
  const home = defaultCountry === undefined ? undefined : callingCodeOf(defaultCountry);
  const written = text.replace(/^\s*tel:/i, '');
  const number = written.replace(SEPARATORS, '');
  const candidates = /^(\+|00)/.test(number)
    ? [written.replace('(0)', '').replace(SEPARATORS, '').replace(/^00/, '+')]
    : [...atHome(number, home, defaultCountry), ...withCallingCode(number, home)];
  const [found, another] = candidates.filter(
    (candidate) => E164.test(candidate) && !WRONG_LENGTH.test(candidate),
  );
  return another === undefined ? found : undefined;
}

function atHome(number: string, home: string | undefined, country: CountryCode | undefined) {
  const isLong = number.length >= FEWEST_WITH_CALLING_CODE;
  // No calling code begins with 0, so a long number that does is a national one: Germany and Indonesia have some.
  if (home === undefined || (isLong && !number.startsWith('0'))) return [];
  return [`+${home}${KEEP_THEIR_ZERO.includes(country) ? number : number.replace(/^0/, '')}`];
}

function withCallingCode(number: string, home: string | undefined): string[] {
  const longEnough = number.length >= FEWEST_WITH_CALLING_CODE;
  return longEnough || (home !== undefined && number.startsWith(home)) ? [`+${number}`] : [];
}

/** The number as Exotel accepts it locally: digits without separators. */
function toLocalDigits(text: string, fewest: number): string | undefined {
  const digits = text.replace(SEPARATORS, '');
  return /^\d{5,15}$/.test(digits) && digits.length >= fewest ? digits : undefined;
}

/** A field that holds a phone number, written as `read` returns it. */
export function phoneField(read: (text: string) => string | undefined, message: string) {
  return v.pipe(
    v.string('must be a string'),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const number = read(dataset.value);
      if (number !== undefined) return number;
      addIssue({ message });
      return NEVER;
    }),
  );
}

const sipOf = (text: string) => (SIP.test(text) ? text : undefined);

/** What Voice v1 and campaigns dial. Exotel accepts local digits here, so they stay local and need no country. */
export const dialable = phoneField(
  (text) => sipOf(text) ?? toE164(text) ?? toLocalDigits(text, 5),
  'must be a phone number with its country or STD code, or a sip: address',
);

/** A number rented from Exotel, which is also known by its local digits. */
export const exoPhone = phoneField(
  (text) => toE164(text) ?? toLocalDigits(text, 6),
  'must be an ExoPhone: a phone number with its country or STD code',
);

/** The fields of a number that needs its country. */
export type PhoneFields = ReturnType<typeof createPhoneFields>;

const E164_ADVICE = 'write it like +919876543210, or set defaultCountry';

/** @param defaultCountry the country of numbers written without one */
export function createPhoneFields(defaultCountry?: CountryCode) {
  const asE164 = (text: string) => toE164(text, defaultCountry);
  return {
    /** A number in international form. */
    e164: phoneField(asE164, `must be a phone number: ${E164_ADVICE}`),
    /** A SIP address or a phone number. */
    e164OrSip: phoneField(
      (text) => sipOf(text) ?? asE164(text),
      `must be a sip: address or a phone number: ${E164_ADVICE}`,
    ),
  };
}

/** The option `defaultCountry` of both APIs. */
export const countryCode = v.custom<CountryCode>(
  isCountryCode,
  'must be a two-letter country code in capitals, like IN',
);
