/*
 * Exotel contact upload.
 *
 * https://developer.exotel.com/docs/contact-center/api-reference/upload-contacts
 *
 * Documented: the three paths, the form's fields, 202 with `accepted`, the fields of the answers, the columns, the limits of
 * 10 MB, 50 000 rows and five uploads at once, the row error codes, 413, 429, 404 and 410.
 * Hypothesis: the word `completed` for an upload that is done (only `processing` is documented); that it is done after one
 * query (the real one takes seconds); which duplicate counts as what; the codes inside 400, 413, 410 and 429.
 */
import { toE164 } from '../../apis/phone-numbers.js';
import { json, type Answer } from './answers.js';
import { exotelData, exotelFailure, exotelSuccess } from './exotel-envelope.js';
import { formOf, textsIn } from './form.js';
import { route, type ApiPart } from './router.js';
import type { SandboxRequest } from './sandbox-request.js';

/** A row of an uploaded contact file. */
export interface ExotelContactRow {
  /** Its place in the file, the header being row 1. */
  readonly rowNumber: number;
  readonly fields: Readonly<Record<string, string>>;
}

/** A row that was not accepted, and why. */
export interface ExotelContactRowFailure {
  readonly rowNumber: number;
  readonly phoneNumber: string;
  readonly code: 'INVALID_PHONE' | 'MISSING_REQUIRED' | 'INVALID_EMAIL';
}

/** A contact file that was accepted. */
export interface ExotelContactUpload {
  readonly uploadId: string;
  readonly fileName: string;
  readonly listId: string | undefined;
  readonly duplicateAction: 'skip' | 'update' | 'create_new';
  readonly rows: readonly ExotelContactRow[];
  status: 'processing' | 'completed';
  /** Filled in when it is completed. */
  failures: readonly ExotelContactRowFailure[];
  /** Filled in when it is completed. */
  duplicatesSkipped: number;
}

/** Verbs about contact files. */
export interface ExotelContacts {
  /** The accepted contact files, oldest first. */
  readonly contactUploads: readonly ExotelContactUpload[];
  /** The contacts of all completed files, by number. */
  readonly contacts: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Finishes every file that is being processed, without waiting for a query. */
  processContactUploads(): void;
  /** Makes every earlier error file unavailable: 410. */
  expireErrorFiles(): void;
}

const MOST_BYTES = 10 * 1024 * 1024;
const MOST_ROWS = 50_000;
const MOST_AT_ONCE = 5;
const ACTIONS: ReadonlySet<string> = new Set(['skip', 'update', 'create_new']);

/** Creates an empty address book and the routes that fill it. */
export function createExotelContacts(): ApiPart<ExotelContacts> {
  const uploads: ExotelContactUpload[] = [];
  const contacts = new Map<string, Readonly<Record<string, string>>>();
  const expired = new Set<string>();

  async function upload(request: SandboxRequest): Promise<Answer> {
    const form = await formOf(request);
    const texts = textsIn(form);
    const file = form.get('file');
    const action = texts.get('duplicate_action') ?? 'skip';
    if (!isCsv(file) || !ACTIONS.has(action)) {
      return exotelFailure(request, 400, 1001, 'A CSV file is needed');
    }
    const rows = readRows(await file.text());
    if (file.size > MOST_BYTES || rows.length > MOST_ROWS) {
      return exotelFailure(request, 413, 1002, 'The file is too large');
    }
    if (rows[0]?.fields.phone_number === undefined) {
      return exotelFailure(request, 400, 1001, 'The column phone_number is missing');
    }
    if (uploads.filter(({ status }) => status === 'processing').length >= MOST_AT_ONCE) {
      return exotelFailure(request, 429, 10724, 'Five uploads at once at most');
    }
    const accepted: ExotelContactUpload = {
      uploadId: `sandbox-upload-${uploads.length + 1}`,
      fileName: file.name,
      listId: texts.get('list_id'),
      // It is one of the three: `has` has just checked.
      duplicateAction: action as ExotelContactUpload['duplicateAction'],
      rows,
      status: 'processing',
      failures: [],
      duplicatesSkipped: 0,
    };
    uploads.push(accepted);
    return acceptedAnswer(request, accepted);
  }

  function complete(pending: ExotelContactUpload): void {
    const failures: ExotelContactRowFailure[] = [];
    for (const { rowNumber, fields } of pending.rows) {
      const phoneNumber = fields.phone_number ?? '';
      const code = faultIn(fields);
      if (code !== undefined) failures.push({ rowNumber, phoneNumber, code });
      else if (contacts.has(phoneNumber) && pending.duplicateAction === 'skip') {
        pending.duplicatesSkipped += 1;
      } else contacts.set(phoneNumber, fields);
    }
    Object.assign(pending, { status: 'completed', failures });
  }

  function status(request: SandboxRequest, { uploadId }: UploadParams): Answer {
    const found = uploads.find((one) => one.uploadId === uploadId);
    if (found === undefined) return exotelFailure(request, 404, 1000, 'Upload not found');
    const answer = statusAnswer(found);
    if (found.status === 'processing') complete(found);
    return answer;
  }

  function errors(request: SandboxRequest, { uploadId }: UploadParams): Answer {
    const found = uploads.find((one) => one.uploadId === uploadId);
    if (found === undefined) return exotelFailure(request, 404, 1000, 'Upload not found');
    if (expired.has(uploadId)) return exotelFailure(request, 410, 1000, 'The file has expired');
    return exotelData(request, {
      upload_id: uploadId,
      error_count: found.failures.length,
      errors: found.failures.map(({ rowNumber, phoneNumber, code }) => ({
        row_number: rowNumber,
        phone_number: phoneNumber,
        error_code: code,
        error_message: ROW_MESSAGES[code],
      })),
      error_file_url: `https://example.invalid/errors/${uploadId}.csv`,
    });
  }

  return {
    routes: [
      route('POST', '/v2/accounts/:accountSid/contacts/upload', upload),
      route('GET', '/v2/accounts/:accountSid/contacts/upload/:uploadId', status),
      route('GET', '/v2/accounts/:accountSid/contacts/upload/:uploadId/errors', errors),
    ],
    verbs: {
      contactUploads: uploads,
      contacts,
      processContactUploads() {
        uploads.filter((one) => one.status === 'processing').forEach(complete);
      },
      expireErrorFiles() {
        uploads.forEach(({ uploadId }) => expired.add(uploadId));
      },
    },
    reset() {
      uploads.length = 0;
      contacts.clear();
      expired.clear();
    },
  };
}

