import { type BearerError, TokenAcquisitionError } from '../errors/index.js';
import { inSeconds } from '../errors/token-acquisition-error.js';
import type { Acquired } from '../sharing/acquired.js';
import type { Happening, RefusalCause } from '../token/lifecycle.js';

/** The error for a caller who gets no token now. */
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
          `${inSeconds(retryInMs)}. Share one token source or a store.`,
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

/** The outcomes of a flight without a token. */
export type WithoutToken = Extract<Acquired, { kind: 'failed' | 'cooling-elsewhere' }>;

/** A flight that ended without a token, as an event for the lifecycle. */
export function failedFlight(
  acquired: WithoutToken,
  flight: { readonly flightId: number; readonly random: number },
): Extract<Happening<BearerError>, { kind: 'mint-failed' | 'cooling-elsewhere' }> {
  if (acquired.kind === 'cooling-elsewhere') return { ...acquired, ...flight };
  const { failure, failuresElsewhere } = acquired;
  const { error, cause, concerns, retryAfterMs } = failure;
  return {
    kind: 'mint-failed',
    failure: error,
    cause,
    concerns,
    retryAfterMs,
    failuresElsewhere,
    ...flight,
  };
}

/** The same error with the time of the next attempt, which depends on the state of the token. */
export function toldWhen(error: BearerError, retryInMs: number): BearerError {
  const isTold = error instanceof TokenAcquisitionError && retryInMs > 0;
  return isTold ? error.retryingIn(retryInMs) : error;
}
