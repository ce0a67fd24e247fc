import { BearerError } from './bearer-error.js';

/** The caller's own time ran out while it waited for a token. The refresh itself goes on for the others. */
export class TokenWaitTimeoutError extends BearerError {
  override readonly name: string = 'TokenWaitTimeoutError';
  readonly provider: string;
  /** The time that the caller had given, in milliseconds. */
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
