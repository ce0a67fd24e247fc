import type { Instant } from '../instant.js';
import { isFullBudget } from './forced-mints.js';
import { isOpen } from './gates.js';
import { servableToken } from './on-request.js';
import type { LifecyclePolicy } from './policy.js';
import type { TokenState } from './state.js';

/**
 * Whether this state can be forgotten: no usable token, no running refresh, no gate that is closed or remembers failures, and no
 * forced mint that still counts. The account is kept separately.
 */
export function isSpent(state: TokenState, now: Instant, policy: LifecyclePolicy): boolean {
  return (
    state.flight === undefined &&
    isOpen(state.endpoint) &&
    isFullBudget(state.forcedMints, now, policy) &&
    servableToken(state, now, undefined, policy) === undefined
  );
}
