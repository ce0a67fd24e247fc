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
  /** A function, so that printing an account shows no secret. */
  readonly credentials: () => object;
  readonly endpoint: string;
  state: AccountState<BearerError>;
}

/** The accounts of a source that have something to remember: a failure, or token calls that count towards the limit. */
export class Accounts {
  readonly #provider: Provider;
  readonly #policy: LifecyclePolicy;
  readonly #limit: number;
  /** Made when there is one: an empty map takes 200 bytes, and there may be 100,000 idle sources. */
  #byKey: Map<string, Account> | undefined;
  /** Names of credentials that differ each time they are asked for, although they are not marked `perCall`. */
  #fresh: readonly string[] | undefined;

  constructor(provider: Provider, policy: LifecyclePolicy, limit: number) {
    this.#provider = provider;
    this.#policy = policy;
    this.#limit = limit;
  }

  /** The account of a token call. Spent accounts make room for it, then those used longest ago. */
  of(credentials: object, url: string, now: Instant): Account {
    const { origin, pathname } = new URL(url);
    const endpoint = origin + pathname; // Without the query, which some sign anew for each call.
    const key = this.#keyOf(credentials, endpoint);
    const byKey = (this.#byKey ??= new Map<string, Account>());
    const account = byKey.get(key) ?? {
      credentials: () => credentials,
      endpoint,
      state: initialAccount<BearerError>(),
    };
    byKey.delete(key);
    for (const [oldKey, { state }] of byKey) {
      const isTooMuch = byKey.size >= this.#limit;
      if (!isTooMuch && !isSpentAccount(state, now, this.#policy)) break;
      byKey.delete(oldKey);
    }
    byKey.set(key, account);
    return account;
  }

  /** Forgets an account if it has nothing to remember, and returns whether it did. */
  drop(account: Account, now: Instant): boolean {
    if (!isSpentAccount(account.state, now, this.#policy)) return false;
    this.#byKey?.delete(this.#keyOf(account.credentials(), account.endpoint));
    if (this.#byKey?.size === 0) this.#byKey = undefined;
    return true;
  }

  /** Whether these are the credentials of that account, apart from those made fresh for each call. */
  areOf({ credentials }: Account, others: object): boolean {
    return this.#identityOf(credentials()) === this.#identityOf(others);
  }

  /**
   * Whether these may be the credentials of a known account with a part made fresh: they are unknown, and other accounts have
   * something to remember.
   */
  mayBeFresh(credentials: object, now: Instant): boolean {
    if (this.#provider.hasFixedCredentials) return false;
    // In an outage each user of an app may be an account, so what has to be done for each is only to compare two strings. A URL has
    // no space, and JSON escapes its quotes, so that no other key has this ending.
    const ending = ` ${this.#identityOf(credentials)}`;
    let isAnyRemembered = false;
    for (const [key, { state }] of this.#byKey ?? []) {
      if (isSpentAccount(state, now, this.#policy)) continue;
      if (key.endsWith(ending)) return false;
      isAnyRemembered = true;
    }
    return isAnyRemembered;
  }

  /** Remembers that these credentials are made fresh for each call. */
  areFresh(names: readonly string[]): void {
    if (names.length === 0) return;
    this.#fresh = [...names, ...(this.#fresh ?? [])];
    const accounts = this.#byKey?.values() ?? [];
    const byKey = (this.#byKey = new Map<string, Account>());
    for (const account of accounts) {
      const key = this.#keyOf(account.credentials(), account.endpoint);
      // If several accounts turn out to be one, the latest that remembers a failure stays.
      const other = byKey.get(key);
      if (other === undefined || isOpen(other.state.endpoint) || !isOpen(account.state.endpoint))
        byKey.set(key, account);
    }
  }

  /** Ends every cool-down. The count of token calls is kept. */
  forgetFailures(): void {
    for (const account of this.#byKey?.values() ?? [])
      account.state = { ...account.state, endpoint: {} };
  }

  #keyOf(credentials: object, endpoint: string): string {
    return `${endpoint} ${this.#identityOf(credentials)}`;
  }

  #identityOf(credentials: object): string {
    const parts = accountCredentials(this.#provider, credentials);
    return JSON.stringify(parts.filter(([name]) => this.#fresh?.includes(name) !== true));
  }
}
