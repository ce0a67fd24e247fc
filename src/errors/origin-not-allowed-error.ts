import { BearerError } from './bearer-error.js';

/** The request would leave the provider's own origins, or go out in clear text, and the option says to refuse that. */
export class OriginNotAllowedError extends BearerError {
  override readonly name: string = 'OriginNotAllowedError';
  readonly provider: string;
  /** The origin that was asked for; never the path or the query. */
  readonly origin: string;

  constructor(provider: string, origin: string, allowed: readonly string[]) {
    super(
      'ERR_ORIGIN_NOT_ALLOWED',
      `${provider}: the token may not be sent to ${origin}. Allowed origins: ${allowed.join(', ')}. ` +
        'Add the origin to `origins`, or send the request with { bearer: false }.',
    );
    this.provider = provider;
    this.origin = origin;
  }
}
