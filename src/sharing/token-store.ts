/*
 * The contract between a token source and a store that several processes (or several sources) share.
 *
 * All times that cross it are *remaining* milliseconds, never instants: two hosts' clocks are not compared.
 * Any operation may reject or hang; the token source bounds each in time, reports the failure and goes on without
 * the store. `describeStoreContract` of `axios-bearer/testing` proves a store against every sentence here.
 */

/** Who a token belongs to: everything that makes two tokens different. It holds secrets: never store or log it as it is. */
export interface TokenIdentity {
  readonly provider: string;
  readonly tokenUrl: string;
  /** The credentials that are no secret, sorted by name. */
  readonly publicParts: readonly (readonly [name: string, value: string])[];
  /** The secret credentials, sorted by name: part of the identity, so that a rotated secret is another identity. */
  readonly secretParts: readonly (readonly [name: string, value: string])[];
  /** The token request as it is sent, so that a scope fixed in the provider counts as well. Empty with `cacheIdentity`. */
  readonly request: string;
  /** The canonical key of the token parameters. */
  readonly paramsKey: string;
  /** The user's own name for this identity; it takes the place of `secretParts` and `request` where it is given. */
  readonly cacheIdentity: string | undefined;
}

/** A token as it is kept in a store. */
export interface StoredToken {
  readonly value: string;
  readonly scope?: string | undefined;
  /** Whether its life is unknown: then the remaining time is only how long the store keeps it. */
  readonly undated: boolean;
}

/** A token as it was found in a store. */
export interface StoredRecord {
  readonly token: StoredToken;
  /** How long it still lives. The reader subtracts its own round trip. */
  readonly remainingMs: number;
  /** Grows with each token of this identity: the higher one is the newer one. */
  readonly fence: number;
}

/** A class of failure that is worth sharing, without any text of the server's. */
export interface SharedFailure {
  readonly cause: 'transient' | 'server-set' | 'credentials';
  /** A `BearerErrorCode`. */
  readonly code: string;
  /** The HTTP status of the token endpoint's answer. */
  readonly status?: number | undefined;
  readonly retryable: boolean;
  /** How many failures of this cause came in a row, in the whole fleet. */
  readonly failures: number;
}

/** The token that the asking process has and wants replaced. */
export interface TokenInHand {
  readonly value: string;
  /** It drew a 401: the store flags it, so that nobody else adopts it. */
  readonly rejected: boolean;
}

/** What a flight asks of the store before it calls the token endpoint. */
export interface BeginRequest {
  /** 128 random bits that name this flight. */
  readonly owner: string;
  /** How long the lease lasts, unless it is renewed. */
  readonly leaseMs: number;
  /** Never handed back as usable. */
  readonly inHand?: TokenInHand | undefined;
  /** A token that lives no longer than this is treated as absent. */
  readonly minRemainingMs: number;
}

/** What the store knows, and whether the flight that asked may call the token endpoint. */
export type BeginAnswer =
  /** A usable token is there. */
  | ({ readonly kind: 'token' } & StoredRecord)
  /** The fleet leaves the token endpoint alone for a while; a token that is not usable but unexpired may be at hand. */
  | {
      readonly kind: 'cooling';
      readonly failure: SharedFailure;
      readonly remainingMs: number;
      readonly fallback?: StoredRecord | undefined;
    }
  /** You hold the refresh lease: mint, then `commit` or `fail`. */
  | {
      readonly kind: 'lead';
      readonly fence: number;
      /** How many mints in a row were refused for their credentials, as far as the store remembers. */
      readonly failures: number;
    }
  /** Another flight holds the lease, for that long at most. */
  | { readonly kind: 'held'; readonly remainingMs: number };

/** A token that was fetched, to be shared. Durations are milliseconds. */
export interface CommitRequest {
  readonly owner: string;
  /** The fence that `begin` gave. Without one (minted without a lease) it is taken now. */
  readonly fence: number | undefined;
  readonly token: StoredToken;
  /** How long the token lives, and how long the store keeps it. */
  readonly remainingMs: number;
  /**
   * Writes only where no token is; or over an older one, other than this, that drew a 401. And only while no other owner holds
   * the lease: what its holder is about to bring is newer.
   */
  readonly onlyIfAbsent?: boolean | undefined;
}

/** Whether the token was written, or came too late. */
export type CommitAnswer =
  | { readonly kind: 'committed'; readonly fence: number }
  /** A newer token is there already; it is handed back if it is usable. */
  | { readonly kind: 'superseded'; readonly record?: StoredRecord | undefined };

/** The records of one identity. */
export interface TokenStoreSlot {
  /**
   * Looks for a usable token, flags a rejected one, and takes the refresh lease if there is neither a token nor a
   * shared failure: all in one indivisible step. An owner who holds the lease already gets it again.
   */
  begin(request: BeginRequest): Promise<BeginAnswer>;
  /** Writes a token unless a newer one is there, forgets the shared failure, and gives the lease back if it is the owner's. */
  commit(request: CommitRequest): Promise<CommitAnswer>;
  /**
   * Records a failure for the others to share, and gives the lease back. Does nothing if the lease is not the owner's.
   *
   * Rejected credentials that are remembered stay what they are, count included, when a failure of another cause comes;
   * the longer of the two cool-downs holds.
   */
  fail(request: {
    readonly owner: string;
    readonly failure: SharedFailure;
    /** How long nobody else should mint. */
    readonly coolMs: number;
  }): Promise<void>;
  /** Flags the token if it is the stored one; hands back the stored one if it is another and usable. */
  reject(value: string): Promise<StoredRecord | undefined>;
  /** Makes the lease last `leaseMs` from now if it is still `owner`'s, and tells whether it is. Takes no lease that has ended. */
  renew(request: { readonly owner: string; readonly leaseMs: number }): Promise<boolean>;
  /** Gives the lease back if it is still `owner`'s. */
  release(owner: string): Promise<void>;
  /** The usable token, if there is one. Takes no lease. */
  read(): Promise<StoredRecord | undefined>;
  /** Forgets the token and the shared failure, but no lease. */
  clear(): Promise<void>;
  /**
   * Calls back when something has changed, with the fence of the token concerned or 0. A hint: it may be late, lost or
   * repeated, and nothing may depend on it.
   */
  subscribe?(listener: (fence: number) => void): () => void;
}

/** Keeps tokens where others can find them. */
export interface TokenStore {
  /**
   * Called when a token source is created with this store.
   *
   * @throws MisconfigurationError for settings that this store cannot serve
   */
  check?(settings: { readonly cacheIdentity: string | undefined }): void;
  /**
   * Opens the records of one identity; called again where an identity comes back or could not be opened. It may take its
   * time to derive keys, but talks to nobody.
   *
   * @param report - to be told of a record that cannot be read; such a record is treated as absent
   */
  open(
    identity: TokenIdentity,
    report: (problem: string) => void,
  ): TokenStoreSlot | Promise<TokenStoreSlot>;
}

/** The part of a `Clock` that a store needs. */
export interface StoreClock {
  /** Milliseconds that never go back. */
  monotonic(): number;
  /** Calls back once after `delayMs`; returns a function that cancels it. */
  schedule(callback: () => void, delayMs: number): () => void;
}
