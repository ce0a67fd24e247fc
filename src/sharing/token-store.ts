/*
 * The contract between a token source and a store that several processes (or several sources) share.
 *
 * All times that cross it are *remaining* milliseconds, never instants: two hosts' clocks are not compared.
 * Any operation may reject or hang; the token source bounds each in time, reports the failure and continues without
 * the store. `describeStoreContract` of `axios-bearer/testing` tests a store against every sentence here.
 */

/** What a token belongs to: everything that makes two tokens different. It holds secrets: never store or log it as is. */
export interface TokenIdentity {
  readonly provider: string;
  readonly tokenUrl: string;
  /** The credentials that are not secret, sorted by name. */
  readonly publicParts: readonly (readonly [name: string, value: string])[];
  /** The secret credentials, sorted by name: part of the identity, so that a rotated secret is another identity. */
  readonly secretParts: readonly (readonly [name: string, value: string])[];
  /** The token request as it is sent, so that a scope fixed in the provider counts as well. Empty with `cacheIdentity`. */
  readonly request: string;
  /** The canonical key of the token parameters. */
  readonly paramsKey: string;
  /** The user's own name for this identity, if given. It replaces `secretParts` and `request`. */
  readonly cacheIdentity: string | undefined;
}

/** A token to keep in a store. */
export interface StoredToken {
  readonly value: string;
  readonly scope?: string | undefined;
  /** Whether its lifetime is unknown: then the remaining time is only how long the store keeps it. */
  readonly undated: boolean;
}

/** A token found in a store. */
export interface StoredRecord {
  readonly token: StoredToken;
  /** How long it has left, in milliseconds. The reader subtracts its own round trip. */
  readonly remainingMs: number;
  /** Grows with each token of this identity: a higher fence means a newer token. */
  readonly fence: number;
}

/** A failure that is worth sharing, without any text from the server. */
export interface SharedFailure {
  readonly cause: 'transient' | 'server-set' | 'credentials';
  /** A `BearerErrorCode`. */
  readonly code: string;
  /** The HTTP status of the token endpoint's answer. */
  readonly status?: number | undefined;
  readonly retryable: boolean;
  /** How many failures of this cause there were in a row, in the whole fleet. */
  readonly failures: number;
}

/** The current token of the process that asks, which it wants to replace. */
export interface TokenInHand {
  readonly value: string;
  /** It drew a 401: the store flags it, so that no other process adopts it. */
  readonly rejected: boolean;
}

/** What a flight asks the store before it calls the token endpoint. */
export interface BeginRequest {
  /** 128 random bits that name this flight. */
  readonly owner: string;
  /** How long the lease lasts, unless it is renewed. */
  readonly leaseMs: number;
  /** Never returned as usable. */
  readonly inHand?: TokenInHand | undefined;
  /** A token that lives no longer than this counts as absent. */
  readonly minRemainingMs: number;
}

/** What the store knows, and whether the flight that asked may call the token endpoint. */
export type BeginAnswer =
  /** There is a usable token. */
  | ({ readonly kind: 'token' } & StoredRecord)
  /** The fleet leaves the token endpoint alone for a while. There may be a token that is unexpired but not usable. */
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
      /** How many mints in a row were refused for their credentials, if the store remembers. */
      readonly failures: number;
    }
  /** Another flight holds the lease, for `remainingMs` at most. */
  | { readonly kind: 'held'; readonly remainingMs: number };

/** A token that was fetched, to be shared. Durations are milliseconds. */
export interface CommitRequest {
  readonly owner: string;
  /** The fence that `begin` returned. Without one (minted without a lease) it is taken now. */
  readonly fence: number | undefined;
  readonly token: StoredToken;
  /** How long the token lives, and how long the store keeps it. */
  readonly remainingMs: number;
  /**
   * Writes only if there is no token, or an older and different one that drew a 401. And only while no other owner holds the
   * lease, since its holder is about to fetch a newer token.
   */
  readonly onlyIfAbsent?: boolean | undefined;
}

/** Whether the token was written, or came too late. */
export type CommitAnswer =
  | { readonly kind: 'committed'; readonly fence: number }
  /** There is a newer token, which is returned if it is usable. */
  | { readonly kind: 'superseded'; readonly record?: StoredRecord | undefined };

/** The records of one identity. */
export interface TokenStoreSlot {
  /**
   * Looks for a usable token, flags a rejected one, and takes the refresh lease if there is neither a token nor a
   * shared failure: all in one atomic step. An owner that holds the lease already gets it again.
   */
  begin(request: BeginRequest): Promise<BeginAnswer>;
  /** Writes a token unless a newer one is there, forgets the shared failure, and gives the lease back if it is the owner's. */
  commit(request: CommitRequest): Promise<CommitAnswer>;
  /**
   * Records a failure for the other processes, and gives the lease back. Does nothing if the lease is not the owner's.
   *
   * A failure with another cause replaces neither remembered rejected credentials nor their count; the longer of the two
   * cool-downs counts.
   */
  fail(request: {
    readonly owner: string;
    readonly failure: SharedFailure;
    /** How long no process should mint. */
    readonly coolMs: number;
  }): Promise<void>;
  /** Flags the token if it is the stored one. Otherwise returns the stored one if it is usable. */
  reject(value: string): Promise<StoredRecord | undefined>;
  /** Makes the lease last `leaseMs` from now if it is still `owner`'s, and returns whether it is. Does not take a lease that has ended. */
  renew(request: { readonly owner: string; readonly leaseMs: number }): Promise<boolean>;
  /** Gives the lease back if it is still `owner`'s. */
  release(owner: string): Promise<void>;
  /** The usable token, if there is one. Takes no lease. */
  read(): Promise<StoredRecord | undefined>;
  /** Forgets the token and the shared failure, but no lease. */
  clear(): Promise<void>;
  /**
   * Calls back when something has changed, with the fence of the token or 0. It is a hint: it may be late, lost or repeated,
   * and nothing may depend on it.
   */
  subscribe?(listener: (fence: number) => void): () => void;
}

/** Keeps tokens where several sources or processes can find them. */
export interface TokenStore {
  /**
   * Called when a token source is created with this store.
   *
   * @throws MisconfigurationError for settings that this store cannot serve
   */
  check?(settings: { readonly cacheIdentity: string | undefined }): void;
  /**
   * Opens the records of one identity. Called again if an identity comes back or could not be opened. It may take time to derive
   * keys, but contacts no server.
   *
   * @param report - call it for each unreadable record, which counts as absent
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
