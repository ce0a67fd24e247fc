import type { SharedFailure, StoredToken } from '../sharing/token-store.js';

/** The records of one identity. Deadlines are absolute, by the store's own clock. */
export interface Records {
  token?: {
    readonly token: StoredToken;
    readonly fence: number;
    readonly until: number;
    readonly suspect: boolean;
  };
  lease?: { readonly owner: string; readonly until: number };
  cooling?: {
    readonly failure: SharedFailure;
    /** Whose token call failed. */
    readonly who: string;
    /** The token endpoint is not called before then. */
    readonly until: number;
    /** Before then, the next cool-down is longer. */
    readonly memoryUntil: number;
  };
}

type Listener = (fence: number) => void;

/** How many identities are kept. */
const MOST_IDENTITIES = 100_000;
/** How many records are checked for expiry at each use: more than are added, so that expired ones are dropped in time. */
const SWEPT_AT_ONCE = 2;
/** How many of the least recently used are searched for one that is not in use. */
const CANDIDATES = 100;

/** The records of a memory store by identity: a bounded number, and each use costs the same however many there are. */
export class MemoryRecords {
  readonly #now: () => number;
  readonly #most: number;
  /** The least recently used first. */
  readonly #byKey = new Map<string, Records>();
  readonly #listeners = new Map<string, Set<Listener>>();
  #sweep: Iterator<[string, Records]> | undefined;
  #lastFence = 0;

  constructor(now: () => number, most = MOST_IDENTITIES) {
    this.#now = now;
    this.#most = most;
  }

  get size(): number {
    return this.#byKey.size;
  }

  has(key: string): boolean {
    return this.#byKey.has(key);
  }

  /** The records under this key, created if needed. */
  use(key: string): Records {
    const records = this.#byKey.get(key) ?? {};
    this.#byKey.delete(key);
    this.#sweepOn();
    if (this.#byKey.size >= this.#most) this.#makeRoom();
    this.#byKey.set(key, records);
    return records;
  }

  /** A fence higher than any before and than `above`. */
  nextFence(above: number): number {
    // One counter for all identities, which does not depend on dropped records.
    this.#lastFence = Math.max(this.#lastFence, above) + 1;
    return this.#lastFence;
  }

  listen(key: string, listener: Listener): () => void {
    const known = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, known.add(listener));
    return () => {
      known.delete(listener);
      if (known.size === 0 && this.#listeners.get(key) === known) this.#listeners.delete(key);
    };
  }

  tell(key: string, fence: number): void {
    for (const listener of this.#listeners.get(key) ?? []) listener(fence);
  }

  /** Drops expired records, a few at a time, without a timer and without a scan of all. */
  #sweepOn(): void {
    for (let step = 0; step < SWEPT_AT_ONCE; step += 1) {
      this.#sweep ??= this.#byKey.entries();
      const next = this.#sweep.next();
      if (next.done === true) this.#sweep = undefined;
      else if (hasEnded(next.value[1], this.#now())) this.#byKey.delete(next.value[0]);
    }
  }

  /** Drops an expired record first, or else the least recently used without a lease or a listener. */
  #makeRoom(): void {
    const now = this.#now();
    let idle: string | undefined;
    let looked = 0;
    for (const [key, records] of this.#byKey) {
      if (hasEnded(records, now)) return void this.#byKey.delete(key);
      const isInUse = this.#listeners.has(key) || (records.lease?.until ?? 0) > now;
      if (!isInUse) idle ??= key;
      if ((looked += 1) >= CANDIDATES) break;
    }
    const [oldest] = this.#byKey.keys();
    const dropped = idle ?? oldest;
    if (dropped !== undefined) this.#byKey.delete(dropped);
  }
}

function hasEnded({ token, lease, cooling }: Records, now: number): boolean {
  return [token?.until, lease?.until, cooling?.memoryUntil].every(
    (end) => end === undefined || end <= now,
  );
}
