import type { TokenParams } from '../token/token-params.js';
import type { ParsedToken } from './token-response.js';

/** What `acquireToken` is called with. */
export interface AcquireTokenContext {
  /** The caller's parameters for the token; empty if there are none. */
  readonly params: TokenParams;
  /** Aborts after `attemptTimeoutMs`, or when no caller waits for the token any more. */
  readonly signal: AbortSignal;
}

/** What `acquireToken` returns: the token string, or the token with what is known about it. */
export type AcquiredToken = ParsedToken | string;
