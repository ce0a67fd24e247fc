import { BearerError } from './bearer-error.js';

/** The shared store failed. Reported as the event `storeFailed`; requests that can be served without the store continue. */
export class TokenStoreError extends BearerError {
  override readonly name: string = 'TokenStoreError';
  /** What failed: `open`, a method of `TokenStoreSlot`, or `record` for an unreadable record. */
  readonly operation: string;

  constructor(operation: string, problem: string, options?: ErrorOptions) {
    super('ERR_TOKEN_STORE_FAILED', `Token store: ${operation} ${problem}.`, options);
    this.operation = operation;
  }
}
