import { cleanText } from '../clean-text.js';
import type { TruecallerRow } from './upload-rows.js';

/** What a {@link TruecallerUploadError} is made of. */
export interface TruecallerUploadErrorDetails {
  operation: string;
  rows: readonly TruecallerRow[];
  next: number;
  cause: unknown;
}

/**
 * An upload stopped half-way: Truecaller refused a batch, or did not answer. It says what became of each row, and where to go on.
 *
 * `cause` is what `bulkUpload` would have thrown.
 */
export class TruecallerUploadError extends Error {
  readonly code = 'ERR_TRUECALLER_UPLOAD';
  /** The function that was called: `campaigns.upload`. */
  readonly operation: string;
  /** What became of each row, from the first that this call was given to send. */
  readonly rows: readonly TruecallerRow[];
  /** Call again with the same rows and `{ from: next }`: nothing is sent twice. Rows that are `unknown` lie before it. */
  readonly next: number;

  constructor({ operation, rows, next, cause }: TruecallerUploadErrorDetails) {
    const count = (status: TruecallerRow['status']) =>
      rows.filter((row) => row.status === status).length;
    const unknown = count('unknown');
    const counts = [
      `${count('received')} rows were received`,
      ...(unknown === 0 ? [] : [`${unknown} may or may not have been`]),
      `${count('unsent')} were not sent`,
    ].join(', ');
    const why = cause instanceof Error ? (cleanText(cause.message, []) ?? '') : '';
    super(`truecaller ${operation} stopped: ${counts}. Go on with { from: ${next} }. ${why}`, {
      cause,
    });
    this.name = 'TruecallerUploadError';
    this.operation = operation;
    this.rows = rows;
    this.next = next;
  }

  /** The fields that are safe to log, without the rows: there may be very many. */
  toJSON(): Record<string, unknown> {
    const { name, code, message, operation, next } = this;
    return { name, code, message, operation, next };
  }
}

/** Tells whether `error` is a {@link TruecallerUploadError}, also one of another copy of the package. */
export function isTruecallerUploadError(error: unknown): error is TruecallerUploadError {
  return error instanceof Error && 'code' in error && error.code === 'ERR_TRUECALLER_UPLOAD';
}
