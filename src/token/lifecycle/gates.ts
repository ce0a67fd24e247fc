import { backOffMs } from '../back-off.js';
import { type Instant, isPast, later, msUntil } from '../instant.js';
import { type Decision, type RefusalCause, decided } from './happening.js';
import type { LifecyclePolicy } from './policy.js';
import { type RejectionGate, type TokenState, withoutTrial } from './state.js';

/** Why the token endpoint may not be called, and for how many milliseconds; `undefined` if it may, or is being called. */
export function endpointClosed<Failure>(
  state: TokenState<Failure>,
  now: Instant,
  policy: LifecyclePolicy,
): { because: RefusalCause<Failure>; retryInMs: number } | undefined {
  const { endpoint } = state;
  // The call under way may have been the last of the budget: whoever comes now joins it.
  if (state.flight !== undefined) return undefined;
  const retryInMs = nextCallInMs(state, now, policy);
  if (endpoint.kind === 'cooling' && !isPast(endpoint.until, now)) {
    const { cause, failure } = endpoint;
    return { because: { kind: 'cooling', cause, failure }, retryInMs };
  }
  return retryInMs > 0 ? { because: { kind: 'budget-spent' }, retryInMs } : undefined;
}

/** Milliseconds until the token endpoint may be called; 0 if it may now. Of a cool-down and a limit the longer one counts. */
export function nextCallInMs(state: TokenState, now: Instant, policy: LifecyclePolicy): number {
  const { endpoint } = state;
  const coolInMs = endpoint.kind === 'cooling' ? msUntil(endpoint.until, now) : 0;
  return Math.max(0, coolInMs, budgetFreeInMs(state, now, policy));
}

export function budgetFreeInMs(
  state: TokenState,
  now: Instant,
  { tokenBudget }: LifecyclePolicy,
): number {
  if (tokenBudget === undefined) return 0;
  const oldest = state.tokenCallsAt.at(-tokenBudget.calls);
  return oldest === undefined ? 0 : oldest + tokenBudget.windowMs - now.monoMs;
}

/** How long 401s will force no new token, in milliseconds; 0 if they do. */
export function rejectionClosedMs({ rejection }: TokenState, now: Instant): number {
  return rejection.closedUntil === undefined ? 0 : Math.max(0, msUntil(rejection.closedUntil, now));
}

/** The rejection gate as it is from now on if one more 401 is cured by no new token, or may not be. */
export function nextRejectionGate(
  { rejection }: TokenState,
  now: Instant,
  { rejectionGate }: LifecyclePolicy,
): { readonly gate: RejectionGate; readonly delayMs: number } {
  const { lastClosedAt, closings } = rejection;
  const forgotten =
    lastClosedAt !== undefined && isPast(later(lastClosedAt, rejectionGate.forgetAfterMs), now);
  const inARow = forgotten ? 0 : closings;
  const delayMs = backOffMs(rejectionGate, inARow);
  return {
    gate: { closedUntil: later(now, delayMs), lastClosedAt: now, closings: inARow + 1 },
    delayMs,
  };
}

/** The token in hand is not at fault. */
export function closeRejectionGate<Failure, Answer>(
  state: TokenState<Failure>,
  now: Instant,
  answer: Answer,
  policy: LifecyclePolicy,
): Decision<Failure, Answer> {
  const trial = state.slot.kind === 'held' ? state.slot.trial : undefined;
  if (trial === undefined && rejectionClosedMs(state, now) > 0) return decided(state, answer);
  // For a trial it was closed in advance: the same time counts from now.
  const open = trial === undefined ? state : { ...state, rejection: trial.gateBefore };
  const { gate, delayMs } = nextRejectionGate(open, now, policy);
  const slot = state.slot.kind === 'held' ? withoutTrial(state.slot) : state.slot;
  return {
    state: { ...state, slot, rejection: gate },
    answer,
    notices: [{ kind: 'rejection-gate-closed', delayMs }],
  };
}
