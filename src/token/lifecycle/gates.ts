import { backOffMs } from '../back-off.js';
import { type Instant, isPast, later, msUntil } from '../instant.js';
import { type Decision, type RefusalCause, decided } from './happening.js';
import type { LifecyclePolicy } from './policy.js';
import type { TokenState } from './state.js';

/** Milliseconds until the token endpoint may be called, and why not now; `undefined` if it may, or is being called. */
export function endpointClosed<Failure>(
  state: TokenState<Failure>,
  now: Instant,
  policy: LifecyclePolicy,
): { because: RefusalCause<Failure>; retryInMs: number } | undefined {
  const { endpoint } = state;
  // The call under way may have been the last of the budget: whoever comes now joins it.
  if (state.flight !== undefined) return undefined;
  if (endpoint.kind === 'cooling' && !isPast(endpoint.until, now)) {
    const { cause, failure } = endpoint;
    return {
      because: { kind: 'cooling', cause, failure },
      retryInMs: msUntil(endpoint.until, now),
    };
  }
  const retryInMs = budgetFreeInMs(state, now, policy);
  return retryInMs > 0 ? { because: { kind: 'budget-spent' }, retryInMs } : undefined;
}

export function budgetFreeInMs(
  state: TokenState,
  now: Instant,
  { tokenBudget }: LifecyclePolicy,
): number {
  if (tokenBudget === undefined) return 0;
  const oldest = state.tokenCallsAt.at(-tokenBudget.calls);
  return oldest === undefined ? 0 : msUntil(later(oldest, tokenBudget.windowMs), now);
}

/** How long 401s will force no new token, in milliseconds; 0 if they do. */
export function rejectionClosedMs({ rejection }: TokenState, now: Instant): number {
  return rejection.closedUntil === undefined ? 0 : Math.max(0, msUntil(rejection.closedUntil, now));
}

export function closeRejectionGate<Failure, Answer>(
  state: TokenState<Failure>,
  now: Instant,
  answer: Answer,
  { rejectionGate }: LifecyclePolicy,
): Decision<Failure, Answer> {
  if (rejectionClosedMs(state, now) > 0) return decided(state, answer);
  const { lastClosedAt, closings } = state.rejection;
  const forgotten =
    lastClosedAt !== undefined && isPast(later(lastClosedAt, rejectionGate.forgetAfterMs), now);
  const inARow = forgotten ? 0 : closings;
  const delayMs = backOffMs(rejectionGate, inARow);
  return {
    state: {
      ...state,
      rejection: { closedUntil: later(now, delayMs), lastClosedAt: now, closings: inARow + 1 },
    },
    answer,
    notices: [{ kind: 'rejection-gate-closed', delayMs }],
  };
}
