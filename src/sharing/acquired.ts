import type { TokenAcquisitionError } from '../errors/index.js';
import type { Failed } from '../token-call/token-call-failure.js';
import type { Minted } from '../token-call/mint.js';
import type { Concern, CoolDownCause } from '../token/lifecycle.js';
import type { Adopted } from './adoption.js';

/** How a refresh ended that may have been made by another process. */
export type Acquired =
  /** Minted here. Without a fence it is not in the store, or not yet. */
  | { readonly kind: 'minted'; readonly minted: Minted; readonly fence: number | undefined }
  /** Another process minted it. */
  | ({ readonly kind: 'adopted'; readonly fence: number } & Adopted)
  /** Another process is at it, and the token in hand does meanwhile. */
  | { readonly kind: 'stay' }
  /**
   * The mint here failed, after that many in a row elsewhere that were refused for their credentials; or none was made, since
   * a second token would kill the first.
   */
  | (Failed & { readonly failuresElsewhere?: number | undefined })
  | CoolingElsewhere
  /** `clear()` or `close()` came first. */
  | { readonly kind: 'abandoned' };

/** Another process was refused, and the token endpoint is left alone for a while. */
export interface CoolingElsewhere {
  readonly kind: 'cooling-elsewhere';
  readonly failure: TokenAcquisitionError;
  readonly cause: CoolDownCause;
  readonly concerns: Concern;
  readonly delayMs: number;
  readonly failures: number;
  /** A token that drew a 401 somewhere, but lives. */
  readonly fallback: Adopted | undefined;
}
