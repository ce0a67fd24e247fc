import type { BearerError } from '../errors/index.js';
import type { Clock } from '../platform/clock.js';
import type { Provider } from '../provider-definition/define-provider.js';
import type { Instant } from '../token/instant.js';
import type { LifecyclePolicy } from '../token/lifecycle.js';
import type { GuardedStore } from './guarded-store.js';
import type { AccountSoloMints } from './solo-mints.js';

/** What sharing needs to know about a token source. */
export interface SharingSource {
  readonly provider: Provider;
  readonly clock: Clock;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  readonly now: () => Instant;
  readonly policy: LifecyclePolicy;
  readonly cacheIdentity: string | undefined;
  /** The limit of one mint with all its attempts, in milliseconds. */
  readonly flightTimeoutMs: number;
  readonly storeFailed: (error: BearerError) => void;
  readonly storeRecovered: () => void;
  readonly leaseAwaited: (event: LeaseAwaited) => void;
}

/** The outcome of waiting for the process that held the lease. */
export interface LeaseAwaited {
  readonly waitedMs: number;
  readonly outcome: 'token' | 'lead' | 'gave up';
}

/** What all shared tokens of one source have in common. */
export interface SharedContext extends SharingSource {
  readonly store: GuardedStore;
  readonly soloMints: AccountSoloMints;
}
