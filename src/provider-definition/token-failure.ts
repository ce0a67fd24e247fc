/**
 * What a failed token call means for the next ones.
 *
 * - `transient`: may resolve on its own; retried within the same refresh, then after a short delay.
 * - `refused`: the request was refused for another reason; not retried within the refresh.
 * - `credentials`: the credentials were rejected and have to be changed.
 */
export type TokenFailureClass = 'transient' | 'refused' | 'credentials';

/** The provider's own words about a refused token call, unchecked. They are checked before they are shown. */
export interface ParsedDiagnosis {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly requestId?: unknown;
}
