import type { Instant } from '../instant.js';
import { budgetFreeInMs } from './gates.js';
import { type CallAnswer, type Decision, type Happening, decided } from './happening.js';
import type { LifecyclePolicy } from './policy.js';
import type { TokenState } from './state.js';

export function onTokenCall<Failure>(
  state: TokenState<Failure>,
  now: Instant,
  policy: LifecyclePolicy,
): Decision<Failure, CallAnswer> {
  const go = { kind: 'go', sentAt: now } as const;
  if (policy.tokenBudget === undefined) return decided(state, go);
  const retryInMs = budgetFreeInMs(state, now, policy);
  if (retryInMs > 0) return decided(state, { kind: 'budget-spent', retryInMs });
  const tokenCallsAt = [...state.tokenCallsAt, now.monoMs].slice(-policy.tokenBudget.calls);
  return decided({ ...state, tokenCallsAt }, go);
}

/** The provider counts a token from when it was issued, which was at the end of the call at the latest. */
export function onTokenCallEnded<Failure>(
  state: TokenState<Failure>,
  now: Instant,
  { sentAt, mayHaveIssued }: Extract<Happening<Failure>, { kind: 'token-call-ended' }>,
): Decision<Failure, undefined> {
  const counted = state.tokenCallsAt.indexOf(sentAt.monoMs);
  if (counted < 0) return decided(state, undefined);
  const others = state.tokenCallsAt.filter((_, index) => index !== counted);
  const tokenCallsAt = mayHaveIssued ? [...others, now.monoMs] : others;
  return decided({ ...state, tokenCallsAt }, undefined);
}
