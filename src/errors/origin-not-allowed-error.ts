import { BearerError } from './bearer-error.js';

/** With `onForeignOrigin: 'error'`: the request would go outside the provider's origins, or over plain http. */
export class OriginNotAllowedError extends BearerError {
  override readonly name: string = 'OriginNotAllowedError';
  readonly provider: string;
  /** The origin of the request, without path and query. */
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
