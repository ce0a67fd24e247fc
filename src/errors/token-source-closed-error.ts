import { BearerError } from './bearer-error.js';

/** The token source was closed before it could return a token. Create a new source, or close it later. */
export class TokenSourceClosedError extends BearerError {
  override readonly name: string = 'TokenSourceClosedError';
  readonly provider: string;

  constructor(provider: string) {
    super(
      'ERR_TOKEN_SOURCE_CLOSED',
      `${provider}: this token source is closed. Create a new one, or call close() after the last request.`,
    );
    this.provider = provider;
  }
}
