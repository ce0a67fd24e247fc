import type { AccessToken } from '../access-token.js';
import { type Instant, isPast } from '../instant.js';
import { type ForcedMints, noForcedMints } from './forced-mints.js';

/** Why a flight was started. */
export type RefreshReason =
  | 'cold'
  | 'early'
  | 'last'
  | 'expired'
  | 'rejected'
  | 'revalidate'
  /** The first after `clear()`. */
  | 'forced';

/** Why the token endpoint is left alone for a while. */
export type CoolDownCause = 'transient' | 'server-set' | 'credentials';

export type TokenSlot = { readonly kind: 'empty'; readonly isCleared?: true } | HeldToken;

export interface HeldToken {
  readonly kind: 'held';
  readonly token: AccessToken;
  /** From here on a refresh runs in the background, or is wanted. */
  readonly refreshAt: Instant;
  /** From here on callers wait for the refresh; absent while the life is unknown. */
  readonly mandatoryAt?: Instant;
  readonly expiresAt?: Instant;
  /** Length of the early window in milliseconds: the back-off after a failed refresh follows it. */
  readonly earlyMs: number;
  /** It drew a 401: callers wait for its replacement. */
  readonly suspect: boolean;
  /** The endpoint returned this very token again: it is not asked again before. */
  readonly unchangedUntil?: Instant;
}

export type EndpointGate<Failure> =
  | { readonly kind: 'open' }
  | {
      readonly kind: 'cooling';
      readonly cause: CoolDownCause;
      readonly until: Instant;
      /** How many failures of this cause came in a row. */
      readonly failures: number;
      readonly failure: Failure;
    };

/** The one refresh that is under way. */
export interface Flight {
  readonly id: number;
  readonly reason: RefreshReason;
}

/** Everything known about one token. `Failure` is opaque here: it is kept and handed back. */
export interface TokenState<Failure = unknown> {
  readonly slot: TokenSlot;
  readonly endpoint: EndpointGate<Failure>;
  readonly forcedMints: ForcedMints;
  readonly flight?: Flight;
  readonly nextFlightId: number;
  /** How long the latest mints took, newest last, in milliseconds. */
  readonly recentMintsMs: readonly number[];
  /**
   * When token calls ended, or went out if they have not, oldest first; kept only where the provider sets a budget. By the
   * monotonic clock: a wall clock set ahead would free calls that the provider still counts.
   */
  readonly tokenCallsAt: readonly number[];
}

export function initialState<Failure>(): TokenState<Failure> {
  return {
    slot: { kind: 'empty' },
    endpoint: { kind: 'open' },
    forcedMints: noForcedMints,
    nextFlightId: 1,
    recentMintsMs: [],
    tokenCallsAt: [],
  };
}

/** How far a held token is into its life. */
export type Phase = 'fresh' | 'early' | 'last' | 'expired';

export function phaseOf(held: HeldToken, now: Instant): Phase {
  if (held.expiresAt !== undefined && isPast(held.expiresAt, now)) return 'expired';
  if (held.mandatoryAt !== undefined && isPast(held.mandatoryAt, now)) return 'last';
  return isPast(held.refreshAt, now) ? 'early' : 'fresh';
}
