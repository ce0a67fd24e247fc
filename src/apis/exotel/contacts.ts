import * as v from 'valibot';
import type { CountryCode } from '../calling-codes.js';
import { filledText, oneOf, pathId } from '../input-fields.js';
import { validateInput } from '../validate-input.js';
import { asList, asRecord, numberOf, textOf, type WireRecord } from '../wire-values.js';
import { toContactsCsv, toCsvBlob, type ExotelContact } from './contacts-csv.js';
import type { ExotelAnswer, ExotelClient } from './exotel-client.js';
import type { ExotelRequestOptions } from './exotel-options.js';
import type { OpenWord } from '../open-word.js';

/** A contact file, as rows or as ready-made CSV. */
export type ExotelContactUploadInput = (
  | { contacts: readonly ExotelContact[] }
  | {
      /** Text, bytes, or a Blob; in Node `fs.openAsBlob(path)` makes one that stays on disk. */
      csv: string | Uint8Array | Blob;
    }
) & {
  /** Ends in `.csv`. @defaultValue `contacts.csv` */
  fileName?: string | undefined;
  listId?: string | undefined;
  /** @defaultValue left to Exotel: `skip` */
  duplicateAction?: 'skip' | 'update' | 'create_new' | undefined;
};

/** An upload that Exotel accepted and is processing. */
export interface ExotelContactUpload {
  uploadId: string;
  status: OpenWord<'processing'> | undefined;
  totalRecords: number | undefined;
  estimatedSeconds: number | undefined;
  requestId: string | undefined;
  raw: unknown;
}

/** The progress of an upload. The only documented `status` is `processing`. */
export interface ExotelContactUploadStatus {
  uploadId: string | undefined;
  status: OpenWord<'processing'> | undefined;
  totalRecords: number | undefined;
  successful: number | undefined;
  failed: number | undefined;
  duplicatesSkipped: number | undefined;
  /** Not for `errors`, which takes the upload's id. */
  errorFileId: string | undefined;
  requestId: string | undefined;
  raw: unknown;
}

/** A row that Exotel did not accept. */
export interface ExotelContactRowError {
  rowNumber: number | undefined;
  phoneNumber: string | undefined;
  code:
    | OpenWord<
        | 'INVALID_PHONE'
        | 'DUPLICATE_ENTRY'
        | 'MISSING_REQUIRED'
        | 'INVALID_FORMAT'
        | 'QUOTA_EXCEEDED'
        | 'INVALID_EMAIL'
      >
    | undefined;
  message: string | undefined;
}

/** The rows of an upload that Exotel did not accept. */
export interface ExotelContactUploadErrors {
  uploadId: string | undefined;
  errorCount: number | undefined;
  errors: readonly ExotelContactRowError[];
  errorFileUrl: string | undefined;
  requestId: string | undefined;
  raw: unknown;
}

/** Contact files. Auth: bearer by default; the docs allow bearer and Basic (the status page does not say). */
export interface ExotelContacts {
  /**
   * Uploads a contact file: at most 10 MB and 50 000 rows, five uploads at once. Exotel answers before it has read the file:
   * follow it with `status`.
   *
   * The body is a form with a Blob, so a replay after a 401 sends the same bytes. `options.onUploadProgress` reports
   * how much was sent. After a time-out the file may have arrived; `duplicateAction: 'skip'` makes a second upload harmless.
   *
   * @throws ApiInputError naming the invalid row and field; nothing was sent.
   * @throws ExotelApiError when Exotel refuses: `file-too-large` (413), `rate-limited` (429).
   * @throws What every call throws: {@link ExotelApi}.
   * @see https://developer.exotel.com/docs/contact-center/api-reference/upload-contacts
   */
  upload(
    input: ExotelContactUploadInput,
    options?: ExotelRequestOptions,
  ): Promise<ExotelContactUpload>;

  /**
   * The progress of an upload.
   *
   * @throws What every call throws: {@link ExotelApi}.
   * @see https://developer.exotel.com/docs/contact-center/api-reference/upload-contacts
   */
  status(uploadId: string, options?: ExotelRequestOptions): Promise<ExotelContactUploadStatus>;

  /**
   * The rows that Exotel did not accept. Takes the upload's id, although `status` mentions an error file's id.
   *
   * @throws ExotelApiError when Exotel refuses: 404, or `file-expired` (410).
   * @throws What every call throws: {@link ExotelApi}.
   * @see https://github.com/rahulkumar-exo/exotel-docs — docs/contact-center/api-reference/error-file-retrieval.md
   */
  errors(uploadId: string, options?: ExotelRequestOptions): Promise<ExotelContactUploadErrors>;
}

