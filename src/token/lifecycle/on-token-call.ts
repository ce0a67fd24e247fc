import type { Instant } from '../instant.js';
import { budgetFreeInMs } from './gates.js';
import { type CallAnswer, type Decision, decided } from './happening.js';
import type { LifecyclePolicy } from './policy.js';
import type { TokenState } from './state.js';

export function onTokenCall<Failure>(
  state: TokenState<Failure>,
  now: Instant,
  policy: LifecyclePolicy,
): Decision<Failure, CallAnswer> {
  if (policy.tokenBudget === undefined) return decided(state, { kind: 'go' });
  const retryInMs = budgetFreeInMs(state, now, policy);
  if (retryInMs > 0) return decided(state, { kind: 'budget-spent', retryInMs });
  const tokenCallsAt = [...state.tokenCallsAt, now].slice(-policy.tokenBudget.calls);
  return decided({ ...state, tokenCallsAt }, { kind: 'go' });
}
