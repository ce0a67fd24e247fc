import type { Instant } from '../instant.js';
import { isFullBudget } from './forced-mints.js';
import { isOpen } from './gates.js';
import { servableToken } from './on-request.js';
import type { LifecyclePolicy } from './policy.js';
import type { TokenState } from './state.js';

/**
 * Whether a fresh start would do as well: no token that may yet be served, no refresh under way, no gate that is closed
 * or remembers failures, and no forced mint that still counts. What holds for its account is kept with that.
 */
export function isSpent(state: TokenState, now: Instant, policy: LifecyclePolicy): boolean {
  return (
    state.flight === undefined &&
    isOpen(state.endpoint) &&
    isFullBudget(state.forcedMints, now, policy) &&
    servableToken(state, now, undefined, policy) === undefined
  );
}
