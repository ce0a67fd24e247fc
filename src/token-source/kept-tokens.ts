/** What has to be known of a token to keep many of them. */
export interface Keepable {
  isRefreshing(): boolean;
  /** Nothing of it is worth keeping. */
  isSpent(): boolean;
  /** It is kept no longer. */
  letGo(): void;
}

/**
 * The tokens that a source keeps for requests with parameters of their own: at most `limit`, the one least
 * recently used goes first. One with a refresh under way stays.
 */
export class KeptTokens<Token extends Keepable> {
  readonly #byKey = new Map<string, Token>();

  constructor(readonly limit: number) {}

  /** The token of that key, marked as the one used last. */
  use(key: string): Token | undefined {
    const token = this.#byKey.get(key);
    if (token === undefined) return undefined;
    this.#byKey.delete(key);
    this.#byKey.set(key, token);
    return token;
  }

  /** Keeps one more, and lets go of what is spent or too much. */
  add(key: string, token: Token): void {
    this.#byKey.set(key, token);
    for (const [oldKey, oldest] of this.#byKey) {
      const tooMany = this.#byKey.size > this.limit;
      if (oldest === token || (!tooMany && !oldest.isSpent())) return;
      if (oldest.isRefreshing()) continue;
      oldest.letGo();
      this.#byKey.delete(oldKey);
    }
  }

  [Symbol.iterator](): Iterator<Token> {
    return this.#byKey.values();
  }

  clear(): void {
    this.#byKey.clear();
  }
}
