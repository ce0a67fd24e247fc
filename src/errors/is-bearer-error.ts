import { brand, type BearerError, type BearerErrorCode } from './bearer-error.js';
import type { MisconfigurationError } from './misconfiguration-error.js';
import type { OriginNotAllowedError } from './origin-not-allowed-error.js';
import type { CredentialsRejectedError, TokenAcquisitionError } from './token-acquisition-error.js';
import type { TokenSourceClosedError } from './token-source-closed-error.js';
import type { TokenStoreError } from './token-store-error.js';
import type { TokenWaitTimeoutError } from './token-wait-timeout-error.js';

/** The class of each code. */
export interface BearerErrorByCode {
  ERR_BEARER_MISCONFIGURED: MisconfigurationError;
  ERR_TOKEN_ENDPOINT_UNREACHABLE: TokenAcquisitionError;
  ERR_TOKEN_REQUEST_REFUSED: TokenAcquisitionError;
  ERR_CREDENTIALS_REJECTED: CredentialsRejectedError;
  ERR_CREDENTIALS_UNAVAILABLE: TokenAcquisitionError;
  /** The `LoginRequiredError` of axios-bearer/oauth. */
  ERR_LOGIN_REQUIRED: BearerError & { readonly provider: string; readonly user: string };
  ERR_TOKEN_RESPONSE_MALFORMED: TokenAcquisitionError;
  ERR_TOKEN_BUDGET_SPENT: TokenAcquisitionError;
  ERR_TOKEN_LEASE_HELD: TokenAcquisitionError;
  ERR_TOKEN_SOURCE_CLOSED: TokenSourceClosedError;
  ERR_TOKEN_WAIT_TIMED_OUT: TokenWaitTimeoutError;
  ERR_ORIGIN_NOT_ALLOWED: OriginNotAllowedError;
  /** The first comes with the event `storeFailed`, the second from a request. */
  ERR_TOKEN_STORE_FAILED: TokenStoreError | TokenAcquisitionError;
}

/**
 * Whether `error` comes from this library and, if `code` is given, has that code. TypeScript then knows the class of that code.
 *
 * It also recognises errors from another copy of the package (ESM next to CommonJS), which `instanceof` does not.
 *
 * @example
 * ```ts
 * if (isBearerError(error, 'ERR_TOKEN_BUDGET_SPENT')) console.log(`Try again in ${error.retryInMs} ms`);
 * ```
 */
export function isBearerError(error: unknown): error is BearerError;
export function isBearerError<Code extends BearerErrorCode>(
  error: unknown,
  code: Code,
): error is BearerErrorByCode[Code];
export function isBearerError(error: unknown, code?: BearerErrorCode): error is BearerError {
  if (!(error instanceof Error) || !(brand in error)) return false;
  return code === undefined || ('code' in error && error.code === code);
}
