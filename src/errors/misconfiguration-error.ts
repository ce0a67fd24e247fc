import { BearerError } from './bearer-error.js';

/** An option, credential or provider definition is not valid. Thrown at creation wherever possible. */
export class MisconfigurationError extends BearerError {
  override readonly name: string = 'MisconfigurationError';
  /** The path of the wrong option or credential: `apiKey`, `options.maxStaleMs`. */
  readonly option: string;
  /** The name of the provider, if known. */
  readonly provider: string | undefined;

  constructor(details: {
    option: string;
    problem: string;
    remedy: string;
    provider?: string | undefined;
    cause?: unknown;
  }) {
    const { option, problem, remedy, provider, cause } = details;
    const where = provider === undefined ? '' : `${provider}: `;
    super(
      'ERR_BEARER_MISCONFIGURED',
      `${where}${option} ${problem}. ${remedy}`,
      cause === undefined ? undefined : { cause },
    );
    this.option = option;
    this.provider = provider;
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), option: this.option, provider: this.provider };
  }
}
