import type { ApiName } from './api-input-error.js';

/** What an {@link ApiPayloadError} is made of. */
export interface ApiPayloadErrorDetails {
  api: ApiName;
  /** Which payload it should have been: `CCM status callback`. */
  payload: string;
  /** The wire field that is missing or wrong, or `body` when nothing of it could be read. */
  field: string;
  /** What is wrong, as the rest of a sentence that begins with the field. */
  problem: string;
}

/** A webhook body that is not what its documents describe. Thrown by the webhook parsers; it never holds the body. */
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

/** Tells whether `error` is an {@link ApiPayloadError}, also one of another copy of the package. */
export function isApiPayloadError(error: unknown): error is ApiPayloadError {
  return error instanceof Error && 'code' in error && error.code === 'ERR_API_PAYLOAD';
}
