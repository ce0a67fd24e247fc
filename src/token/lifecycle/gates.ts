import { backOffMs, jittered } from '../back-off.js';
import { type Instant, later, msUntil } from '../instant.js';
import type { Closed } from './happening.js';
import type { LifecyclePolicy } from './policy.js';
import {
  type AccountState,
  type EndpointGate,
  type TokenSlot,
  type TokenState,
  type Trouble,
  isUsable,
} from './state.js';

/** Why no flight may start; `undefined` if one may, or if one is running. */
export function endpointClosed<Failure>(
  state: TokenState<Failure>,
  now: Instant,
  policy: LifecyclePolicy,
): Closed<Failure> | undefined {
  // The running call may be the last of the budget, and callers can still join it.
  return state.flight === undefined ? callsClosed(state, now, policy) : undefined;
}

/** Why no token call may go out; `undefined` if one may. */
export function callsClosed<Failure>(
  state: TokenState<Failure>,
  now: Instant,
  policy: LifecyclePolicy,
): Closed<Failure> | undefined {
  const gates = [state.account.endpoint, state.endpoint];
  const budgetMs = budgetFreeInMs(state.account, now, policy);
  const coolMs = Math.max(...gates.map((gate) => coolInMs(gate, state.slot, now, policy)));
  const retryInMs = Math.max(coolMs, budgetMs);
  if (retryInMs === 0) return undefined;
  if (coolMs === 0) return { because: { kind: 'budget-spent' }, retryInMs };
  // Rejected credentials come first, because they have to be changed.
  const rejected = rejectedOf(state);
  const closed = rejected
    ? { cause: 'credentials' as const, failure: rejected.failure }
    : gates.find((gate) => coolInMs(gate, state.slot, now, policy) > 0)?.trouble;
  if (closed === undefined) return undefined;
  const { cause, failure } = closed;
  return { because: { kind: 'cooling', cause, failure }, retryInMs };
}

/** The remembered rejection of credentials, for the account or only for this token's requests. */
export function rejectedOf<Failure>(state: TokenState<Failure>) {
  return state.account.endpoint.rejected ?? state.endpoint.rejected;
}

/** Milliseconds until the token endpoint may be called, 0 if it may now. The longest of all cool-downs and the budget counts. */
export function nextCallInMs(state: TokenState, now: Instant, policy: LifecyclePolicy): number {
  return callsClosed(state, now, policy)?.retryInMs ?? 0;
}

function budgetFreeInMs(
  account: AccountState,
  now: Instant,
  { tokenBudget }: LifecyclePolicy,
): number {
  if (tokenBudget === undefined) return 0;
  const oldest = account.tokenCallsAt.at(-tokenBudget.calls);
  return oldest === undefined ? 0 : oldest + tokenBudget.windowMs - now.monoMs;
}

function coolInMs(
  { rejected, trouble }: EndpointGate<unknown>,
  slot: TokenSlot,
  now: Instant,
  policy: LifecyclePolicy,
): number {
  const rejectedMs = rejected ? msUntil(rejected.until, now) : 0;
  const troubledUntil = trouble && later(trouble.failedAt, troubleMs(trouble, slot, now, policy));
  return Math.max(0, rejectedMs, troubledUntil ? msUntil(troubledUntil, now) : 0);
}

/** How long the endpoint is left alone, given the token in this slot. */
function troubleMs(
  { delayMs, failures, random }: Trouble<unknown>,
  slot: TokenSlot,
  now: Instant,
  { transientWithToken, transientWithoutToken }: LifecyclePolicy,
): number {
  if (delayMs !== undefined) return delayMs;
  const earlier = failures - 1;
  if (!isUsable(slot, now)) return jittered(backOffMs(transientWithoutToken, earlier), random);
  const bound = Math.min(transientWithToken.longestMs, slot.earlyMs / 4);
  const firstMs = Math.min(transientWithToken.firstMs, bound);
  return jittered(backOffMs({ firstMs, longestMs: bound }, earlier), random);
}

/** Whether a gate remembers nothing: no cool-down, and no failure to count from. */
export function isOpen({ rejected, trouble }: EndpointGate<unknown>): boolean {
  return rejected === undefined && trouble === undefined;
}

/** Whether the account may be forgotten. */
export function isSpentAccount(
  account: AccountState,
  now: Instant,
  { tokenBudget }: LifecyclePolicy,
): boolean {
  const latest = account.tokenCallsAt.at(-1);
  const isCounting =
    tokenBudget !== undefined && latest !== undefined && now.monoMs < latest + tokenBudget.windowMs;
  return isOpen(account.endpoint) && !isCounting;
}
