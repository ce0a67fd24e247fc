/** The wrapped APIs. */
export type ApiName = 'exotel' | 'truecaller';

/** The fields of an {@link ApiInputError}. */
export interface ApiInputErrorDetails {
  api: ApiName;
  /** The function that refused the input: `calls.create`. */
  operation: string;
  /** The field as a path: `statusCallback.0.url`. */
  field: string;
  /** What is wrong and what to do, worded to follow the field's name. Never the value itself. */
  problem: string;
}

/**
 * An input that the API's docs rule out. Thrown before anything is sent.
 *
 * The message names the field and the fix, not the value, which may be a phone number, a name or a password.
 */
export class ApiInputError extends Error {
  readonly code = 'ERR_API_INPUT';
  readonly api: ApiName;
  readonly operation: string;
  readonly field: string;

  constructor({ api, operation, field, problem }: ApiInputErrorDetails) {
    super(`${api} ${operation}: ${field} ${problem}`);
    this.name = 'ApiInputError';
    this.api = api;
    this.operation = operation;
    this.field = field;
  }

  /** The fields that are safe to log. */
  toJSON(): Record<string, unknown> {
    const { name, code, api, operation, field, message } = this;
    return { name, code, api, operation, field, message };
  }
}

/** Whether `error` is an {@link ApiInputError}, even from another copy of the package. */
export function isApiInputError(error: unknown): error is ApiInputError {
  return error instanceof Error && 'code' in error && error.code === 'ERR_API_INPUT';
}
