/** Longer lifetimes are capped at one year. */
export const LONGEST_LIFETIME_SECONDS = 365 * 24 * 3600;

/** What a token response and the token itself say about the lifetime. None of it is trusted blindly. */
export interface LifetimeHints {
  /** The unchecked `expires_in`, in seconds: a number, a numeric string or nonsense. */
  readonly expiresInSeconds?: unknown;
  /** The unchecked time of expiry: epoch seconds, epoch milliseconds or ISO 8601. */
  readonly expiresAt?: unknown;
  /** When the token was issued, in epoch milliseconds by the provider's clock. */
  readonly issuedAt?: number | undefined;
  /** The documented lifetime in seconds, if the response does not state one. */
  readonly defaultSeconds?: number | undefined;
  /** The token string, which may be a JWT. */
  readonly token: string;
  /** The provider's clock when it answered (its `Date` header), in epoch milliseconds. */
  readonly serverNow?: number | undefined;
  /** Our own wall clock before the request was sent, in epoch milliseconds. */
  readonly localNow: number;
}

/** A lifetime in milliseconds, counted from before the request was sent; `unknown` if there is no usable information. */
export type Lifetime =
  | { kind: 'known'; ms: number }
  | { kind: 'unknown' }
  /** It had expired on arrival, according to the token's claim or the response. */
  | { kind: 'expired'; agoMs: number; by: EndedBy };

/** The source of a time of expiry: the response, or the claims of the token. */
type EndedBy = 'expiresAt' | 'exp';

/** Two clocks of one provider may differ by this much before a token counts as expired on arrival. */
const CLOCK_SKEW_MS = 60_000;

/**
 * Works out the lifetime of a new token: until the earliest time of expiry from any source. An absolute time is compared with the
 * provider's clock if known, otherwise with ours. Non-positive and unreadable values are ignored; huge ones are capped.
 */
export function resolveLifetime(hints: LifetimeHints): Lifetime {
  const { serverNow, localNow } = hints;
  const { iat, exp } = jwtTimes(hints.token);
  const stated = milliseconds(hints.expiresInSeconds);
  const endsAt = epochMilliseconds(hints.expiresAt);
  const isSilent = stated === undefined && endsAt === undefined;
  const usual = isSilent ? milliseconds(hints.defaultSeconds) : undefined;
  const lives = [
    stated,
    usual && usual - ageMs(hints, usual),
    iat && exp && (exp - iat) * 1000,
  ].filter((ms) => ms !== undefined);
  // Without a `Date` header, `iat` stands for the provider's clock, so `exp` is not compared with ours.
  const claimed = iat === undefined || serverNow !== undefined ? exp : undefined;
  const ends = [
    { by: 'expiresAt' as const, at: endsAt },
    { by: 'exp' as const, at: epochMilliseconds(claimed) },
  ].flatMap(({ by, at }) =>
    at === undefined ? [] : [{ by, leftMs: at - (serverNow ?? localNow) }],
  );
  const over = ends.find(
    ({ leftMs }) => leftMs <= 0 && (lives.length === 0 || isCertainlyOver(leftMs, hints)),
  );
  if (over !== undefined) return { kind: 'expired', agoMs: -over.leftMs, by: over.by };

  const all = [...lives, ...ends.map(({ leftMs }) => leftMs).filter((ms) => ms > 0)];
  return all.length === 0
    ? { kind: 'unknown' }
    : { kind: 'known', ms: Math.min(...all, LONGEST_LIFETIME_SECONDS * 1000) };
}

/** If a stated lifetime says otherwise, neither our own clock nor a small difference between the provider's clocks is proof. */
function isCertainlyOver(leftMs: number, { serverNow }: LifetimeHints): boolean {
  return serverNow !== undefined && leftMs <= -CLOCK_SKEW_MS;
}

/** The times in a JWT, in epoch seconds (RFC 7519, section 4.1). Ignored if `exp` is before `iat`. */
function jwtTimes(token: string): { readonly iat?: number; readonly exp?: number } {
  const claims = jwtClaims(token);
  const [iat, exp] = [positiveNumber(claims?.['iat']), positiveNumber(claims?.['exp'])];
  if (exp === undefined) return {};
  if (iat === undefined) return { exp };
  return exp > iat ? { iat, exp } : {};
}

/** The token's age on arrival, by the provider's clock only: two hosts' clocks are never compared. */
function ageMs({ issuedAt, serverNow }: LifetimeHints, lifetimeMs: number): number {
  if (issuedAt === undefined || serverNow === undefined) return 0;
  const age = serverNow - issuedAt;
  return age > 0 && age < lifetimeMs ? age : 0;
}

/** Reads the claims of a JWT without verifying it, since they only shorten a lifetime. `undefined` if it is not a JWT. */
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

/** A positive finite number, or one in a decimal string; `undefined` for anything else. */
export function positiveNumber(value: unknown): number | undefined {
  const number =
    typeof value === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number > 0 ? number : undefined;
}

/** Converts unchecked seconds to milliseconds. */
function milliseconds(seconds: unknown): number | undefined {
  const number = positiveNumber(seconds);
  return number === undefined ? undefined : number * 1000;
}

/** A larger epoch value cannot be seconds: it would be after the year 5000. */
const LARGEST_EPOCH_SECONDS = 1e11;

/** Converts epoch seconds, epoch milliseconds, a Date or ISO 8601 (UTC by default) to epoch milliseconds. */
export function epochMilliseconds(value: unknown): number | undefined {
  const number = positiveNumber(value instanceof Date ? value.getTime() : value);
  if (number !== undefined) return number > LARGEST_EPOCH_SECONDS ? number : number * 1000;
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}T/.test(value)) return undefined;
  // Without a zone, Date.parse would use this host's local time.
  const ms = Date.parse(/(Z|[+-]\d{2}:?\d{2})$/i.test(value) ? value : `${value}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}
