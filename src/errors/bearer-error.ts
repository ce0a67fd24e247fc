/** Every `code` of this library's errors. docs/errors.md explains each. */
export type BearerErrorCode =
  | 'ERR_BEARER_MISCONFIGURED'
  | 'ERR_TOKEN_ENDPOINT_UNREACHABLE'
  | 'ERR_TOKEN_REQUEST_REFUSED'
  | 'ERR_CREDENTIALS_REJECTED'
  | 'ERR_CREDENTIALS_UNAVAILABLE'
  | 'ERR_LOGIN_REQUIRED'
  | 'ERR_TOKEN_RESPONSE_MALFORMED'
  | 'ERR_TOKEN_BUDGET_SPENT'
  | 'ERR_TOKEN_LEASE_HELD'
  | 'ERR_TOKEN_SOURCE_CLOSED'
  | 'ERR_TOKEN_WAIT_TIMED_OUT'
  | 'ERR_ORIGIN_NOT_ALLOWED'
  | 'ERR_TOKEN_STORE_FAILED';

/**
 * In the global symbol registry, so that another copy of the package recognises our errors.
 *
 * @internal
 */
export const brand = Symbol.for('axios-bearer.error');

/** The base class of every error that this library throws. Its `code` says what went wrong. */
export class BearerError extends Error {
  override readonly name: string = 'BearerError';
  readonly code: BearerErrorCode;

  constructor(code: BearerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, brand, { value: true });
  }

  /** The fields that are safe to log: no token, secret or response body. */
  toJSON(): Record<string, unknown> {
    return { name: this.name, code: this.code, message: this.message };
  }
}
