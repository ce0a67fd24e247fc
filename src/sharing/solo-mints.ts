import { accountCredentials } from '../provider-definition/credentials.js';
import type { Provider } from '../provider-definition/define-provider.js';
import { backOffMs, jittered } from '../token/back-off.js';

/**
 * Spaces out the mints that one process makes without the store, at a provider where each new token invalidates the last one: one
 * at a time, and less and less often until the store answers again. Times are monotonic milliseconds.
 */
export class SoloMints {
  readonly #longestMintMs: number;
  #inARow = 0;
  #nextAt = -Infinity;
  #running: { readonly until: number } | undefined;

  /** @param longestMintMs - a mint still running by then never ends, because the request that started it is over */
  constructor(longestMintMs: number) {
    this.#longestMintMs = longestMintMs;
  }

  /** How long until the next one may begin. */
  inMs(now: number): number {
    return Math.max(0, (this.#running?.until ?? this.#nextAt) - now);
  }

  async run<T>(mint: () => Promise<T>, clock: { monotonic(): number }, random: number): Promise<T> {
    const running = { until: clock.monotonic() + this.#longestMintMs };
    this.#running = running;
    try {
      return await mint();
    } finally {
      if (this.#running === running) {
        this.#running = undefined;
        this.#nextAt = clock.monotonic() + jittered(backOffMs(BETWEEN, this.#inARow), random);
        this.#inARow += 1;
      }
    }
  }

  /** The store answers again. Returns whether there is nothing left to remember. */
  storeIsBack(): boolean {
    this.#inARow = 0;
    this.#nextAt = -Infinity;
    return this.#running === undefined;
  }
}

/** With more accounts than this, those whose pause is over are forgotten. */
const MOST_ACCOUNTS = 1_000;

/** The mints without the store, by account: a new token invalidates only those of its own account. */
export class AccountSoloMints {
  readonly #provider: Provider;
  readonly #longestMintMs: number;
  /** The one that minted longest ago first. */
  readonly #byAccount = new Map<string, SoloMints>();

  constructor(provider: Provider, longestMintMs: number) {
    this.#provider = provider;
    this.#longestMintMs = longestMintMs;
  }

  get size(): number {
    return this.#byAccount.size;
  }

  /** How long until the next one of this account may begin. */
  inMs(credentials: object, now: number): number {
    return this.#byAccount.get(this.#accountOf(credentials))?.inMs(now) ?? 0;
  }

  run<T>(
    credentials: object,
    mint: () => Promise<T>,
    clock: { monotonic(): number },
    random: number,
  ): Promise<T> {
    const account = this.#accountOf(credentials);
    const mints = this.#byAccount.get(account) ?? new SoloMints(this.#longestMintMs);
    this.#byAccount.delete(account);
    this.#makeRoom(clock.monotonic());
    this.#byAccount.set(account, mints);
    return mints.run(mint, clock, random);
  }

  /** The store may be away for days, and each user of an app may be an account. */
  #makeRoom(now: number): void {
    for (const [account, mints] of this.#byAccount) {
      if (this.#byAccount.size < MOST_ACCOUNTS || mints.inMs(now) > 0) return;
      this.#byAccount.delete(account);
    }
  }

  #accountOf(credentials: object): string {
    return JSON.stringify(accountCredentials(this.#provider, credentials));
  }

  storeIsBack(): void {
    for (const [account, mints] of this.#byAccount)
      if (mints.storeIsBack()) this.#byAccount.delete(account);
  }
}

const BETWEEN = { firstMs: 2_000, longestMs: 60_000 };
