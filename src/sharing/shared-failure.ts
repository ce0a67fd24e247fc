import {
  CredentialsRejectedError,
  TokenAcquisitionError,
  type BearerErrorCode,
} from '../errors/index.js';
import type { BeginAnswer, SharedFailure } from './token-store.js';
import { backOffMs } from '../token/back-off.js';
import type { Concern, LifecyclePolicy } from '../token/lifecycle.js';
import type { EndpointFailure } from '../token-call/token-call-failure.js';
import type { CoolingElsewhere } from './acquired.js';
import type { Adopted } from './adoption.js';

/** How long a transient failure is shared: long enough for callers waiting now, since only one host's network may be down. */
const TRANSIENT_SHARE_MS = 2_000;

/** What the other processes learn about a failed mint, and for how long: a class and a code, never a text. */
export interface FailureToShare {
  readonly failure: SharedFailure;
  readonly coolMs: number;
}

export function failureToShare(
  { cause, concerns, error, retryAfterMs }: EndpointFailure,
  fleetFailures: number,
  policy: LifecyclePolicy,
): FailureToShare {
  const { status, retryable } = error;
  // A record has no field for credentials that were rejected for this request only; this code stands for that.
  const code = cause === 'credentials' && concerns === 'request' ? REFUSED : error.code;
  const failures = cause === 'credentials' ? fleetFailures + 1 : 1;
  const askedMs = Math.min(retryAfterMs ?? 0, policy.longestRetryAfterMs);
  const coolMs = {
    transient: TRANSIENT_SHARE_MS,
    'server-set': askedMs,
    credentials: Math.max(backOffMs(policy.credentials, fleetFailures), askedMs),
  }[cause];
  return { failure: { cause, code, status, retryable, failures }, coolMs };
}

const REFUSED = 'ERR_TOKEN_REQUEST_REFUSED';

/** Whether another process's failure concerns the whole account. */
function concernFromElsewhere({ cause, code, status, retryable }: SharedFailure): Concern {
  const isAboutRequest = {
    transient: !retryable,
    'server-set': false,
    credentials: code === REFUSED || status === 403,
  }[cause];
  return isAboutRequest ? 'request' : 'account';
}

const SHAREABLE: readonly BearerErrorCode[] = [
  'ERR_TOKEN_ENDPOINT_UNREACHABLE',
  'ERR_TOKEN_REQUEST_REFUSED',
  'ERR_CREDENTIALS_REJECTED',
  'ERR_TOKEN_RESPONSE_MALFORMED',
];

/** The error for callers of this process, made from another process's failure in the store. */
function errorFromElsewhere(
  provider: string,
  { failure, remainingMs }: Extract<BeginAnswer, { kind: 'cooling' }>,
): TokenAcquisitionError {
  const { cause, status, retryable } = failure;
  const rejected = cause === 'credentials' ? 'ERR_CREDENTIALS_REJECTED' : undefined;
  const code = rejected ?? SHAREABLE.find((known) => known === failure.code) ?? REFUSED;
  const Kind = cause === 'credentials' ? CredentialsRejectedError : TokenAcquisitionError;
  const answered = status === undefined ? '' : ` (${status})`;
  return new Kind(
    code,
    `${provider}: the token call of another process has just failed${answered}, says the shared store. ` +
      `See the error of that process for the reason.`,
    { provider, phase: 'cooling down', retryable, retryInMs: remainingMs, status },
  );
}

/** Another process's failure, as if it were this one's. */
export function coolingElsewhere(
  provider: string,
  cooling: Extract<BeginAnswer, { kind: 'cooling' }>,
  fallback: Adopted | undefined,
): CoolingElsewhere {
  const { failure, remainingMs } = cooling;
  return {
    kind: 'cooling-elsewhere',
    failure: errorFromElsewhere(provider, cooling),
    cause: failure.cause,
    concerns: concernFromElsewhere(failure),
    delayMs: remainingMs,
    failures: failure.failures,
    fallback,
  };
}
