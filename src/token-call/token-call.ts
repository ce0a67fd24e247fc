import type { Clock } from '../platform/clock.js';
import type { LifecyclePolicy } from '../token/lifecycle.js';
import type { SendTokenRequest } from './token-endpoint.js';

/**
 * One call of the token endpoint, without its path, which may contain an account's id. Or one call of `acquireToken`, whose
 * destination is unknown: then `method`, `serverAddress` and `serverPort` are `undefined`.
 */
export interface TokenCall {
  readonly method: string | undefined;
  readonly serverAddress: string | undefined;
  readonly serverPort: number | undefined;
  /** Counts from 1 in each refresh. */
  readonly attempt: number;
  readonly tookMs: number;
  /** The HTTP status; `undefined` if there was no answer. */
  readonly status: number | undefined;
  /** What went wrong, as a short code: a status, a network error, or one of ours. `undefined` for a success. */
  readonly errorType: string | undefined;
}

/** The options of a token source that a token call needs. */
export interface TokenCallOptions {
  readonly clock: Clock;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  readonly policy: LifecyclePolicy;
  readonly sendTokenRequest: SendTokenRequest;
  readonly attemptTimeoutMs: number;
  readonly maxAttempts: number;
}
