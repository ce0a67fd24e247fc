import type { StoredRecord } from './token-store.js';
import { AccessToken } from '../token/access-token.js';
import type { Instant } from '../token/instant.js';

/** A token that came from the store. Its life is counted from before the store was asked. */
export interface Adopted {
  readonly token: AccessToken;
  readonly sentAt: Instant;
  /** Absent: nobody knows. */
  readonly lifetimeMs: number | undefined;
}

/** Counted from before the question was sent, a life can only come out too short, never too long. */
export function adopted({ token, remainingMs }: StoredRecord, sentAt: Instant): Adopted {
  const { value, scope, undated } = token;
  const lifetimeMs = undated ? undefined : remainingMs;
  const expiresAt = lifetimeMs === undefined ? undefined : sentAt.wallMs + lifetimeMs;
  return { token: new AccessToken({ value, expiresAt, scope }), sentAt, lifetimeMs };
}
