import { listenWeakly } from '../platform/weak-listener.js';
import { tokenIdentity } from './identity.js';
import type { SharedRefresh } from './refresh.js';
import type { SharedContext } from './shared-context.js';
import type { TokenIdentity, TokenStoreSlot } from './token-store.js';

export interface RecordsListener {
  /** A hint from the store. */
  hinted(fence: number): void;
  /** The credentials have changed, and with them the records. */
  left(): void;
}

/** The records of one token in the store: opened when needed, and cleared first if `clear()` was called. */
export class Records {
  readonly #context: SharedContext;
  readonly #listener: RecordsListener;
  #opened: Opened | undefined;
  #isClosed = false;
  /** Set if `clear()` has not reached the store: it has to be sent, or is on its way. */
  #clearing: 'due' | Promise<boolean> | undefined;

  constructor(context: SharedContext, listener: RecordsListener) {
    this.#context = context;
    this.#listener = listener;
  }

  get slot(): TokenStoreSlot | undefined {
    return this.#opened?.slot;
  }

  /** `undefined` if they cannot be opened now. */
  async open(refresh: SharedRefresh): Promise<TokenStoreSlot | undefined> {
    const { provider, cacheIdentity, store } = this.#context;
    const identity = tokenIdentity({ ...refresh, provider, cacheIdentity });
    const key = keyOf(identity);
    if (this.#opened?.key !== key) {
      // The open records belong to earlier credentials: they are no longer read or written.
      const records = recordsOf(identity);
      if (this.#opened !== undefined && this.#opened.records !== records) {
        this.#leave();
        this.#listener.left();
      }
      const outcome = await store.open(identity);
      if (outcome.kind !== 'done' || this.#isClosed || refresh.signal.aborted) return undefined;
      this.#opened?.unsubscribe?.();
      const slot = outcome.value;
      const unsubscribe = this.#subscribe(slot);
      this.#opened = { key, records, slot, unsubscribe };
    }
    const { slot } = this.#opened;
    return (await this.isCleared()) ? slot : undefined;
  }

  /** Whether `clear()` has reached the store. */
  async isCleared(): Promise<boolean> {
    if (this.#clearing === 'due') this.clear();
    // If it failed, it is sent again at the next use of the store, which may work by then.
    return this.#clearing === 'due' ? false : ((await this.#clearing) ?? true);
  }

  /** Forgets the stored token, for all processes. */
  clear(): void {
    this.#clearing = 'due';
    const { slot } = this;
    if (slot === undefined) return;
    const clearing = this.#context.store
      .run('clear', () => slot.clear())
      .then(({ kind }) => {
        const isDone = kind === 'done';
        if (this.#clearing === clearing) this.#clearing = isDone ? undefined : 'due';
        return isDone;
      });
    this.#clearing = clearing;
  }

  /** Stops using the store. */
  close(): void {
    this.#isClosed = true;
    this.#leave();
  }

  /** Weakly: a store may outlive any number of token sources that were dropped without `close()`. */
  #subscribe(slot: TokenStoreSlot): (() => void) | undefined {
    const subscribe = slot.subscribe?.bind(slot);
    const notify = (records: Records, fence: number) => records.#listener.hinted(fence);
    return subscribe && listenWeakly(this, subscribe, notify);
  }

  #leave(): void {
    this.#opened?.unsubscribe?.();
    this.#opened = undefined;
  }
}

interface Opened {
  readonly key: string;
  readonly records: string;
  readonly slot: TokenStoreSlot;
  readonly unsubscribe: (() => void) | undefined;
}

function keyOf(identity: TokenIdentity): string {
  return JSON.stringify(identity);
}

/** With a `cacheIdentity`, the records stay the same when the secret changes. */
function recordsOf(identity: TokenIdentity): string {
  const isNamed = identity.cacheIdentity !== undefined;
  return keyOf(isNamed ? { ...identity, secretParts: [] } : identity);
}
