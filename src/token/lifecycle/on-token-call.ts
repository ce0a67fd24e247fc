import type { Instant } from '../instant.js';
import { callsClosed } from './gates.js';
import { type CallAnswer, type Decision, type Happening, decided } from './happening.js';
import type { LifecyclePolicy } from './policy.js';
import type { TokenState } from './state.js';

/** Called with the credentials, since only now is the account known for certain. */
export function onTokenCall<Failure>(
  state: TokenState<Failure>,
  now: Instant,
  policy: LifecyclePolicy,
): Decision<Failure, CallAnswer<Failure>> {
  const { flight, account } = state;
  const closed = callsClosed(state, now, policy);
  if (closed !== undefined) return decided(state, { kind: 'closed', ...closed });
  const called =
    flight === undefined ? state : { ...state, flight: { ...flight, calledAt: now.monoMs } };
  const go = { kind: 'go', sentAt: now } as const;
  if (policy.tokenBudget === undefined) return decided(called, go);
  const tokenCallsAt = [...account.tokenCallsAt, now.monoMs].slice(-policy.tokenBudget.calls);
  return decided({ ...called, account: { ...account, tokenCallsAt } }, go);
}

/** The provider counts from when it issued the token, which was at the end of the call at the latest. */
export function onTokenCallEnded<Failure>(
  state: TokenState<Failure>,
  now: Instant,
  { sentAt, mayHaveIssued }: Extract<Happening<Failure>, { kind: 'token-call-ended' }>,
): Decision<Failure, undefined> {
  const { account } = state;
  const counted = account.tokenCallsAt.indexOf(sentAt.monoMs);
  if (counted < 0) return decided(state, undefined);
  const others = account.tokenCallsAt.filter((_, index) => index !== counted);
  const tokenCallsAt = mayHaveIssued ? [...others, now.monoMs] : others;
  return decided({ ...state, account: { ...account, tokenCallsAt } }, undefined);
}
