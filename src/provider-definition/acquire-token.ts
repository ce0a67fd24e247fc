import type { TokenParams } from '../token/token-params.js';
import type { ParsedToken } from './token-response.js';

/** What `acquireToken` is told. */
export interface AcquireTokenContext {
  /** The parameters of the token that is asked for; empty unless the caller gave some. */
  readonly params: TokenParams;
  /** Aborts when the attempt is over: after `attemptTimeoutMs`, or when no caller wants the token any more. */
  readonly signal: AbortSignal;
}

/** What `acquireToken` yields: the token and what is known of it, as it came; or the token alone. */
export type AcquiredToken = ParsedToken | string;
