import { BearerError, type BearerErrorCode } from './bearer-error.js';

/**
 * The error members of RFC 6749 section 5.2, as far as the token endpoint gave them.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2
 */
export interface OAuthErrorFields {
  readonly error: string;
  readonly errorDescription?: string;
  readonly errorUri?: string;
}

/**
 * What the provider itself says of a token call that it refused, under whichever names it says it: short, printable text
 * without secrets.
 */
export interface ProviderDiagnosis {
  /** Its own word for what is wrong: `invalid_client`, a number, a slug. */
  readonly code?: string;
  readonly message?: string;
  /** Under which it knows this very call: what its support will ask for. */
  readonly requestId?: string;
}

/** Where the acquisition of a token failed. */
export type AcquisitionPhase = 'credentials' | 'token request' | 'token response' | 'cooling down';

/** What is known of an acquisition that failed. It holds no token, no secret and no body. */
export interface TokenAcquisitionDetails {
  readonly provider: string;
  readonly phase: AcquisitionPhase;
  /** Whether the same call may succeed later without any change by you. */
  readonly retryable: boolean;
  /** Whole milliseconds until the token endpoint is asked again, where that is known. */
  readonly retryInMs?: number | undefined;
  /** HTTP status of the token endpoint's answer, where there was one. */
  readonly status?: number | undefined;
  readonly oauthError?: OAuthErrorFields | undefined;
  /** What the provider itself says, where it says anything. */
  readonly diagnosis?: ProviderDiagnosis | undefined;
  readonly cause?: unknown;
}

/**
 * No token could be had, and so the request was not sent.
 *
 * `code` says why: your credentials function (or an asynchronous `tokenRequest`) gave none, the endpoint was unreachable, refused the request, answered
 * nonsense, rejected the credentials (then it is a `CredentialsRejectedError`), the provider's token budget is spent, or
 * another process holds the lease of a shared store and brings no token.
 */
export class TokenAcquisitionError extends BearerError {
  override readonly name: string = 'TokenAcquisitionError';
  readonly provider: string;
  readonly phase: AcquisitionPhase;
  readonly retryable: boolean;
  readonly retryInMs: number | undefined;
  readonly status: number | undefined;
  readonly oauthError: OAuthErrorFields | undefined;
  readonly diagnosis: ProviderDiagnosis | undefined;

  constructor(code: BearerErrorCode, message: string, details: TokenAcquisitionDetails) {
    super(code, message, details.cause === undefined ? undefined : { cause: details.cause });
    this.provider = details.provider;
    this.phase = details.phase;
    this.retryable = details.retryable;
    this.retryInMs = details.retryInMs === undefined ? undefined : Math.ceil(details.retryInMs);
    this.status = details.status;
    this.oauthError = details.oauthError;
    this.diagnosis = details.diagnosis;
  }

  /** The same failure as a caller meets it while the endpoint cools down, with the delay that is left. */
  coolingDown(retryInMs: number): TokenAcquisitionError {
    const message = `${this.message} No further attempt for ${inSeconds(retryInMs)}.`;
    return copyOf(this, message, { phase: 'cooling down', retryInMs });
  }

  /** The same failure with the time of the next attempt in it. */
  retryingIn(retryInMs: number): TokenAcquisitionError {
    return copyOf(this, this.message, { retryInMs });
  }

  override toJSON(): Record<string, unknown> {
    return {
      ...super.toJSON(),
      provider: this.provider,
      phase: this.phase,
      retryable: this.retryable,
      retryInMs: this.retryInMs,
      status: this.status,
      oauthError: this.oauthError,
      diagnosis: this.diagnosis,
    };
  }
}

/** A delay in words that do not overstate it by much: in tenths of a second where it is short. */
export function inSeconds(ms: number): string {
  return `${ms < 10_000 ? Math.ceil(ms / 100) / 10 : Math.ceil(ms / 1000)} s`;
}

function copyOf(
  error: TokenAcquisitionError,
  message: string,
  changes: Partial<TokenAcquisitionDetails>,
): TokenAcquisitionError {
  const Same = error.constructor as typeof TokenAcquisitionError;
  const { provider, phase, retryable, retryInMs, status, oauthError, diagnosis, cause } = error;
  const details = { provider, phase, retryable, retryInMs, status, oauthError, diagnosis, cause };
  return new Same(error.code, message, { ...details, ...changes });
}

/**
 * The token endpoint rejected the credentials: `invalid_client`, `unauthorized_client`, `invalid_scope`, 401 or 403.
 *
 * Retrying does not help; changing what the message names does. Changed credentials take effect on the next request.
 */
export class CredentialsRejectedError extends TokenAcquisitionError {
  override readonly name: string = 'CredentialsRejectedError';
}
