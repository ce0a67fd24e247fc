import { BearerError } from './bearer-error.js';

/** The shared store failed. It is reported as an event and never fails a request that could be served. */
export class TokenStoreError extends BearerError {
  override readonly name: string = 'TokenStoreError';
  /** What failed: `open`, a method of `TokenStoreSlot`, or `record` for one that cannot be read. */
  readonly operation: string;

  constructor(operation: string, problem: string, options?: ErrorOptions) {
    super('ERR_TOKEN_STORE_FAILED', `Token store: ${operation} ${problem}.`, options);
    this.operation = operation;
  }
}
