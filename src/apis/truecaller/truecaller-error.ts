import { ApiAnswerError, type ApiAnswerErrorDetails } from '../api-answer-error.js';

/** The fields of a {@link TruecallerApiError}, picked one by one, so that nothing of the request can slip in. */
export interface TruecallerApiErrorDetails extends Omit<ApiAnswerErrorDetails, 'status'> {
  slug?: string | undefined;
  /** Truecaller's own words. */
  said?: string | undefined;
  field?: string | undefined;
  /** Our own sentence, in place of Truecaller's words. */
  note?: string | undefined;
}

/**
 * Truecaller answered with a failure.
 *
 * Documented bodies are `{ slug, message }`, and for call records `{ status, field, message }`. It keeps no headers and no axios error.
 * `error.response.status` and `error.response.data` are there for code written for axios.
 *
 * @see https://docs.truecaller.com/truecaller-for-business/verified-campaigns/api-webhook-documentation/bulk-api/generate-access-token
 */
export class TruecallerApiError extends ApiAnswerError {
  readonly code = 'ERR_TRUECALLER_API';
  /** Truecaller's own word for it, such as `authorization-error`. */
  readonly slug: string | undefined;
  /** The invalid field of a call record, by its name on the wire: `ends_at`. */
  readonly field: string | undefined;

  constructor(details: TruecallerApiErrorDetails) {
    const { operation, response, slug, said, note } = details;
    const { status } = response;
    const words = note ?? (said === undefined ? undefined : `Truecaller says: ${said}`);
    const what = `truecaller ${operation}: ${status}${slug === undefined ? '' : ` ${slug}`}.`;
    super(words === undefined ? what : `${what} ${words}`, { ...details, status });
    this.name = 'TruecallerApiError';
    this.slug = slug;
    this.field = details.field;
  }

  /** The fields that are safe to log. */
  toJSON(): Record<string, unknown> {
    const { name, code, message, operation, status, slug, field, retryAfterMs } = this;
    return { name, code, message, operation, status, slug, field, retryAfterMs };
  }
}

/** Whether `error` is a {@link TruecallerApiError}, even from another copy of the package. */
export function isTruecallerApiError(error: unknown): error is TruecallerApiError {
  return error instanceof Error && 'code' in error && error.code === 'ERR_TRUECALLER_API';
}
