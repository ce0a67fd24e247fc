import type { ApiErrorResponse } from './error-response.js';

/** What every error of an answer is made of. */
export interface ApiAnswerErrorDetails {
  operation: string;
  status: number;
  retryAfterMs?: number | undefined;
  response: ApiErrorResponse;
}

/**
 * An API answered, and the answer is a failure.
 *
 * It keeps no header and no axios error. The body is a cleaned copy in `response`, where code written for axios looks for it; like
 * the response of an axios error it is read by name, and not printed or logged.
 */
export abstract class ApiAnswerError extends Error {
  /** The function that was called: `calls.create`. */
  readonly operation: string;
  /** The HTTP status; where a failure hides inside a 2xx, the status that the body claims, if it claims one. */
  readonly status: number;
  /** How long `Retry-After` asks to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** `status` and `data` of the answer, as on an axios error: without headers, and without secrets. */
  declare readonly response: ApiErrorResponse;

  constructor(
    message: string,
    { operation, status, retryAfterMs, response }: ApiAnswerErrorDetails,
  ) {
    super(message);
    this.operation = operation;
    this.status = status;
    this.retryAfterMs = retryAfterMs;
    Object.defineProperty(this, 'response', { value: response, enumerable: false });
  }
}
