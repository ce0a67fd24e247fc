import type { Instant } from '../instant.js';
import { isFullBudget } from './forced-mints.js';
import { servableToken } from './on-request.js';
import type { LifecyclePolicy } from './policy.js';
import type { TokenState } from './state.js';

/**
 * Whether a fresh start would do as well: no token that may yet be served, no refresh under way, no gate that is closed
 * or remembers failures, and neither a token call nor a forced mint that still counts.
 */
export function isSpent(state: TokenState, now: Instant, policy: LifecyclePolicy): boolean {
  return (
    state.flight === undefined &&
    state.endpoint.kind === 'open' &&
    isFullBudget(state.forcedMints, now, policy) &&
    servableToken(state, now, undefined, policy) === undefined &&
    !hasCallsThatCount(state, now, policy)
  );
}

function hasCallsThatCount(
  { tokenCallsAt }: TokenState,
  now: Instant,
  { tokenBudget }: LifecyclePolicy,
): boolean {
  const latest = tokenCallsAt.at(-1);
  if (tokenBudget === undefined || latest === undefined) return false;
  return now.monoMs < latest + tokenBudget.windowMs;
}
