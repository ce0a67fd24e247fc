import {
  isBearerError,
  MisconfigurationError,
  type BearerError,
  type TokenAcquisitionError,
} from '../errors/index.js';
import type { Concern, CoolDownCause } from '../token/lifecycle.js';

/** Whose call it is: these credentials, at this URL. */
export interface CallAccount {
  readonly credentials: object;
  readonly url: string;
}

/** No token came. */
export interface Failed<Failure extends TokenCallFailure = TokenCallFailure> {
  readonly kind: 'failed';
  readonly failure: Failure;
  /** Whose call failed, if it came before that of the token endpoint. */
  readonly account?: CallAccount | undefined;
}

/** Why a refresh brought no token: the error for its callers, and what it means for the next token calls. */
export type TokenCallFailure = EndpointFailure | LocalFailure;

/** The token endpoint gave no token, or did not answer. */
export interface EndpointFailure {
  readonly error: TokenAcquisitionError;
  readonly cause: CoolDownCause;
  /** What it speaks about: the account, or the request for this token alone. */
  readonly concerns: Concern;
  readonly retryAfterMs?: number | undefined;
  /** The code of the network error, where no answer came. */
  readonly networkCode?: string | undefined;
  /** This process stood still meanwhile, so this says nothing about the token endpoint, and no other process is told. */
  readonly stoodStill?: boolean;
}

/** The fault is on this side of the wire (`local`), or no call was made, because the account is left alone (`not-called`). */
export interface LocalFailure {
  readonly error: BearerError;
  readonly cause: 'local' | 'not-called';
  readonly concerns: 'request';
  readonly retryAfterMs?: undefined;
  readonly networkCode?: undefined;
}

export function failed<Failure extends TokenCallFailure>(failure: Failure): Failed<Failure> {
  return { kind: 'failed', failure };
}

/** Whether it says something about the token endpoint, or about the account there. */
export function isAboutEndpoint(failure: TokenCallFailure): failure is EndpointFailure {
  return !isLocal(failure) && failure.stoodStill !== true;
}

export function isLocal(failure: TokenCallFailure): failure is LocalFailure {
  return failure.cause === 'local' || failure.cause === 'not-called';
}

/** Runs what functions of the user's take part in: what they throw must not leave the refresh open. */
export async function orLocalFailure<T>(
  provider: string,
  work: () => Promise<T>,
): Promise<T | Failed<LocalFailure>> {
  try {
    return await work();
  } catch (thrown) {
    return localFailure(provider, thrown);
  }
}

/** The vault, the options or the provider definition are at fault; a typed error says so itself. */
export function localFailure(provider: string, thrown: unknown): Failed<LocalFailure> {
  const error = isBearerError(thrown)
    ? thrown
    : new MisconfigurationError({
        provider,
        option: 'the provider definition',
        problem: 'threw while a token was fetched',
        remedy: 'See the cause: tokenRequest is at fault.',
        cause: thrown,
      });
  return failed({ error, cause: 'local', concerns: 'request' });
}
