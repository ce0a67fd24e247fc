import type { BearerError } from '../errors/index.js';
import type { Provider } from '../provider-definition/define-provider.js';
import type { Clock } from '../platform/clock.js';
import type { Instant } from '../token/instant.js';
import type { LifecyclePolicy } from '../token/lifecycle.js';
import { guardStore } from './guarded-store.js';
import { SharedToken, type SharedTokenOwner } from './shared-token.js';
import { PROBE_MS } from './shared-step.js';
import { SoloMints } from './solo-mints.js';
import type { TokenStore } from './token-store.js';

/** A token source, as far as sharing needs to know it. */
export interface SharingSource {
  readonly provider: Provider;
  readonly clock: Clock;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  readonly now: () => Instant;
  readonly policy: LifecyclePolicy;
  /** Bound of one mint with all its attempts, in milliseconds. */
  readonly flightTimeoutMs: number;
  readonly storeFailed: (error: BearerError) => void;
  readonly storeRecovered: () => void;
  readonly leaseAwaited: (event: {
    readonly waitedMs: number;
    readonly outcome: 'token' | 'lead' | 'gave up';
  }) => void;
}

/** Shares the tokens of one source through a store. */
export type ShareTokens = (
  store: TokenStore,
  source: SharingSource,
) => (owner: SharedTokenOwner) => SharedToken;

/** One guard and one count of solo mints serve all tokens of the source: an outage concerns them all. */
export const shareTokens: ShareTokens = (store, source) => {
  const context = {
    ...source,
    provider: source.provider.name,
    store: guardStore(store, {
      clock: source.clock,
      watcher: { failed: source.storeFailed, recovered: source.storeRecovered },
      longestPauseMs: source.policy.singleActiveToken ? PROBE_MS : undefined,
    }),
    soloMints: new SoloMints(),
  };
  return (owner) => new SharedToken(context, owner);
};