const uploadSchema = v.pipe(
  v.strictObject({
    contacts: v.optional(v.array(v.unknown(), 'must be an array of contacts')),
    csv: v.optional(
      v.union(
        [v.string(), v.instance(Uint8Array), v.instance(Blob)],
        'must be text, bytes or a Blob',
      ),
    ),
    fileName: v.optional(
      v.pipe(filledText, v.regex(/^[^\r\n"/\\]+\.csv$/i, 'must be a file name that ends in .csv')),
    ),
    listId: v.optional(filledText),
    duplicateAction: v.optional(oneOf(['skip', 'update', 'create_new'])),
  }),
  v.forward(
    v.check(
      ({ contacts, csv }) => (contacts === undefined) !== (csv === undefined),
      'or csv is needed, and not both',
    ),
    ['contacts'],
  ),
);

/** @internal */
export function createContacts(client: ExotelClient): ExotelContacts {
  async function read(
    operation: 'contacts.status' | 'contacts.errors',
    uploadId: string,
    tail: readonly string[],
    options: ExotelRequestOptions | undefined,
  ): Promise<{ answer: ExotelAnswer; data: WireRecord }> {
    const id = validateInput(pathId, uploadId, { api: 'exotel', operation });
    const path = client.path('v2', 'contacts', 'upload', id, ...tail);
    const answer = await client.send(
      { operation, method: 'GET', host: 'ccm', path, budget: 'reads' },
      options,
    );
    return { answer, data: dataIn(answer) };
  }

  return {
    async upload(input, options) {
      const operation = 'contacts.upload';
      const asked = validateInput(uploadSchema, input, { api: 'exotel', operation });
      const answer = await client.send(
        {
          operation,
          method: 'POST',
          host: 'ccm',
          path: client.path('v2', 'contacts', 'upload'),
          body: toUploadForm(asked, client.options.defaultCountry, operation),
        },
        options,
      );
      const data = dataIn(answer);
      const uploadId = textOf(data.upload_id);
      if (uploadId === undefined) throw answer.unexpected('The response has no upload_id.');
      return {
        uploadId,
        status: textOf(data.status),
        totalRecords: numberOf(data.total_records),
        estimatedSeconds: numberOf(data.estimated_time_seconds),
        requestId: answer.requestId,
        raw: answer.body,
      };
    },

    async status(uploadId, options) {
      const { answer, data } = await read('contacts.status', uploadId, [], options);
      return {
        uploadId: textOf(data.upload_id),
        status: textOf(data.status),
        totalRecords: numberOf(data.total_records),
        successful: numberOf(data.successful),
        failed: numberOf(data.failed),
        duplicatesSkipped: numberOf(data.duplicates_skipped),
        errorFileId: textOf(data.error_file_id),
        requestId: answer.requestId,
        raw: answer.body,
      };
    },

    async errors(uploadId, options) {
      const { answer, data } = await read('contacts.errors', uploadId, ['errors'], options);
      return {
        uploadId: textOf(data.upload_id),
        errorCount: numberOf(data.error_count),
        errors: asList(data.errors).map(parseRowError),
        errorFileUrl: textOf(data.error_file_url),
        requestId: answer.requestId,
        raw: answer.body,
      };
    },
  };
}

function toUploadForm(
  input: v.InferOutput<typeof uploadSchema>,
  defaultCountry: CountryCode | undefined,
  operation: string,
): FormData {
  // Each row is checked when it is written.
  const rows = input.contacts as readonly ExotelContact[] | undefined;
  const csv =
    rows === undefined ? (input.csv ?? '') : toContactsCsv(rows, { defaultCountry }, operation);
  const form = new FormData();
  form.append('file', toCsvBlob(csv, operation), input.fileName ?? 'contacts.csv');
  if (input.listId !== undefined) form.append('list_id', input.listId);
  if (input.duplicateAction !== undefined) form.append('duplicate_action', input.duplicateAction);
  return form;
}

function dataIn(answer: ExotelAnswer): WireRecord {
  const data = asRecord(asRecord(asRecord(answer.body)?.response)?.data);
  if (data === undefined) throw answer.unexpected('The response has no data.');
  return data;
}

function parseRowError(value: unknown): ExotelContactRowError {
  const error = asRecord(value) ?? {};
  return {
    rowNumber: numberOf(error.row_number),
    phoneNumber: textOf(error.phone_number),
    code: textOf(error.error_code),
    message: textOf(error.error_message),
  };
}
