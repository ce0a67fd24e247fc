import {
  isBearerError,
  MisconfigurationError,
  type BearerError,
  type TokenAcquisitionError,
} from '../errors/index.js';
import type { Concern, CoolDownCause } from '../token/lifecycle.js';

/** The account of a token call: these credentials, at this URL. */
export interface CallAccount {
  readonly credentials: object;
  readonly url: string;
}

/** A refresh, or a part of it, without a token. */
export interface Failed<Failure extends TokenCallFailure = TokenCallFailure> {
  readonly kind: 'failed';
  readonly failure: Failure;
  /** The account of a failed call made before that of the token endpoint. */
  readonly account?: CallAccount | undefined;
}

/** Why a refresh produced no token: the error for its callers, and what it means for the next token calls. */
export type TokenCallFailure = EndpointFailure | LocalFailure;

/** The token endpoint issued no token, or did not answer. */
export interface EndpointFailure {
  readonly error: TokenAcquisitionError;
  readonly cause: CoolDownCause;
  /** What it is about: the account, or only the request for this token. */
  readonly concerns: Concern;
  readonly retryAfterMs?: number | undefined;
  /** The code of the network error, if there was no answer. */
  readonly networkCode?: string | undefined;
  /** This process stood still meanwhile, so this says nothing about the token endpoint and is not shared with other processes. */
  readonly stoodStill?: boolean;
}

/** The fault is on our side (`local`), or no call was made because the account cools down (`not-called`). */
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

/** Runs work that calls the user's functions: if they throw, the refresh still has to end. */
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

/** The credentials function, the options or the definition are at fault; a `BearerError` says which. */
export function localFailure(provider: string, thrown: unknown): Failed<LocalFailure> {
  const error = isBearerError(thrown)
    ? thrown
    : new MisconfigurationError({
        provider,
        option: 'the provider definition',
        problem: 'threw while a token was fetched',
        remedy: 'See the cause: it comes from tokenRequest.',
        cause: thrown,
      });
  return failed({ error, cause: 'local', concerns: 'request' });
}
