import type { AccessToken } from '../access-token.js';
import { type Instant, isPast, later, msUntil } from '../instant.js';
import { endpointClosed } from './gates.js';
import { type Decision, type RequestAnswer, decided } from './happening.js';
import type { LifecyclePolicy } from './policy.js';
import {
  type Flight,
  type HeldToken,
  type Phase,
  type RefreshReason,
  type TokenSlot,
  type TokenState,
  phaseOf,
} from './state.js';

/** What one caller wants. */
interface Asked {
  readonly not?: string | undefined;
  readonly minRemainingMs?: number | undefined;
}

export function onRequest<Failure>(
  state: TokenState<Failure>,
  now: Instant,
  { not, minRemainingMs = 0 }: Asked,
  policy: LifecyclePolicy,
): Decision<Failure, RequestAnswer<Failure>> {
  const held = state.slot.kind === 'held' ? state.slot : undefined;
  const phase = held && phaseOf(held, now);
  const isRefusedOne = held !== undefined && held.token.value === not;
  const closed = endpointClosed(state, now, policy);
  const wantedMs = worthWantingMs(state, minRemainingMs);

  if (held !== undefined && !held.suspect && phase !== 'expired') {
    if (isRefusedOne)
      return decided(state, { kind: 'fail', because: { kind: 'same-token' }, retryInMs: 0 });
    // The endpoint has returned this same token again, so no better one is available.
    const insists = held.unchangedUntil !== undefined;
    if (closed === undefined && !insists && remainingMs(held, now) < wantedMs) {
      const next = withFlight(state, 'last', wantedMs);
      return decided(next, { kind: 'wait', flight: next.flight });
    }
    const unchanged = held.unchangedUntil !== undefined && !isPast(held.unchangedUntil, now);
    if (phase === 'fresh' || unchanged || closed !== undefined) return decided(state, serve(held));
    if (phase === 'early') {
      const reason = held.expiresAt === undefined ? 'revalidate' : 'early';
      const next = withFlight(state, reason);
      return decided(next, { ...serve(held), refresh: next.flight });
    }
  }

  // From here on a new token is wanted: there is none, it is about to expire, or it drew a 401.
  if (closed !== undefined) {
    const served = servableToken(state, now, not, policy);
    return decided(state, served ? { kind: 'serve', ...served } : { kind: 'fail', ...closed });
  }
  const next = withFlight(state, reasonFor(state.slot, phase), wantedMs);
  return decided(next, { kind: 'wait', flight: next.flight });
}

/** Whatever lifetime a caller wants, a token is renewed only after a tenth of its own: before that, a mint would gain too little. */
const WORTH_RENEWING = 0.9;

/** The remaining lifetime that a mint can provide, in milliseconds, up to what the caller wants. */
function worthWantingMs({ mintedLifeMs = Infinity }: TokenState, minRemainingMs: number): number {
  return Math.min(minRemainingMs, mintedLifeMs * WORTH_RENEWING);
}

function remainingMs({ expiresAt }: HeldToken, now: Instant): number {
  return expiresAt === undefined ? Infinity : msUntil(expiresAt, now);
}

function serve({ token }: HeldToken): { kind: 'serve'; token: AccessToken; stale: boolean } {
  return { kind: 'serve', token, stale: false };
}

/** A token that drew a 401 is never used past its expiry, whatever `maxStaleMs` allows. */
function isServableStale(held: HeldToken, now: Instant, { maxStaleMs }: LifecyclePolicy): boolean {
  return (
    !held.suspect && held.expiresAt !== undefined && !isPast(later(held.expiresAt, maxStaleMs), now)
  );
}

function reasonFor(slot: TokenSlot, phase: Phase | undefined): RefreshReason {
  if (slot.kind === 'empty') return slot.isCleared === true ? 'cleared' : 'cold';
  if (slot.suspect) return 'rejected';
  return phase === 'last' ? 'last' : 'expired';
}

/** Joins the running flight, or starts one. */
function withFlight<Failure>(
  state: TokenState<Failure>,
  reason: RefreshReason,
  minRemainingMs = 0,
): TokenState<Failure> & { flight: Flight } {
  if (state.flight !== undefined) return { ...state, flight: state.flight };
  return {
    ...state,
    flight: {
      id: state.nextFlightId,
      reason,
      ...(minRemainingMs > 0 ? { minRemainingMs } : {}),
    },
    nextFlightId: state.nextFlightId + 1,
  };
}

/**
 * The token for a caller who gets no new one: the token in hand until it expires, even if it drew a 401, since the resource
 * server decides; after that only if `maxStaleMs` allows it. Never the token that the caller's 401 came on.
 */
export function servableToken(
  { slot }: TokenState,
  now: Instant,
  not: string | undefined,
  policy: LifecyclePolicy,
): { readonly token: AccessToken; readonly stale: boolean } | undefined {
  if (slot.kind === 'empty' || slot.token.value === not) return undefined;
  const stale = phaseOf(slot, now) === 'expired';
  return stale && !isServableStale(slot, now, policy) ? undefined : { token: slot.token, stale };
}

/**
 * How long a caller waits for a refresh before it gets the token in hand instead: in the mandatory window half of the remaining
 * lifetime, so that the request still arrives in time. `undefined` if the caller has to wait for the refresh.
 */
export function patienceMs(
  { slot }: TokenState,
  now: Instant,
  not: string | undefined,
): number | undefined {
  if (slot.kind === 'empty' || slot.suspect || slot.token.value === not) return undefined;
  if (slot.expiresAt === undefined || phaseOf(slot, now) !== 'last') return undefined;
  return msUntil(slot.expiresAt, now) / 2;
}
