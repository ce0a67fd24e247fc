/** A life longer than this is taken as this: no provider's clock deserves more trust. One year. */
export const LONGEST_LIFETIME_SECONDS = 365 * 24 * 3600;

/** What a token response and the token itself say about how long the token lives. All of it is hearsay. */
export interface LifetimeHints {
  /** `expires_in` as it came over the wire: number, numeric string, or nonsense. Seconds. */
  readonly expiresInSeconds?: unknown;
  /** An absolute expiry as it came over the wire: epoch seconds, epoch milliseconds or ISO 8601. */
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
  | { kind: 'expired'; agoMs: number; by: EndedBy };

/** Where an end of life was told as an instant: in the answer, or in the claims of the token. */
type EndedBy = 'expiresAt' | 'exp';

/** Two clocks of one provider may differ by this much before we call a token expired on arrival. */
const CLOCK_SKEW_MS = 60_000;

/**
 * Works out how long a new token lives: until the earliest end that anything tells. An instant is judged by the provider's own clock
 * where it tells it, else by ours. Non-positive and unreadable values say nothing; huge ones are clamped.
 */
export function resolveLifetime(hints: LifetimeHints): Lifetime {
  const lives = livesSaid(hints);
  const ends = endsSaid(hints).map(({ by, at }) => ({
    by,
    leftMs: at - (hints.serverNow ?? hints.localNow),
  }));
  const over = ends.find(
    ({ leftMs }) => leftMs <= 0 && (lives.length === 0 || isCertainlyOver(leftMs, hints)),
  );
  if (over !== undefined) return { kind: 'expired', agoMs: -over.leftMs, by: over.by };

  const all = [...lives, ...ends.map(({ leftMs }) => leftMs).filter((ms) => ms > 0)];
  return all.length === 0
    ? { kind: 'unknown' }
    : { kind: 'known', ms: Math.min(...all, LONGEST_LIFETIME_SECONDS * 1000) };
}

/** Against a life that says otherwise, neither our own clock nor a small difference between the provider's proves anything. */
function isCertainlyOver(leftMs: number, { serverNow }: LifetimeHints): boolean {
  return serverNow !== undefined && leftMs <= -CLOCK_SKEW_MS;
}

/** Every life that is told, in milliseconds. */
function livesSaid(hints: LifetimeHints): readonly number[] {
  const stated = milliseconds(hints.expiresInSeconds);
  const isSilent = stated === undefined && epochMilliseconds(hints.expiresAt) === undefined;
  const usual = isSilent ? milliseconds(hints.defaultSeconds) : undefined;
  const { iat, exp } = jwtTimes(hints.token);
  return [
    stated,
    usual === undefined ? undefined : usual - ageMs(hints, usual),
    iat === undefined || exp === undefined ? undefined : (exp - iat) * 1000,
  ].filter((ms) => ms !== undefined);
}

/** Every end of life that is told as an instant, epoch milliseconds, and where it stands. */
function endsSaid(hints: LifetimeHints): readonly { readonly by: EndedBy; readonly at: number }[] {
  const expiresAt = epochMilliseconds(hints.expiresAt);
  const { iat, exp } = jwtTimes(hints.token);
  // Without a `Date`, `iat` is the provider's clock: our own one does not come in.
  const claimed =
    iat === undefined || hints.serverNow !== undefined ? epochMilliseconds(exp) : undefined;
  return [
    { by: 'expiresAt' as const, at: expiresAt },
    { by: 'exp' as const, at: claimed },
  ].filter((end): end is { by: EndedBy; at: number } => end.at !== undefined);
}

/** The times that a JWT claims, in epoch seconds (RFC 7519, section 4.1). One that ends before it begins says nothing. */
function jwtTimes(token: string): { readonly iat?: number; readonly exp?: number } {
  const claims = jwtClaims(token);
  const [iat, exp] = [positiveNumber(claims?.['iat']), positiveNumber(claims?.['exp'])];
  if (exp === undefined) return {};
  if (iat === undefined) return { exp };
  return exp > iat ? { iat, exp } : {};
}

/** How old the token was when it came, by the provider's own clock alone: two hosts' clocks are never compared. */
function ageMs({ issuedAt, serverNow }: LifetimeHints, lifetimeMs: number): number {
  if (issuedAt === undefined || serverNow === undefined) return 0;
  const age = serverNow - issuedAt;
  return age > 0 && age < lifetimeMs ? age : 0;
}

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

/** Seconds as they came, in milliseconds. */
function milliseconds(seconds: unknown): number | undefined {
  const number = positiveNumber(seconds);
  return number === undefined ? undefined : number * 1000;
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
