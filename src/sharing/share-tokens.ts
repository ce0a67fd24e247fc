import { MisconfigurationError } from '../errors/index.js';
import { perCallFields } from '../provider-definition/credentials.js';
import type { Provider } from '../provider-definition/define-provider.js';
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

/**
 * One guard serves all tokens of the source, since an outage concerns them all.
 *
 * Throws a `MisconfigurationError` if nothing identifies the tokens, or if the store's own `check` refuses the settings.
 */
export const shareTokens: ShareTokens = (store, source) => {
  const { provider, options } = source;
  const { clock, random, policy, flightTimeoutMs, cacheIdentity } = options;
  if (cacheIdentity === undefined) checkIdentifiable(provider);
  store.check?.({ cacheIdentity });
  const context: SharedContext = {
    provider,
    clock,
    random,
    policy,
    flightTimeoutMs,
    cacheIdentity,
    now: () => source.now(),
    leaseAwaited: (event) => source.emit('leaseAwaited', event),
    store: guardStore(store, {
      clock,
      watcher: {
        failed: (error) => source.emit('storeFailed', { error }),
        recovered: () => source.emit('storeRecovered', {}),
      },
      longestPauseMs: policy.singleActiveToken ? PROBE_MS : undefined,
    }),
    soloMints: new AccountSoloMints(provider, flightTimeoutMs + OVERTIME_MS),
  };
  return (owner) => new SharedToken(context, owner);
};

/** Without `cacheIdentity`, tokens are identified by their credentials and token request. */
function checkIdentifiable(provider: Provider): void {
  const reason = whyNameless(provider);
  if (reason === undefined) return;
  throw new MisconfigurationError({
    provider: provider.name,
    option: 'options.cacheIdentity',
    problem: `is missing. A shared store needs it, because ${reason}`,
    remedy:
      'Name what the tokens belong to, for instance the account. A Redis store also needs a storeKey.',
  });
}

function whyNameless(provider: Provider): string | undefined {
  if (provider.acquireToken !== undefined)
    return 'acquireToken has no credentials that identify its tokens';
  const [field] = perCallFields(provider);
  return field === undefined
    ? undefined
    : `the token request differs each time, because credentialFields.${field} is perCall`;
}
