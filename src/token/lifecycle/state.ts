import type { AccessToken } from '../access-token.js';
import { type Instant, isPast, msUntil } from '../instant.js';

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
  /** Its 401s were passed on, since no other token could be had: its successor is not for any of them. */
  readonly unhealed?: boolean;
  /** It was minted because of a 401: if its replay draws another one, the token was not the cause. */
  readonly forced: boolean;
  /** There until a replay with a forced token has been answered. */
  readonly trial?: Trial;
  /** The endpoint returned this very token again: it is not asked again before. */
  readonly unchangedUntil?: Instant;
}

/** A token that was minted because of a 401 has to prove itself. Meanwhile the rejection gate is closed. */
export interface Trial {
  /** Until then a 401 on it waits for the answer to the replay. */
  readonly until: Instant;
  /** What the rejection gate goes back to if that replay is accepted. */
  readonly gateBefore: RejectionGate;
  /** It took longer than that, and a 401 has been passed on since. */
  readonly isOverdue?: boolean;
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

export interface RejectionGate {
  /** Closed until then; absent while it has never been closed. */
  readonly closedUntil?: Instant;
  readonly lastClosedAt?: Instant;
  /** How often it closed in a row. */
  readonly closings: number;
  /** What it was before the forced tokens whose replays were never answered. The next accepted one speaks for them, too. */
  readonly proven?: RejectionGate;
}

/** The one refresh that is under way. */
export interface Flight {
  readonly id: number;
  readonly reason: RefreshReason;
}

/** Everything known about one token. `Failure` is opaque here: it is kept and handed back. */
export interface TokenState<Failure = unknown> {
  readonly slot: TokenSlot;
  readonly endpoint: EndpointGate<Failure>;
  readonly rejection: RejectionGate;
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
    rejection: { closings: 0 },
    nextFlightId: 1,
    recentMintsMs: [],
    tokenCallsAt: [],
  };
}

/** How long a 401 on this token waits for the verdict at most, in milliseconds; 0 where it does not. */
export function trialMs({ trial }: HeldToken, now: Instant): number {
  return trial === undefined ? 0 : Math.max(0, msUntil(trial.until, now));
}

export function withoutTrial(held: HeldToken): HeldToken {
  const judged = { ...held };
  delete judged.trial;
  return judged;
}

/** How far a held token is into its life. */
export type Phase = 'fresh' | 'early' | 'last' | 'expired';

export function phaseOf(held: HeldToken, now: Instant): Phase {
  if (held.expiresAt !== undefined && isPast(held.expiresAt, now)) return 'expired';
  if (held.mandatoryAt !== undefined && isPast(held.mandatoryAt, now)) return 'last';
  return isPast(held.refreshAt, now) ? 'early' : 'fresh';
}
