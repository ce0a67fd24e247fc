import type { AccessToken } from '../access-token.js';
import { type Instant, isPast } from '../instant.js';
import { type ForcedMints, noForcedMints } from './forced-mints.js';

/** Why a refresh was started: the `reason` in events. */
export type RefreshReason =
  | 'cold'
  | 'early'
  | 'last'
  | 'expired'
  | 'rejected'
  | 'revalidate'
  /** The first refresh after `clear()`. */
  | 'cleared';

/** Why the token endpoint is left alone for a while. */
export type CoolDownCause = 'transient' | 'server-set' | 'credentials';

export type TokenSlot = { readonly kind: 'empty'; readonly isCleared?: true } | HeldToken;

export interface HeldToken {
  readonly kind: 'held';
  readonly token: AccessToken;
  /** From here on a refresh runs in the background, or is due. */
  readonly refreshAt: Instant;
  /** From here on callers wait for the refresh; absent if the lifetime is unknown. */
  readonly mandatoryAt?: Instant;
  readonly expiresAt?: Instant;
  /** The length of the early window in milliseconds. The back-off after a failed refresh depends on it. */
  readonly earlyMs: number;
  /** Whether it drew a 401, so that callers wait for a new token. */
  readonly suspect: boolean;
  /** The endpoint returned this same token again, and is not called before this time. */
  readonly unchangedUntil?: Instant;
}

/** Why the token endpoint is left alone. Rejected credentials are kept separately, because other trouble does not end them. */
export interface EndpointGate<Failure> {
  readonly rejected?: RejectedCredentials<Failure>;
  readonly trouble?: Trouble<Failure>;
}

/** Lasts until the credentials change or a token call with them succeeds. The cool-down grows. */
export interface RejectedCredentials<Failure> {
  readonly failedAt: Instant;
  readonly until: Instant;
  /** How many failures of this kind in a row. */
  readonly failures: number;
  readonly failure: Failure;
}

/** Its duration depends on whether a token can be used meanwhile, and so on the caller. */
export interface Trouble<Failure> {
  readonly cause: 'transient' | 'server-set';
  readonly failedAt: Instant;
  /** The requested delay, from the server or another process; absent if the back-off applies. */
  readonly delayMs?: number;
  /** How many failures of this kind came in a row. */
  readonly failures: number;
  /** In [0, 1). */
  readonly random: number;
  readonly failure: Failure;
}

/** What all tokens of one token endpoint and one set of credentials share. */
export interface AccountState<Failure = unknown> {
  readonly endpoint: EndpointGate<Failure>;
  /**
   * When token calls ended, or were sent if they have not ended, oldest first; kept only if the provider has a budget. Uses the
   * monotonic clock, since setting the wall clock ahead would free calls that the provider still counts.
   */
  readonly tokenCallsAt: readonly number[];
}

/** The running refresh. */
export interface Flight {
  readonly id: number;
  readonly reason: RefreshReason;
  /** The remaining lifetime that it was started for, in milliseconds. */
  readonly minRemainingMs?: number;
  /** When its last token call was sent. */
  readonly calledAt?: number;
}

/** Everything known about one token. `Failure` is opaque here: it is kept and returned. */
export interface TokenState<Failure = unknown> {
  readonly slot: TokenSlot;
  /** Closed by failures about only this token's requests, such as their scope. */
  readonly endpoint: EndpointGate<Failure>;
  readonly account: AccountState<Failure>;
  readonly forcedMints: ForcedMints;
  readonly flight?: Flight;
  readonly nextFlightId: number;
  /** The durations of the latest mints in milliseconds, newest last. */
  readonly recentMintsMs: readonly number[];
  /** The lifetime of the latest token minted here, in milliseconds: the most that another mint can provide. */
  readonly mintedLifeMs?: number | undefined;
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

/** The same token with an updated or different account. */
export function withAccount<Failure>(
  state: TokenState<Failure>,
  account: AccountState<Failure>,
): TokenState<Failure> {
  return state.account === account ? state : { ...state, account };
}

/** How far a held token is through its lifetime. */
export type Phase = 'fresh' | 'early' | 'last' | 'expired';

export function phaseOf(held: HeldToken, now: Instant): Phase {
  if (held.expiresAt !== undefined && isPast(held.expiresAt, now)) return 'expired';
  if (held.mandatoryAt !== undefined && isPast(held.mandatoryAt, now)) return 'last';
  return isPast(held.refreshAt, now) ? 'early' : 'fresh';
}

/** Whether there is a token that has not expired. */
export function isUsable(slot: TokenSlot, now: Instant): slot is HeldToken {
  return slot.kind === 'held' && phaseOf(slot, now) !== 'expired';
}
