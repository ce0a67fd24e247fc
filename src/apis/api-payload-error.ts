import type { ApiName } from './api-input-error.js';

/** The fields of an {@link ApiPayloadError}. */
export interface ApiPayloadErrorDetails {
  api: ApiName;
  /** The expected payload: `CCM status callback`. */
  payload: string;
  /** The wire field that is missing or wrong, or `body` if it could not be read at all. */
  field: string;
  /** What is wrong, worded to follow the field's name. */
  problem: string;
}

/** A webhook body that does not match its docs. Thrown by the webhook parsers; it never holds the body. */
export class ApiPayloadError extends Error {
  readonly code = 'ERR_API_PAYLOAD';
  readonly api: ApiName;
  readonly payload: string;
  readonly field: string;

  constructor({ api, payload, field, problem }: ApiPayloadErrorDetails) {
    super(`${api} ${payload}: ${field} ${problem}`);
    this.name = 'ApiPayloadError';
    this.api = api;
    this.payload = payload;
    this.field = field;
  }

  /** The fields that are safe to log. */
  toJSON(): Record<string, unknown> {
    const { name, code, api, payload, field, message } = this;
    return { name, code, api, payload, field, message };
  }
}

/** Whether `error` is an {@link ApiPayloadError}, even from another copy of the package. */
export function isApiPayloadError(error: unknown): error is ApiPayloadError {
  return error instanceof Error && 'code' in error && error.code === 'ERR_API_PAYLOAD';
}
