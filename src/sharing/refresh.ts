import type { TokenRequest } from '../provider-definition/token-request.js';
import type { MintResult } from '../token-call/mint.js';
import type { TokenParams } from '../token/token-params.js';
import type { Adopted } from './adoption.js';

/** What a shared token is to the source that shares it. */
export interface SharedTokenOwner {
  /** The token in hand. */
  held(): HeldHere | undefined;
  /** Takes up a token that was found outside a flight. */
  adopt(adopted: Adopted): void;
}

/** The token that this process holds. */
export interface HeldHere {
  readonly value: string;
  readonly scope: string | undefined;
  /** It drew a 401. */
  readonly rejected: boolean;
  /** Until it expires; `undefined` if its life is unknown. */
  readonly remainingMs: number | undefined;
}

/** Why a refresh has to wait, and how long it need not be tried again. */
export interface Deferral {
  readonly retryInMs: number;
  /** No process can refresh now: the token in hand serves to the end of its life. */
  readonly untilExpiry: boolean;
}

/** One refresh, as the source starts it. */
export interface Refresh {
  readonly credentials: object;
  readonly params: TokenParams;
  /** The token request that these make; `undefined` where a function yields the tokens. */
  readonly request: TokenRequest | undefined;
  /** Aborts when the outcome is not wanted any more. */
  readonly signal: AbortSignal;
  /** A token of others that lives no longer is not adopted, in milliseconds. */
  readonly minRemainingMs: number | undefined;
  /** Ends the refresh if the token in hand does meanwhile; tells whether it did. */
  standDown(deferral: Deferral): boolean;
  mint(): Promise<MintResult>;
}
