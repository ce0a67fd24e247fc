import { backOffMs, jittered } from '../back-off.js';
import { type Instant, later, msUntil } from '../instant.js';
import { cancelForcedMint } from './forced-mints.js';
import { nextCallInMs } from './gates.js';
import {
  type Concern,
  type Decision,
  type FlightAnswer,
  type Happening,
  decided,
} from './happening.js';
import type { LifecyclePolicy } from './policy.js';
import {
  type CoolDownCause,
  type EndpointGate,
  type HeldToken,
  type TokenSlot,
  type TokenState,
  isUsable,
} from './state.js';

export function onMintFailed<Failure>(
  state: TokenState<Failure>,
  now: Instant,
  failed: Extract<Happening<Failure>, { kind: 'mint-failed' }>,
  policy: LifecyclePolicy,
): Decision<Failure, FlightAnswer> {
  const { flight, ...rest } = state;
  if (flight?.id !== failed.flightId) return decided(state, { kind: 'superseded' });
  const landed = { ...rest, forcedMints: cancelForcedMint(state.forcedMints, policy) };

  // Without a token the next request may try again immediately. With one, a broken vault is not called for every request.
  if (failed.cause === 'not-called' || (failed.cause === 'local' && !isUsable(state.slot, now)))
    return decided(landed, { kind: 'refused' });
  const before = failed.concerns === 'account' ? state.account.endpoint : state.endpoint;
  const next = coolingState(
    landed,
    failed.concerns,
    failedGate(before, flight.calledAt, now, failed, policy),
  );
  const cause = failed.cause === 'local' ? 'transient' : failed.cause;
  const isDropped = cause === 'credentials' && policy.onCredentialsRejected === 'drop';
  const slot: TokenSlot = isDropped ? { kind: 'empty' } : state.slot;
  return refused({ ...next, slot }, now, cause, policy);
}

/** The flight has ended without a token. */
export function refused<Failure>(
  state: TokenState<Failure>,
  now: Instant,
  cause: CoolDownCause,
  policy: LifecyclePolicy,
): Decision<Failure, FlightAnswer> {
  // Without the budget of token calls, which is not a cool-down.
  const delayMs = Math.ceil(nextCallInMs(state, now, { ...policy, tokenBudget: undefined }));
  return {
    state,
    answer: { kind: 'refused' },
    notices: [{ kind: 'coolDownStarted', cause, delayMs }],
  };
}

export function coolingState<Failure>(
  state: TokenState<Failure>,
  concerns: Concern,
  endpoint: EndpointGate<Failure>,
): TokenState<Failure> {
  return concerns === 'account'
    ? { ...state, account: { ...state.account, endpoint } }
    : { ...state, endpoint };
}

/** The gate after one more failure. Rejected credentials and other trouble do not affect each other. */
function failedGate<Failure>(
  gate: EndpointGate<Failure>,
  calledAt: number | undefined,
  now: Instant,
  failed: Extract<Happening<Failure>, { kind: 'mint-failed' }>,
  policy: LifecyclePolicy,
): EndpointGate<Failure> {
  const { failure, random, failuresElsewhere = 0 } = failed;
  const askedMs = Math.min(failed.retryAfterMs ?? 0, policy.longestRetryAfterMs);
  /** Calls that ran at the same time fail for the same reason, so they count as one failure. */
  const countAfter = (last: { failures: number; failedAt: Instant } | undefined) =>
    last === undefined
      ? 1
      : last.failures + (calledAt !== undefined && calledAt <= last.failedAt.monoMs ? 0 : 1);
  if (failed.cause === 'credentials') {
    const { rejected } = gate;
    const failures = Math.max(countAfter(rejected), failuresElsewhere + 1);
    const delayMs = Math.max(
      jittered(backOffMs(policy.credentials, failures - 1), random),
      askedMs,
    );
    const isLonger = rejected === undefined || msUntil(rejected.until, now) < delayMs;
    const until = isLonger ? later(now, delayMs) : rejected.until;
    const next = { failedAt: now, until, failures, failure };
    // The endpoint answered, so any outage is over.
    return gate.trouble?.cause === 'server-set' ? { ...gate, rejected: next } : { rejected: next };
  }
  const cause = failed.cause === 'server-set' ? 'server-set' : 'transient';
  const last = gate.trouble?.cause === cause ? gate.trouble : undefined;
  const trouble = { cause, failedAt: now, failures: countAfter(last), random, failure } as const;
  if (cause === 'transient') return { ...gate, trouble };
  return { ...gate, trouble: { ...trouble, delayMs: askedMs } };
}

export function slotWhileCooling(
  slot: TokenSlot,
  now: Instant,
  fallback: HeldToken | undefined,
  isDropped: boolean,
): TokenSlot {
  if (isDropped) return { kind: 'empty' };
  return isUsable(slot, now) || fallback === undefined ? slot : fallback;
}
