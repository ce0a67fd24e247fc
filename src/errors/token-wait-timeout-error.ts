import { BearerError } from './bearer-error.js';

/** The caller's `timeoutMs` ran out while waiting for a token. The refresh itself continues for other callers. */
export class TokenWaitTimeoutError extends BearerError {
  override readonly name: string = 'TokenWaitTimeoutError';
  readonly provider: string;
  /** The caller's limit, in milliseconds. */
  readonly timeoutMs: number;

  constructor(provider: string, timeoutMs: number) {
    super(
      'ERR_TOKEN_WAIT_TIMED_OUT',
      `${provider}: no token within ${timeoutMs} ms. The refresh continues; allow more time or try again.`,
    );
    this.provider = provider;
    this.timeoutMs = timeoutMs;
  }
}
