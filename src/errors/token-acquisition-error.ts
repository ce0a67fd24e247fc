import { BearerError, type BearerErrorCode } from './bearer-error.js';

/**
 * The error fields of RFC 6749, as far as the token endpoint sent them.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2
 */
export interface OAuthErrorFields {
  readonly error: string;
  readonly errorDescription?: string;
  readonly errorUri?: string;
}

/**
 * The provider's own words about a token call that it refused: short, printable text without secrets.
 */
export interface ProviderDiagnosis {
  /** The provider's error code: `invalid_client`, a number or a slug. */
  readonly code?: string;
  readonly message?: string;
  /** The provider's id for this call, which its support will ask for. */
  readonly requestId?: string;
}

/** The step at which fetching a token failed. */
export type AcquisitionPhase = 'credentials' | 'token request' | 'token response' | 'cooling down';

/** What is known about a failure to fetch a token. It holds no token, secret or body. */
export interface TokenAcquisitionDetails {
  readonly provider: string;
  readonly phase: AcquisitionPhase;
  /** Whether the same call may succeed later without any change on your side. */
  readonly retryable: boolean;
  /** Milliseconds until the token endpoint is called again, if known. */
  readonly retryInMs?: number | undefined;
  /** The HTTP status of the token endpoint's response, if there was one. */
  readonly status?: number | undefined;
  readonly oauthError?: OAuthErrorFields | undefined;
  /** The provider's own words, if it sent any. */
  readonly diagnosis?: ProviderDiagnosis | undefined;
  readonly cause?: unknown;
}

/**
 * No token could be fetched, so the request was not sent.
 *
 * `code` says why: your credentials function or asynchronous `tokenRequest` failed; the endpoint was unreachable, refused the
 * request, sent a malformed response or rejected the credentials (then it is a {@link CredentialsRejectedError}); the token
 * budget is spent; or another process held the lease of a shared store and fetched no token.
 *
 * @example
 * ```ts
 * if (error instanceof TokenAcquisitionError && error.retryable) console.log(error.retryInMs);
 * ```
 */
export class TokenAcquisitionError extends BearerError {
  override readonly name: string = 'TokenAcquisitionError';
  declare readonly provider: string;
  declare readonly phase: AcquisitionPhase;
  declare readonly retryable: boolean;
  declare readonly retryInMs: number | undefined;
  declare readonly status: number | undefined;
  declare readonly oauthError: OAuthErrorFields | undefined;
  declare readonly diagnosis: ProviderDiagnosis | undefined;

  constructor(code: BearerErrorCode, message: string, details: TokenAcquisitionDetails) {
    const { cause, retryInMs } = details;
    super(code, message, cause === undefined ? undefined : { cause });
    Object.assign(this, fieldsOf(details), { retryInMs: retryInMs && Math.ceil(retryInMs) });
  }

  /** The same failure for a caller who arrives during the cool-down, with the remaining delay. */
  coolingDown(retryInMs: number): TokenAcquisitionError {
    const message = `${this.message} No further attempt for ${inSeconds(retryInMs)}.`;
    return copyOf(this, message, { phase: 'cooling down', retryInMs });
  }

  /** The same failure with the delay until the next attempt. */
  retryingIn(retryInMs: number): TokenAcquisitionError {
    return copyOf(this, this.message, { retryInMs });
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), ...fieldsOf(this) };
  }
}

/** The details that an error shows. */
function fieldsOf(details: TokenAcquisitionDetails): Omit<TokenAcquisitionDetails, 'cause'> {
  const { provider, phase, retryable, retryInMs, status, oauthError, diagnosis } = details;
  return { provider, phase, retryable, retryInMs, status, oauthError, diagnosis };
}

/** A delay for a message, in tenths of a second if it is under ten seconds. */
export function inSeconds(ms: number): string {
  return `${ms < 10_000 ? Math.ceil(ms / 100) / 10 : Math.ceil(ms / 1000)} s`;
}

function copyOf(
  error: TokenAcquisitionError,
  message: string,
  changes: Partial<TokenAcquisitionDetails>,
): TokenAcquisitionError {
  const Same = error.constructor as typeof TokenAcquisitionError;
  return new Same(error.code, message, { ...fieldsOf(error), cause: error.cause, ...changes });
}

/**
 * The token endpoint rejected the credentials: `invalid_client`, `unauthorized_client`, `invalid_scope`, 401 or 403.
 *
 * Retrying does not help. Change what the message names; changed credentials take effect on the next request.
 */
export class CredentialsRejectedError extends TokenAcquisitionError {
  override readonly name: string = 'CredentialsRejectedError';
}
