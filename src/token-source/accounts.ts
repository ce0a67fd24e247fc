import type { BearerError } from '../errors/index.js';
import { accountCredentials } from '../provider-definition/credentials.js';
import type { Provider } from '../provider-definition/define-provider.js';
import type { Instant } from '../token/instant.js';
import {
  initialAccount,
  isOpen,
  isSpentAccount,
  type AccountState,
  type LifecyclePolicy,
} from '../token/lifecycle.js';

/** What the tokens of one token endpoint and one set of credentials have in common. */
export interface Account {
  /** Shows no secret by accident: it is a function. */
  readonly credentials: () => object;
  readonly endpoint: string;
  state: AccountState<BearerError>;
}

/** The accounts of a source of which there is something to remember: a failure, or token calls that count. */
export class Accounts {
  readonly #provider: Provider;
  readonly #policy: LifecyclePolicy;
  readonly #limit: number;
  readonly #byKey = new Map<string, Account>();
  /** Credentials that differ each time they are asked for, though their field does not say so. */
  readonly #fresh = new Set<string>();

  constructor(provider: Provider, policy: LifecyclePolicy, limit: number) {
    this.#provider = provider;
    this.#policy = policy;
    this.#limit = limit;
  }

  /** The account of a token call. Those that are spent make room, then the ones used longest ago. */
  of(credentials: object, url: string, now: Instant): Account {
    const { origin, pathname } = new URL(url);
    const endpoint = origin + pathname; // Some sign the query, anew for each call.
    const key = this.#keyOf(credentials, endpoint);
    const account = this.#byKey.get(key) ?? {
      credentials: () => credentials,
      endpoint,
      state: initialAccount<BearerError>(),
    };
    this.#byKey.delete(key);
    for (const [oldKey, { state }] of this.#byKey) {
      const isTooMuch = this.#byKey.size >= this.#limit;
      if (!isTooMuch && !isSpentAccount(state, now, this.#policy)) break;
      this.#byKey.delete(oldKey);
    }
    this.#byKey.set(key, account);
    return account;
  }

  /** Forgets an account of which there is nothing to remember. Tells whether that was so. */
  drop(account: Account, now: Instant): boolean {
    if (!isSpentAccount(account.state, now, this.#policy)) return false;
    this.#byKey.delete(this.#keyOf(account.credentials(), account.endpoint));
    return true;
  }

  /** Whether these are the credentials of that account, as far as they are not made fresh for each call. */
  areOf({ credentials }: Account, others: object): boolean {
    return this.#identityOf(credentials()) === this.#identityOf(others);
  }

  /**
   * Whether it matters if a part of these was made fresh: nothing is remembered of them, and something of others. Then they
   * may be the same account.
   */
  mayBeFresh(credentials: object, now: Instant): boolean {
    if (this.#provider.hasFixedCredentials) return false;
    const remembered = [...this.#byKey.values()].filter(
      ({ state }) => !isSpentAccount(state, now, this.#policy),
    );
    return remembered.length > 0 && !remembered.some((account) => this.areOf(account, credentials));
  }

  /** Learns which of these credentials are made fresh for each call. */
  areFresh(names: readonly string[]): void {
    if (names.length === 0) return;
    for (const name of names) this.#fresh.add(name);
    const accounts = [...this.#byKey.values()];
    this.#byKey.clear();
    for (const account of accounts) {
      const key = this.#keyOf(account.credentials(), account.endpoint);
      // Of those that turn out to be one, the latest that remembers a failure.
      const other = this.#byKey.get(key);
      if (other === undefined || isOpen(other.state.endpoint) || !isOpen(account.state.endpoint))
        this.#byKey.set(key, account);
    }
  }

  /** Every cool-down ends; a limit of token calls stays. */
  forgetFailures(): void {
    for (const account of this.#byKey.values()) account.state = { ...account.state, endpoint: {} };
  }

  #keyOf(credentials: object, endpoint: string): string {
    return `${endpoint} ${this.#identityOf(credentials)}`;
  }

  #identityOf(credentials: object): string {
    const parts = accountCredentials(this.#provider, credentials);
    return JSON.stringify(parts.filter(([name]) => !this.#fresh.has(name)));
  }
}
