import type { TokenRequest } from '../provider-definition/token-request.js';
import type { MintResult } from '../token-call/mint.js';
import type { TokenParams } from '../token/token-params.js';
import type { Adopted } from './adoption.js';

/** The source of a shared token. */
export interface SharedTokenOwner {
  /** The current token. */
  held(): HeldHere | undefined;
  /** Adopts a token that was found outside a flight. */
  adopt(adopted: Adopted): void;
}

/** The current token of this process. */
export interface HeldHere {
  readonly value: string;
  readonly scope: string | undefined;
  /** Whether it drew a 401. */
  readonly rejected: boolean;
  /** Until it expires; `undefined` if its lifetime is unknown. */
  readonly remainingMs: number | undefined;
}

/** A refresh that has to wait, and for how long. */
export interface Deferral {
  readonly retryInMs: number;
  /** No process can refresh now: the current token is used until it expires. */
  readonly untilExpiry: boolean;
}

/** One refresh, as the source starts it. */
export interface Refresh {
  readonly credentials: object;
  readonly params: TokenParams;
  /** The token request made from these; `undefined` with `acquireToken`. */
  readonly request: TokenRequest | undefined;
  /** Aborts when no caller wants the outcome any more. */
  readonly signal: AbortSignal;
  /** A token of another process with less time left is not adopted, in milliseconds. */
  readonly minRemainingMs: number | undefined;
  /** Ends the refresh if the current token will do meanwhile; returns whether it did. */
  standDown(deferral: Deferral): boolean;
  mint(): Promise<MintResult>;
}
