/*
 * The contract between a token source and a store that several processes (or several sources) share.
 *
 * All times that cross it are *remaining* milliseconds, never instants: two hosts' clocks are not compared.
 * Any operation may reject; the token source bounds each in time, reports the failure and goes on without the store.
 */

/** Who a token belongs to: everything that makes two tokens different. Never stored or logged as it is. */
export interface TokenIdentity {
  readonly provider: string;
  readonly tokenUrl: string;
  /** The non-secret credentials, sorted by name. */
  readonly publicParts: readonly (readonly [name: string, value: string])[];
  /** The secret credentials, sorted by name: part of the identity, so that a rotated secret is another identity. */
  readonly secretParts: readonly (readonly [name: string, value: string])[];
  /** The canonical key of the token parameters. */
  readonly paramsKey: string;
  /** The user's own name for this identity; it takes the place of the secret parts where it is given. */
  readonly cacheIdentity: string | undefined;
}

/** A token as it is kept in a store. */
export interface StoredToken {
  readonly value: string;
  readonly scope?: string | undefined;
  /** Whether its life is unknown: then the remaining time is only how long the store keeps it. */
  readonly undated: boolean;
}

/** A class of failure that is worth sharing, without any text of the server's. */
export interface SharedFailure {
  readonly cause: 'transient' | 'server-set' | 'credentials';
  /** A `BearerErrorCode`. */
  readonly code: string;
  readonly status?: number | undefined;
}

export type BeginAnswer =
  /** A usable token is there. */
  | {
      readonly kind: 'token';
      readonly token: StoredToken;
      readonly remainingMs: number;
      readonly fence: number;
    }
  /** The fleet leaves the token endpoint alone for a while; a rejected but unexpired token may be at hand. */
  | {
      readonly kind: 'cooling';
      readonly failure: SharedFailure;
      readonly remainingMs: number;
      readonly suspect?:
        | { readonly token: StoredToken; readonly remainingMs: number; readonly fence: number }
        | undefined;
    }
  /** You hold the refresh lease: mint, then `commit` or `fail`. */
  | { readonly kind: 'lead'; readonly fence: number }
  /** Another process holds the lease. */
  | { readonly kind: 'held'; readonly remainingMs: number };

export interface BeginRequest {
  /** 128 random bits that name this flight. */
  readonly owner: string;
  readonly leaseMs: number;
  /** A token that drew a 401: it is flagged as suspect, and not handed back. */
  readonly rejected?: string | undefined;
  /** A token with less than this left is treated as absent, so that an early refresh becomes a mint. */
  readonly minRemainingMs: number;
}

export type CommitAnswer =
  | { readonly kind: 'committed'; readonly fence: number }
  /** A newer token is there already: use it. */
  | {
      readonly kind: 'superseded';
      readonly token: StoredToken;
      readonly remainingMs: number;
      readonly fence: number;
    };

/** The records of one identity. */
export interface TokenStoreSlot {
  /** Looks for a usable token and takes the refresh lease if there is none, in one step. */
  begin(request: BeginRequest): Promise<BeginAnswer>;
  /**
   * Writes a token unless a newer one is there, and gives the lease back.
   * Without `fence` (minted without a lease) the fence is taken now.
   */
  commit(request: {
    readonly owner: string;
    readonly fence: number | undefined;
    readonly token: StoredToken;
    /** How long the store keeps it: the remaining life, and `maxStaleMs` on top. */
    readonly keepMs: number;
    /** The remaining life itself. */
    readonly remainingMs: number;
  }): Promise<CommitAnswer>;
  /** Records a failure that the others should share, and gives the lease back. */
  fail(request: {
    readonly owner: string;
    readonly failure: SharedFailure;
    readonly coolMs: number;
  }): Promise<void>;
  /** Gives the lease back if it is still `owner`'s. */
  release(owner: string): Promise<void>;
  /** Forgets the token and the shared failure (not the lease). */
  clear(): Promise<void>;
  /** Calls back when another process may have committed or flagged a token: a hint, which may be lost. */
  subscribe?(listener: () => void): () => void;
}

/** Keeps tokens where others can find them. */
export interface TokenStore {
  /** Opens the records of one identity; called once for each identity that a source uses. */
  open(identity: TokenIdentity): TokenStoreSlot | Promise<TokenStoreSlot>;
}
