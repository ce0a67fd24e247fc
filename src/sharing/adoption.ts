import type { StoredRecord } from './token-store.js';
import { placeOf, type TokenPlacement } from '../provider-definition/token-placement.js';
import { AccessToken } from '../token/access-token.js';
import type { Instant } from '../token/instant.js';

/** A token from the store. Its lifetime counts from before the store was asked. */
export interface Adopted {
  readonly token: AccessToken;
  readonly sentAt: Instant;
  /** `undefined` if unknown. */
  readonly lifetimeMs: number | undefined;
}

/** Counted from before the question was sent, a lifetime may be too short but never too long. */
export function adopted(
  { token, remainingMs }: StoredRecord,
  sentAt: Instant,
  placement: TokenPlacement | undefined,
): Adopted {
  const { value, scope, undated } = token;
  const lifetimeMs = undated ? undefined : remainingMs;
  const expiresAt = lifetimeMs === undefined ? undefined : sentAt.wallMs + lifetimeMs;
  const authorization = placeOf(placement).written(value);
  return { token: new AccessToken({ value, expiresAt, scope, authorization }), sentAt, lifetimeMs };
}
