import { cleanText } from '../clean-text.js';
import type { TruecallerRow } from './upload-rows.js';

/** The fields of a {@link TruecallerUploadError}. */
export interface TruecallerUploadErrorDetails {
  operation: string;
  rows: readonly TruecallerRow[];
  next: number;
  cause: unknown;
}

/**
 * An upload stopped half-way: Truecaller refused a batch, or did not answer. It has the outcome of each row, and where to resume.
 *
 * `cause` is what `bulkUpload` would have thrown.
 */
export class TruecallerUploadError extends Error {
  readonly code = 'ERR_TRUECALLER_UPLOAD';
  /** The function that was called: `campaigns.upload`. */
  readonly operation: string;
  /** The outcome of each row, starting at this call's `from`. */
  readonly rows: readonly TruecallerRow[];
  /** Call again with the same rows and `{ from: next }`: nothing is sent twice. Rows that are `unknown` come before it. */
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
    super(`truecaller ${operation} stopped: ${counts}. Resume with { from: ${next} }. ${why}`, {
      cause,
    });
    this.name = 'TruecallerUploadError';
    this.operation = operation;
    this.rows = rows;
    this.next = next;
  }

  /** The fields that are safe to log, without the rows, which may be many. */
  toJSON(): Record<string, unknown> {
    const { name, code, message, operation, next } = this;
    return { name, code, message, operation, next };
  }
}

/** Whether `error` is a {@link TruecallerUploadError}, even from another copy of the package. */
export function isTruecallerUploadError(error: unknown): error is TruecallerUploadError {
  return error instanceof Error && 'code' in error && error.code === 'ERR_TRUECALLER_UPLOAD';
}
