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
  | 'cleared';

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

/** Why the token endpoint is left alone. Rejected credentials are remembered apart: no other trouble ends them, or says less. */
export interface EndpointGate<Failure> {
  readonly rejected?: RejectedCredentials<Failure>;
  readonly trouble?: Trouble<Failure>;
}

/** Until the credentials change, or a token call with them succeeds; the cool-down grows. */
export interface RejectedCredentials<Failure> {
  readonly failedAt: Instant;
  readonly until: Instant;
  /** How many failures of this kind came in a row. */
  readonly failures: number;
  readonly failure: Failure;
}

/** How long it lasts depends on whether a token can be served meanwhile, and so on who asks. */
export interface Trouble<Failure> {
  readonly cause: 'transient' | 'server-set';
  readonly failedAt: Instant;
  /** The delay that was asked for, here or by another process; absent where the back-off says how long. */
  readonly delayMs?: number;
  /** How many failures of this kind came in a row. */
  readonly failures: number;
  /** In [0, 1). */
  readonly random: number;
  readonly failure: Failure;
}

/** What the tokens of one account have in common: one token endpoint and one set of credentials. */
export interface AccountState<Failure = unknown> {
  readonly endpoint: EndpointGate<Failure>;
  /**
   * When token calls ended, or went out if they have not, oldest first; kept only where the provider sets a budget. By the
   * monotonic clock: a wall clock set ahead would free calls that the provider still counts.
   */
  readonly tokenCallsAt: readonly number[];
}

/** The one refresh that is under way. */
export interface Flight {
  readonly id: number;
  readonly reason: RefreshReason;
  /** A token that lives no longer than this is not what it was started for, in milliseconds. */
  readonly minRemainingMs?: number;
  /** When its last token call went out. */
  readonly calledAt?: number;
}

/** Everything known about one token. `Failure` is opaque here: it is kept and handed back. */
export interface TokenState<Failure = unknown> {
  readonly slot: TokenSlot;
  /** Closed by what the endpoint says of this token's requests alone: their scope, for instance. */
  readonly endpoint: EndpointGate<Failure>;
  readonly account: AccountState<Failure>;
  readonly forcedMints: ForcedMints;
  readonly flight?: Flight;
  readonly nextFlightId: number;
  /** How long the latest mints took, newest last, in milliseconds. */
  readonly recentMintsMs: readonly number[];
  /** How long the latest token minted here was to live, in milliseconds: the most that another mint can bring. */
  readonly mintedLifeMs?: number;
}

export function initialState<Failure>(): TokenState<Failure> {
  return {
    slot: { kind: 'empty' },
    endpoint: {},
    account: initialAccount(),
    forcedMints: noForcedMints,
    nextFlightId: 1,
    recentMintsMs: [],
  };
}

const NOTHING_KNOWN: AccountState<never> = Object.freeze({ endpoint: {}, tokenCallsAt: [] });

export function initialAccount<Failure>(): AccountState<Failure> {
  return NOTHING_KNOWN;
}

/** The same token, as it stands with what has happened to its account meanwhile; or with another account. */
export function withAccount<Failure>(
  state: TokenState<Failure>,
  account: AccountState<Failure>,
): TokenState<Failure> {
  return state.account === account ? state : { ...state, account };
}

/** How far a held token is into its life. */
export type Phase = 'fresh' | 'early' | 'last' | 'expired';

export function phaseOf(held: HeldToken, now: Instant): Phase {
  if (held.expiresAt !== undefined && isPast(held.expiresAt, now)) return 'expired';
  if (held.mandatoryAt !== undefined && isPast(held.mandatoryAt, now)) return 'last';
  return isPast(held.refreshAt, now) ? 'early' : 'fresh';
}
