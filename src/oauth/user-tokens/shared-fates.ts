import { randomHex } from '../../platform/random-hex.js';
import type { GuardedStore } from '../../sharing/guarded-store.js';
import type { TokenIdentity, TokenStoreSlot } from '../../sharing/token-store.js';
import { fateFromText, fateToText, type Fate } from './fate.js';

/** How long a replacement that could not be saved is kept: longer than outages of databases last. */
const KEPT_MS = 86_400_000;

/**
 * What happened to refresh tokens, for other processes: one record for each user, in the store that shares the access tokens and
 * encrypted like them. Nothing here ever rejects: without the store, each process knows only what it has seen itself.
 */
export class SharedFates {
  readonly #store: GuardedStore;
  readonly #identityOf: (user: string) => TokenIdentity;

  constructor(store: GuardedStore, identityOf: (user: string) => TokenIdentity) {
    this.#store = store;
    this.#identityOf = identityOf;
  }

  async read(user: string): Promise<Fate | undefined> {
    const record = await this.#run(user, 'read', (slot) => slot.read());
    return record === undefined ? undefined : fateFromText(record.token.value);
  }

  async write(user: string, fate: Fate): Promise<void> {
    await this.#run(user, 'commit', (slot) =>
      slot.commit({
        owner: randomHex(),
        fence: undefined,
        token: { value: fateToText(fate), undated: false },
        remainingMs: KEPT_MS,
      }),
    );
  }

  async clear(user: string): Promise<void> {
    await this.#run(user, 'clear', (slot) => slot.clear());
  }

  #run<T>(
    user: string,
    operation: keyof TokenStoreSlot,
    work: (slot: TokenStoreSlot) => Promise<T>,
  ): Promise<T | undefined> {
    return runOn(this.#store, this.#identityOf(user), operation, work);
  }
}

/** Runs one operation on the records of an identity; `undefined` if the store does not finish in time. */
export async function runOn<T>(
  store: GuardedStore,
  identity: TokenIdentity,
  operation: keyof TokenStoreSlot,
  work: (slot: TokenStoreSlot) => Promise<T>,
): Promise<T | undefined> {
  const opened = await store.open(identity);
  if (opened.kind !== 'done') return undefined;
  const outcome = await store.run(operation, () => work(opened.value));
  return outcome.kind === 'done' ? outcome.value : undefined;
}
