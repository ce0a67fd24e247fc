import * as v from 'valibot';
import { ApiInputError } from '../api-input-error.js';
import type { CountryCode } from '../calling-codes.js';
import { toLine } from '../csv.js';
import { createPhoneFields } from '../phone-numbers.js';
import { validateInput } from '../validate-input.js';

/** One contact of an upload. */
export interface ExotelContact {
  /** In E.164 form, or as people write it. */
  phoneNumber: string;
  firstName?: string | undefined;
  lastName?: string | undefined;
  email?: string | undefined;
  company?: string | undefined;
  tag?: string | undefined;
  customField1?: string | undefined;
}

/** The columns that the docs list, in their order. */
const COLUMNS = {
  phone_number: 'phoneNumber',
  first_name: 'firstName',
  last_name: 'lastName',
  email: 'email',
  company: 'company',
  tag: 'tag',
  custom_field_1: 'customField1',
} as const satisfies Record<string, keyof ExotelContact>;

/** The limits of a CSV file. The docs do not define MB: the larger reading is never too strict. @internal */
export interface CsvLimits {
  megabytes: number;
  rows: number;
  /** The required column. */
  column: string;
}

const LIMITS: CsvLimits = { megabytes: 10, rows: 50_000, column: 'phone_number' };

const text = v.optional(v.string('must be a string'));
const contactSchemaOf = (defaultCountry: CountryCode | undefined) =>
  v.strictObject({
    phoneNumber: createPhoneFields(defaultCountry).e164,
    firstName: text,
    lastName: text,
    email: text,
    company: text,
    tag: text,
    customField1: text,
  });

/**
 * Writes contacts as the CSV file that `contacts.upload` takes.
 *
 * @param options `defaultCountry` is the country of phone numbers written without one.
 * @throws ApiInputError naming the first invalid contact and field, or `contacts` when there are too many.
 * @see https://developer.exotel.com/docs/contact-center/api-reference/upload-contacts
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */
export function toContactsCsv(
  contacts: readonly ExotelContact[],
  { defaultCountry }: { defaultCountry?: CountryCode | undefined } = {},
  operation = 'toContactsCsv',
): string {
  if (contacts.length === 0 || contacts.length > LIMITS.rows) {
    throw inputError(
      operation,
      'contacts',
      `must have from 1 to ${LIMITS.rows} rows; it has ${contacts.length}`,
    );
  }
  const contactSchema = contactSchemaOf(defaultCountry);
  const rows = contacts.map((contact, index) => {
    const place = { api: 'exotel', operation, within: `contacts.${index}` } as const;
    const row = validateInput(contactSchema, contact, place);
    return Object.values(COLUMNS).map((field) => row[field] ?? '');
  });
  return [Object.keys(COLUMNS), ...rows].map(toLine).join('');
}

/**
 * A CSV file as it is sent, after the checks that do not need the server: size, rows, header.
 *
 * For a Blob only the size is checked: it may be backed by a file, which should not be read twice.
 * @internal
 */
export function toCsvBlob(
  csv: string | Uint8Array | Blob,
  operation: string,
  limits: CsvLimits = LIMITS,
): Blob {
  const blob = csv instanceof Blob ? csv : new Blob([ownBytes(csv)], { type: 'text/csv' });
  if (blob.size === 0 || blob.size > limits.megabytes * 1024 * 1024) {
    throw inputError(
      operation,
      'csv',
      `must be a non-empty file of at most ${limits.megabytes} MB: split larger files`,
    );
  }
  if (!(csv instanceof Blob)) checkRecords(ownBytes(csv), operation, limits);
  return blob;
}

function ownBytes(csv: string | Uint8Array): Uint8Array<ArrayBuffer> {
  return typeof csv === 'string' ? new TextEncoder().encode(csv) : Uint8Array.from(csv);
}

function checkRecords(bytes: Uint8Array, operation: string, limits: CsvLimits): void {
  const header = new TextDecoder().decode(bytes.subarray(0, 4096)).split(/\r?\n/, 1)[0] ?? '';
  const columns = header.split(',').map((column) => column.trim().replaceAll('"', ''));
  if (!columns.includes(limits.column)) {
    throw inputError(
      operation,
      'csv',
      `must begin with a header line that has the column ${limits.column}`,
    );
  }
  const rows = countRecords(bytes) - 1;
  if (rows < 1 || rows > limits.rows) {
    throw inputError(
      operation,
      'csv',
      `must have from 1 to ${limits.rows} rows below its header; it has ${rows}`,
    );
  }
}

const QUOTE = 0x22;
const LINE_FEED = 0x0a;

/** Records, not lines: a quoted field may hold line breaks. */
function countRecords(bytes: Uint8Array): number {
  let records = 0;
  let insideQuotes = false;
  let pending = false;
  for (const byte of bytes) {
    if (byte === QUOTE) insideQuotes = !insideQuotes;
    if (byte === LINE_FEED && !insideQuotes) {
      records += 1;
      pending = false;
    } else pending = true;
  }
  return pending ? records + 1 : records;
}

function inputError(operation: string, field: string, problem: string): ApiInputError {
  return new ApiInputError({ api: 'exotel', operation, field, problem });
}
