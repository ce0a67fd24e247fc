import type { BearerError } from '../errors/index.js';
import type { Clock } from '../platform/clock.js';
import type { Provider } from '../provider-definition/define-provider.js';
import type { Instant } from '../token/instant.js';
import type { LifecyclePolicy } from '../token/lifecycle.js';
import type { GuardedStore } from './guarded-store.js';
import type { AccountSoloMints } from './solo-mints.js';

/** A token source, as sharing sees it. */
export interface SharingSource {
  readonly provider: Provider;
  readonly options: SharingOptions;
  now(): Instant;
  emit(name: 'storeFailed', about: { readonly error: BearerError }): void;
  emit(name: 'storeRecovered', about: object): void;
  emit(name: 'leaseAwaited', about: LeaseAwaited): void;
}

interface SharingOptions {
  readonly clock: Clock;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  readonly policy: LifecyclePolicy;
  readonly cacheIdentity?: string | undefined;
  /** The limit of one mint with all its attempts, in milliseconds. */
  readonly flightTimeoutMs: number;
}

/** The outcome of waiting for the process that held the lease. */
export interface LeaseAwaited {
  readonly waitedMs: number;
  readonly outcome: 'token' | 'lead' | 'gave up';
}

/** What all shared tokens of one source have in common. */
export interface SharedContext extends SharingOptions {
  readonly provider: Provider;
  readonly now: () => Instant;
  readonly leaseAwaited: (event: LeaseAwaited) => void;
  readonly store: GuardedStore;
  readonly soloMints: AccountSoloMints;
}
