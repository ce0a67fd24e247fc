import { guardStore } from './guarded-store.js';
import { OVERTIME_MS } from './lease.js';
import type { SharedTokenOwner } from './refresh.js';
import type { SharedContext, SharingSource } from './shared-context.js';
import { PROBE_MS } from './shared-step.js';
import { SharedToken } from './shared-token.js';
import { AccountSoloMints } from './solo-mints.js';
import type { TokenStore } from './token-store.js';

/** Shares the tokens of one source through a store. */
export type ShareTokens = (
  store: TokenStore,
  source: SharingSource,
) => (owner: SharedTokenOwner) => SharedToken;

/** One guard serves all tokens of the source, since an outage concerns them all. */
export const shareTokens: ShareTokens = (store, source) => {
  const context: SharedContext = {
    ...source,
    store: guardStore(store, {
      clock: source.clock,
      watcher: { failed: source.storeFailed, recovered: source.storeRecovered },
      longestPauseMs: source.policy.singleActiveToken ? PROBE_MS : undefined,
    }),
    soloMints: new AccountSoloMints(source.provider, source.flightTimeoutMs + OVERTIME_MS),
  };
  return (owner) => new SharedToken(context, owner);
};
