import { MisconfigurationError } from '../errors/index.js';
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
  if (!isStore(store)) {
    throw new MisconfigurationError({
      option: 'store',
      problem: 'is not a token store',
      remedy: 'Pass an object with an `open` function (see TokenStore).',
    });
  }
  return {
    check: (settings) => store.check?.(settings),
    open: (identity, report) => store.open(identity, report),
    '~createSharedStore': shareTokens,
  };
}

function isStore(value: unknown): boolean {
  const { open } = (value ?? {}) as Partial<TokenStore>;
  return typeof open === 'function';
}
