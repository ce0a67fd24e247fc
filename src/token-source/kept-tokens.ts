/** What a collection of tokens needs to know about each. */
export interface Keepable {
  isRefreshing(): boolean;
  /** Whether it has nothing worth keeping. */
  isSpent(): boolean;
  /** Called when it is dropped. */
  letGo(): void;
}

/** How many tokens with a running refresh are passed over at once. */
const MOST_SKIPPED = 10;

/**
 * The tokens that a source keeps for requests with parameters: at most `limit`; the least recently used goes first.
 * A token with a running refresh stays.
 */
export class KeptTokens<Token extends Keepable> {
  readonly #byKey = new Map<string, Token>();

  constructor(readonly limit: number) {}

  /** The token of that key, which becomes the most recently used. */
  use(key: string): Token | undefined {
    const token = this.#byKey.get(key);
    if (token === undefined) return undefined;
    this.#byKey.delete(key);
    this.#byKey.set(key, token);
    return token;
  }

  /** Keeps one more, and drops those that are spent or exceed the limit. */
  add(key: string, token: Token): void {
    let refreshing = 0;
    this.#byKey.set(key, token);
    for (const [oldKey, oldest] of this.#byKey) {
      const tooMany = this.#byKey.size > this.limit;
      if (oldest === token || (!tooMany && !oldest.isSpent())) return;
      if (oldest.isRefreshing()) {
        // It goes to the end, so that thousands of them are not looked at each time.
        this.use(oldKey);
        if ((refreshing += 1) === MOST_SKIPPED) return;
      } else {
        oldest.letGo();
        this.#byKey.delete(oldKey);
      }
    }
  }

  [Symbol.iterator](): Iterator<Token> {
    return this.#byKey.values();
  }

  clear(): void {
    this.#byKey.clear();
  }
}
