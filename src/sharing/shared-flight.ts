import type { GuardedStore } from './guarded-store.js';
import type { CommitAnswer, CommitRequest, TokenStoreSlot } from './token-store.js';
import type { Instant } from '../token/instant.js';
import type { LifecyclePolicy } from '../token/lifecycle.js';
import type { Clock } from '../platform/clock.js';
import type { Minted } from '../token-call/mint.js';
import type { SoloMints } from './solo-mints.js';

/** What all shared tokens of one source have in common. */
export interface SharedContext {
  readonly provider: string;
  readonly store: GuardedStore;
  readonly clock: Clock;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  readonly now: () => Instant;
  readonly policy: LifecyclePolicy;
  /** Bound of one mint with all its attempts, in milliseconds. */
  readonly flightTimeoutMs: number;
  readonly soloMints: SoloMints;
  readonly leaseAwaited: (event: {
    readonly waitedMs: number;
    readonly outcome: 'token' | 'lead' | 'gave up';
  }) => void;
}

/** The token that this process holds. */
export interface HeldHere {
  readonly value: string;
  readonly scope: string | undefined;
  /** It drew a 401. */
  readonly rejected: boolean;
  /** Until it expires; `undefined` if its life is unknown. */
  readonly remainingMs: number | undefined;
}

/** Why a refresh has to wait, and how long it need not be tried again. */
export interface Deferral {
  readonly retryInMs: number;
  /** No process can refresh now: the token in hand serves to the end of its life. */
  readonly untilExpiry: boolean;
}

/** One refresh, as far as sharing needs to know it. */
export interface SharedFlight {
  /** Aborts when the outcome is not wanted any more. */
  readonly signal: AbortSignal;
  /** A token of others that lives no longer is not adopted, in milliseconds. */
  readonly minRemainingMs: number | undefined;
  held(): HeldHere | undefined;
  /** Whether a token drew a 401 here. */
  wasRejected(value: string): boolean;
  /** Ends the flight if the token in hand does meanwhile; tells whether it did. */
  standDown(deferral: Deferral): boolean;
  mint(): Promise<Minted>;
  /** The records of this token; `undefined` where they cannot be had now. */
  open(): Promise<TokenStoreSlot | undefined>;
  commit(slot: TokenStoreSlot, request: CommitRequest): Promise<CommitAnswer>;
  /** Waits that long, or until a hint comes or `signal` aborts. */
  pause(ms: number): Promise<void>;
}
