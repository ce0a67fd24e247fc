/**
 * What a failed token call means for the next ones.
 *
 * - `transient`: may pass by itself; tried again within the same refresh, then after a short delay.
 * - `refused`: the request itself was refused for another reason; not tried again within the refresh.
 * - `credentials`: the credentials were rejected; only a change of them helps.
 */
export type TokenFailureClass = 'transient' | 'refused' | 'credentials';

/** What a provider says of a token call that it refused, as it came; checked before it is shown. */
export interface ParsedDiagnosis {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly requestId?: unknown;
}
