import { checkValues } from '../errors/check-options.js';
import { MisconfigurationError } from '../errors/index.js';
import { aFunction } from '../errors/option-rules.js';
import { shareTokens } from './share-tokens.js';
import type { TokenStore } from './token-store.js';

/**
 * What the option `store` takes: a store, and the code that shares tokens through it. That code comes with the store, so
 * that an app without one does not include it.
 */
export interface SharedStore extends TokenStore {
  /** @internal Found by its name, so that it works between copies of the package. */
  readonly '~createSharedStore': (...given: never) => unknown;
}

/**
 * Prepares your own store for the option `store` of a token source.
 *
 * @example
 * ```ts
 * const tokens = createTokenSource(provider, { store: createSharedStore(new MyStore()) });
 * ```
 * @throws MisconfigurationError if it is not a store
 */
export function createSharedStore(store: TokenStore): SharedStore {
  const { open } = Object(store) as Partial<TokenStore>;
  if (typeof open !== 'function') {
    throw new MisconfigurationError({
      option: 'store',
      problem: 'is not a token store',
      remedy: 'Pass an object with an `open` function (see TokenStore).',
    });
  }
  checkValues(store, { check: aFunction }, { of: 'a token store', path: 'store.' });
  return {
    check: (settings) => store.check?.(settings),
    open: (identity, report) => store.open(identity, report),
    '~createSharedStore': shareTokens,
  };
}
