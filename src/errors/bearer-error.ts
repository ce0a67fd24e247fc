/** Every `code` that an error of this library can carry. */
export type BearerErrorCode =
  | 'ERR_BEARER_MISCONFIGURED'
  | 'ERR_TOKEN_ENDPOINT_UNREACHABLE'
  | 'ERR_TOKEN_REQUEST_REFUSED'
  | 'ERR_CREDENTIALS_REJECTED'
  | 'ERR_CREDENTIALS_UNAVAILABLE'
  | 'ERR_TOKEN_RESPONSE_MALFORMED'
  | 'ERR_TOKEN_BUDGET_SPENT'
  | 'ERR_TOKEN_LEASE_HELD'
  | 'ERR_TOKEN_SOURCE_CLOSED'
  | 'ERR_TOKEN_WAIT_TIMED_OUT'
  | 'ERR_ORIGIN_NOT_ALLOWED'
  | 'ERR_TOKEN_STORE_FAILED';

/** Shared through the global symbol registry, so that a second copy of the package recognises our errors. */
const brand = Symbol.for('axios-bearer.error');

/** The base of every error that this library throws. Tell them apart by `code`. */
export class BearerError extends Error {
  override readonly name: string = 'BearerError';
  readonly code: BearerErrorCode;

  constructor(code: BearerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, brand, { value: true });
  }

  /** The fields that are safe to log; never a token, a secret or a response body. */
  toJSON(): Record<string, unknown> {
    return { name: this.name, code: this.code, message: this.message };
  }
}

/**
 * Tells whether `error` comes from this library, and, where `code` is given, whether it is that one.
 *
 * It also recognises errors of another copy of the package (ESM beside CommonJS), where `instanceof` would not.
 */
export function isBearerError(error: unknown, code?: BearerErrorCode): error is BearerError {
  if (!(error instanceof Error) || !(brand in error)) return false;
  return code === undefined || ('code' in error && error.code === code);
}