interface UploadParams {
  readonly uploadId: string;
}

const ROW_MESSAGES = {
  INVALID_PHONE: 'The number is not in E.164 form',
  MISSING_REQUIRED: 'phone_number is missing',
  INVALID_EMAIL: 'The e-mail address is not valid',
} as const;

function faultIn(
  fields: Readonly<Record<string, string>>,
): ExotelContactRowFailure['code'] | undefined {
  const { phone_number: phoneNumber = '', email = '' } = fields;
  if (phoneNumber === '') return 'MISSING_REQUIRED';
  if (toE164(phoneNumber) !== phoneNumber) return 'INVALID_PHONE';
  return email === '' || email.includes('@') ? undefined : 'INVALID_EMAIL';
}

function acceptedAnswer(request: SandboxRequest, upload: ExotelContactUpload): Answer {
  return exotelSuccess(request, 202, {
    code: 202,
    status: 'accepted',
    data: {
      upload_id: upload.uploadId,
      total_records: upload.rows.length,
      status: upload.status,
      estimated_time_seconds: Math.ceil(upload.rows.length / 1000),
    },
  });
}

/** The documented sample has no envelope around `response`. */
function statusAnswer(upload: ExotelContactUpload): Answer {
  const { rows, failures, duplicatesSkipped, uploadId } = upload;
  const done = upload.status === 'completed';
  return json(200, {
    response: {
      data: {
        upload_id: uploadId,
        status: upload.status,
        total_records: rows.length,
        successful: done ? rows.length - failures.length - duplicatesSkipped : 0,
        failed: failures.length,
        duplicates_skipped: duplicatesSkipped,
        error_file_id: failures.length === 0 ? null : `sandbox-error-file-${uploadId}`,
      },
    },
  });
}

function isCsv(field: FormDataEntryValue | null): field is File {
  return field !== null && typeof field !== 'string' && /\.csv$/i.test(field.name);
}

/** Rows with the column names of the first line. */
export function readRows(csv: string): readonly ExotelContactRow[] {
  const [header = [], ...records] = readCsv(csv);
  return records.map((values, index) => ({
    rowNumber: index + 2,
    fields: Object.fromEntries(header.map((name, at) => [name, values[at] ?? ''])),
  }));
}

/** A quotation mark in an unquoted cell is an ordinary character. @see https://www.rfc-editor.org/rfc/rfc4180 */
function readCsv(text: string): string[][] {
  const records: string[][] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r\n?|\n|$)/y;
  let record: string[] = [];
  while (cell.lastIndex < text.length) {
    const [, quoted, plain = '', end] = cell.exec(text) ?? [];
    record.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === ',') continue;
    records.push(record);
    record = [];
  }
  return records;
}
