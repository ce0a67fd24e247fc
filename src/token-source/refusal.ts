import {
  type BearerError,
  isBearerError,
  MisconfigurationError,
  TokenAcquisitionError,
} from '../errors/index.js';
import { inSeconds } from '../errors/token-acquisition-error.js';
import type { Happening, RefusalCause } from '../token/lifecycle.js';
import { MintFailure } from '../token-call/mint-failure.js';
import {
  concernFromElsewhere,
  CoolingElsewhere,
  errorFromElsewhere,
  LedMintFailure,
} from '../sharing/shared-failure.js';

/** What a caller is told who can be given no token now. */
export function refusal(
  provider: string,
  because: RefusalCause<BearerError>,
  retryInMs: number,
): BearerError {
  switch (because.kind) {
    case 'cooling':
      return because.failure instanceof TokenAcquisitionError
        ? because.failure.coolingDown(retryInMs)
        : because.failure;
    case 'budget-spent':
      return new TokenAcquisitionError(
        'ERR_TOKEN_BUDGET_SPENT',
        `${provider}: the provider's limit of token calls is used up. The next call is possible in ` +
          `${inSeconds(retryInMs)}. Share one token source, or a store, between all callers.`,
        { provider, phase: 'token request', retryable: true, retryInMs },
      );
    case 'same-token':
      return new TokenAcquisitionError(
        'ERR_TOKEN_REQUEST_REFUSED',
        `${provider}: the token call returned the rejected token again.`,
        { provider, phase: 'token response', retryable: true },
      );
  }
}

/** A flight that made no token call: once its credentials were known, their account was found to be left alone. */
export class CallRefused extends Error {
  constructor(
    readonly because: RefusalCause<BearerError>,
    readonly retryInMs: number,
  ) {
    super('the account is left alone');
  }
}

/** A flight that ended without a token, as the decisions want to know it. */
export type FailedFlight = Extract<
  Happening<BearerError>,
  { kind: 'mint-failed' | 'cooling-elsewhere' }
>;

/** Reads what a flight threw: the error for its callers, and what it means for the endpoint gate. */
export function failedFlight(
  thrown: unknown,
  flight: { readonly provider: string; readonly flightId: number; readonly random: number },
): FailedFlight {
  const { provider, flightId, random } = flight;
  if (thrown instanceof CoolingElsewhere) {
    return {
      kind: 'cooling-elsewhere',
      flightId,
      failure: errorFromElsewhere(provider, thrown),
      cause: thrown.failure.cause,
      concerns: concernFromElsewhere(thrown.failure),
      delayMs: thrown.remainingMs,
      failures: thrown.failure.failures,
      fallback: thrown.fallback,
      random,
    };
  }
  if (thrown instanceof CallRefused) {
    const failure = refusal(provider, thrown.because, thrown.retryInMs);
    return {
      kind: 'mint-failed',
      flightId,
      failure,
      cause: 'not-called',
      concerns: 'request',
      random,
    };
  }
  if (!(thrown instanceof MintFailure)) {
    const failure = ownFault(provider, thrown);
    return { kind: 'mint-failed', flightId, failure, cause: 'local', concerns: 'request', random };
  }
  return {
    kind: 'mint-failed',
    flightId,
    failure: thrown.error,
    cause: thrown.cause,
    concerns: thrown.concerns,
    retryAfterMs: thrown.retryAfterMs,
    failuresElsewhere: thrown instanceof LedMintFailure ? thrown.fleetFailures : undefined,
    random,
  };
}

/** What `tokenRequest` throws is a fault in the definition: it must not leave the flight open. */
function ownFault(provider: string, thrown: unknown): BearerError {
  if (isBearerError(thrown)) return thrown;
  return new MisconfigurationError({
    provider,
    option: 'the provider definition',
    problem: 'threw while a token was fetched',
    remedy: 'See the cause: tokenRequest is at fault.',
    cause: thrown,
  });
}

/** The same error with the time of the next attempt in it, which only the state of the token knows. */
export function toldWhen(error: BearerError, retryInMs: number): BearerError {
  const isTold = error instanceof TokenAcquisitionError && retryInMs > 0;
  return isTold ? error.retryingIn(retryInMs) : error;
}
