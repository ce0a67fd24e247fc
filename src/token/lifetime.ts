/** A life longer than this is taken as this: no provider's clock deserves more trust. One year. */
export const LONGEST_LIFETIME_SECONDS = 365 * 24 * 3600;

/** What a token response and the token itself say about how long the token lives. All of it is hearsay. */
export interface LifetimeHints {
  /** `expires_in` as it came over the wire: number, numeric string, or nonsense. Seconds. */
  readonly expiresInSeconds?: unknown;
  /** An absolute expiry as it came over the wire, epoch seconds or milliseconds. */
  readonly expiresAt?: unknown;
  /** When the provider says that it made the token, epoch milliseconds by the provider's clock. */
  readonly issuedAt?: number | undefined;
  /** What the provider's documentation promises where the response says nothing. Seconds. */
  readonly defaultSeconds?: number | undefined;
  /** The token string, which may be a JWT. */
  readonly token: string;
  /** The provider's clock when it answered (its `Date` header), epoch milliseconds. */
  readonly serverNow?: number | undefined;
  /** Our own wall clock before the request was sent, epoch milliseconds. */
  readonly localNow: number;
}

/** A life in milliseconds counted from before the request was sent; `unknown` if nothing usable was said. */
export type Lifetime =
  | { kind: 'known'; ms: number }
  | { kind: 'unknown' }
  /** It was over before it came: that long ago, by the claim of the token or by what the answer said. */
  | { kind: 'expired'; agoMs: number; by: 'exp' | 'expiresAt' };

/**
 * Works out how long a new token lives. Non-positive and unreadable values say nothing; huge ones are
 * clamped; a JWT may shorten a life and never lengthens it.
 */
export function resolveLifetime(hints: LifetimeHints): Lifetime {
  const stated = statedLifetime(hints);
  if (stated.kind === 'expired') return stated;
  const jwt = jwtLifetime(hints.token, hints.serverNow);
  if (jwt.kind === 'expired') return jwt;
  if (stated.kind === 'unknown') return jwt;
  if (jwt.kind === 'unknown') return stated;
  return { kind: 'known', ms: Math.min(stated.ms, jwt.ms) };
}

function statedLifetime(hints: LifetimeHints): Lifetime {
  const seconds = positiveNumber(hints.expiresInSeconds);
  if (seconds !== undefined) return known(seconds * 1000);

  const expiresAt = epochMilliseconds(hints.expiresAt);
  if (expiresAt !== undefined) {
    const ms = expiresAt - (hints.serverNow ?? hints.localNow);
    return ms > 0 ? known(ms) : { kind: 'expired', agoMs: -ms, by: 'expiresAt' };
  }

  const usual = positiveNumber(hints.defaultSeconds);
  return usual === undefined
    ? { kind: 'unknown' }
    : known(usual * 1000 - ageMs(hints, usual * 1000));
}

/** How old the token was when it came, by the provider's own clock alone: two hosts' clocks are never compared. */
function ageMs({ issuedAt, serverNow }: LifetimeHints, lifetimeMs: number): number {
  if (issuedAt === undefined || serverNow === undefined) return 0;
  const age = serverNow - issuedAt;
  return age > 0 && age < lifetimeMs ? age : 0;
}

function jwtLifetime(token: string, serverNow: number | undefined): Lifetime {
  const claims = jwtClaims(token);
  const exp = positiveNumber(claims?.['exp']);
  if (exp === undefined) return { kind: 'unknown' };
  if (serverNow !== undefined && exp * 1000 <= serverNow - CLOCK_SKEW_MS)
    return { kind: 'expired', agoMs: serverNow - exp * 1000, by: 'exp' };
  const iat = positiveNumber(claims?.['iat']);
  return iat === undefined || exp <= iat ? { kind: 'unknown' } : known((exp - iat) * 1000);
}

/** Two clocks of one provider may differ by this much before we call a token expired on arrival. */
const CLOCK_SKEW_MS = 60_000;

/** Reads the claims of a JWT without verifying it: they only ever shorten a life. Anything else is no JWT. */
export function jwtClaims(token: string): Record<string, unknown> | undefined {
  const payload = /^[\w-]+\.([\w-]+)\.[\w-]*$/.exec(token)?.[1];
  if (payload === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    return typeof claims === 'object' && claims !== null
      ? (claims as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** A positive finite number, or one spelled as a decimal string; `undefined` for anything else. */
export function positiveNumber(value: unknown): number | undefined {
  const number =
    typeof value === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number > 0 ? number : undefined;
}

/** Above this an epoch value cannot be seconds: it would lie beyond the year 5000. */
const LARGEST_EPOCH_SECONDS = 1e11;

/** An instant given as epoch seconds, epoch milliseconds or ISO 8601 (UTC unless it says otherwise), as epoch milliseconds. */
export function epochMilliseconds(value: unknown): number | undefined {
  const number = positiveNumber(value);
  if (number !== undefined) return number > LARGEST_EPOCH_SECONDS ? number : number * 1000;
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}T/.test(value)) return undefined;
  // Without a zone Date.parse would take it for the time of wherever this host stands.
  const ms = Date.parse(/(Z|[+-]\d{2}:?\d{2})$/i.test(value) ? value : `${value}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

function known(ms: number): Lifetime {
  return { kind: 'known', ms: Math.min(ms, LONGEST_LIFETIME_SECONDS * 1000) };
}
