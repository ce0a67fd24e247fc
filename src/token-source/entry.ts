import { initialState, type TokenState } from '../token/lifecycle.js';
import type { TokenParams } from '../token/token-params.js';
import type { BearerError } from '../errors/index.js';
import type { SharedToken } from './shared-token.js';

/** One token of a source: its state, and what the shell around the decisions has to remember. */
export class Entry {
  state: TokenState<BearerError> = initialState();
  /** Aborts the token call that is under way. */
  abort: AbortController | undefined;
  /** The credentials that the endpoint rejected last, in canonical form: a change of them ends the cool-down. */
  rejectedCredentials: string | undefined;
  /** The one question under way whether the credentials have changed. */
  credentialsCheck: Promise<object | undefined> | undefined;
  abortCheck: AbortController | undefined;
  cancelWarmTimer: (() => void) | undefined;
  /** Where the token is shared with other processes. */
  shared: SharedToken | undefined;

  constructor(
    /** Tells the flights of one entry from those of any other. */
    readonly serial: number,
    readonly params: TokenParams,
    readonly key: string,
  ) {}
}

/**
 * The tokens that a source keeps for requests with parameters of their own: at most `limit`, the one least
 * recently used goes first. An entry with a refresh under way stays.
 */
export class Entries {
  readonly #byKey = new Map<string, Entry>();

  constructor(readonly limit: number) {}

  /** The entry of that key, marked as the one used last. */
  use(key: string): Entry | undefined {
    const entry = this.#byKey.get(key);
    if (entry === undefined) return undefined;
    this.#byKey.delete(key);
    this.#byKey.set(key, entry);
    return entry;
  }

  add(entry: Entry, isOver: (entry: Entry) => boolean): void {
    this.#byKey.set(entry.key, entry);
    for (const [key, oldest] of this.#byKey) {
      const tooMany = this.#byKey.size > this.limit;
      if (oldest === entry || (!tooMany && !isOver(oldest))) return;
      if (oldest.state.flight !== undefined) continue;
      oldest.cancelWarmTimer?.();
      oldest.shared?.close();
      this.#byKey.delete(key);
    }
  }

  [Symbol.iterator](): Iterator<Entry> {
    return this.#byKey.values();
  }

  clear(): void {
    this.#byKey.clear();
  }
}
