import { type Instant, isPast, msUntil } from '../instant.js';
import type { RefusalCause } from './happening.js';
import type { LifecyclePolicy } from './policy.js';
import type { TokenState } from './state.js';

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
