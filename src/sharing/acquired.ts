import type { TokenAcquisitionError } from '../errors/index.js';
import type { Failed } from '../token-call/token-call-failure.js';
import type { Minted } from '../token-call/mint.js';
import type { Concern, CoolDownCause } from '../token/lifecycle.js';
import type { Adopted } from './adoption.js';

/** How a refresh ended, whether here or in another process. */
export type Acquired =
  /** Minted here. Without a fence it is not in the store yet. */
  | { readonly kind: 'minted'; readonly minted: Minted; readonly fence?: number | undefined }
  /** Another process minted it. */
  | ({ readonly kind: 'adopted'; readonly fence: number } & Adopted)
  /** Another process is refreshing, and the current token will do meanwhile. */
  | { readonly kind: 'stay' }
  /**
   * The mint here failed, and `failuresElsewhere` before it in a row were refused for their credentials; or none was made, since
   * a second token would invalidate the first.
   */
  | (Failed & { readonly failuresElsewhere?: number | undefined })
  | CoolingElsewhere
  /** `clear()` or `close()` came first. */
  | { readonly kind: 'abandoned' };

/** Another process failed, and the token endpoint is left alone for a while. */
export interface CoolingElsewhere {
  readonly kind: 'cooling-elsewhere';
  readonly failure: TokenAcquisitionError;
  readonly cause: CoolDownCause;
  readonly concerns: Concern;
  readonly delayMs: number;
  readonly failures: number;
  /** A token that drew a 401 somewhere but has not expired. */
  readonly fallback: Adopted | undefined;
}
