import { tokenIdentity } from './identity.js';
import type { SharedRefresh } from './refresh.js';
import type { SharedContext } from './shared-context.js';
import type { TokenIdentity, TokenStoreSlot } from './token-store.js';

export interface RecordsListener {
  /** A hint of the store. */
  hinted(fence: number): void;
  /** The records that were open are those of other credentials. */
  left(): void;
}

/** Where one token lies in the store: opened when it is needed, and cleared before anything is taken from there. */
export class Records {
  readonly #context: SharedContext;
  readonly #listener: RecordsListener;
  #opened: Opened | undefined;
  #isClosed = false;
  /** `clear()` has not reached the store: it is to be sent, or on its way. */
  #clearing: 'due' | Promise<boolean> | undefined;

  constructor(context: SharedContext, listener: RecordsListener) {
    this.#context = context;
    this.#listener = listener;
  }

  get slot(): TokenStoreSlot | undefined {
    return this.#opened?.slot;
  }

  /** `undefined` where they cannot be had now. */
  async open(refresh: SharedRefresh): Promise<TokenStoreSlot | undefined> {
    const { provider, cacheIdentity, store } = this.#context;
    const identity = tokenIdentity({ ...refresh, provider, cacheIdentity });
    const key = keyOf(identity);
    if (this.#opened?.key !== key) {
      // Records of credentials that are no more: nothing is taken from there, and nothing written to them.
      const records = recordsOf(identity);
      if (this.#opened !== undefined && this.#opened.records !== records) {
        this.#leave();
        this.#listener.left();
      }
      const outcome = await store.open(identity);
      if (outcome.kind !== 'done' || this.#isClosed || refresh.signal.aborted) return undefined;
      this.#opened?.unsubscribe?.();
      const slot = outcome.value;
      const unsubscribe = slot.subscribe?.((fence) => this.#listener.hinted(fence));
      this.#opened = { key, records, slot, unsubscribe };
    }
    const { slot } = this.#opened;
    return (await this.isCleared()) ? slot : undefined;
  }

  /** Whether the token that `clear()` was about is gone from the store. */
  async isCleared(): Promise<boolean> {
    if (this.#clearing === 'due') this.clear();
    // Where it did not get through, it is sent again for the next who needs the store: that may be back by then.
    return this.#clearing === 'due' ? false : ((await this.#clearing) ?? true);
  }

  /** Forgets the stored token, for all. */
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

  /** Lets go of the store. */
  close(): void {
    this.#isClosed = true;
    this.#leave();
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

/** With a `cacheIdentity` the same records serve one secret after another. */
function recordsOf(identity: TokenIdentity): string {
  const isNamed = identity.cacheIdentity !== undefined;
  return keyOf(isNamed ? { ...identity, secretParts: [] } : identity);
}
