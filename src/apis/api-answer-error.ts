import type { ApiErrorResponse } from './error-response.js';

/** The fields of every error about a response. */
export interface ApiAnswerErrorDetails {
  operation: string;
  status: number;
  retryAfterMs?: number | undefined;
  response: ApiErrorResponse;
}

/**
 * An API responded with a failure.
 *
 * It keeps no headers and no axios error. The body is a cleaned copy in `response`, where code written for axios looks for it. It is
 * not printed or logged.
 */
export abstract class ApiAnswerError extends Error {
  /** The function that was called: `calls.create`. */
  readonly operation: string;
  /** The HTTP status; for a failure inside a 2xx, the status that the body claims, if any. */
  readonly status: number;
  /** How long `Retry-After` asks to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** `status` and `data` of the response, as on an axios error, without headers and secrets. */
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
