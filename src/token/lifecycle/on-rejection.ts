import type { Instant } from '../instant.js';
import { closeRejectionGate, endpointClosed, rejectionClosedMs } from './gates.js';
import { type Decision, type RejectedSend, type RejectionAnswer, decided } from './happening.js';
import type { LifecyclePolicy } from './policy.js';
import { type TokenState, trialMs, withoutTrial } from './state.js';

export function onRejection<Failure>(
  state: TokenState<Failure>,
  now: Instant,
  { value, on }: { value: string; on: RejectedSend },
  policy: LifecyclePolicy,
): Decision<Failure, RejectionAnswer> {
  const held = state.slot.kind === 'held' ? state.slot : undefined;
  const alreadyReplayed: RejectionAnswer = { kind: 'pass', because: 'already-replayed' };

  if (held?.token.value !== value) {
    // A late 401: the token it drew has been replaced. Dropping the current one would cost a mint for nothing.
    if (on === 'replay') return decided(state, alreadyReplayed);
    const unreplaceable = held === undefined && endpointClosed(state, now, policy) !== undefined;
    return decided(
      state,
      unreplaceable ? { kind: 'pass', because: 'endpoint-cooling' } : { kind: 'replay' },
    );
  }
  // A 401 on a token that was minted just for a 401 says that the token is not the cause: it is kept for the others.
  if (on === 'replay') {
    return held.forced
      ? closeRejectionGate(state, now, alreadyReplayed, policy)
      : decided(state, alreadyReplayed);
  }
  const gateClosed: RejectionAnswer = { kind: 'pass', because: 'rejection-gate-closed' };
  if (trialMs(held, now) > 0) {
    // Nobody waits for what can never be sent again.
    return on === 'only-send'
      ? closeRejectionGate(state, now, gateClosed, policy)
      : decided(state, { kind: 'replay' });
  }
  const closedMs = rejectionClosedMs(state, now);
  if (!held.suspect && closedMs > 0) {
    const { trial } = held;
    if (trial === undefined || trial.isOverdue === true) return decided(state, gateClosed);
    // The gate was closed in advance, and no replay has opened it again in time: from here on that is felt.
    const overdue = { ...held, trial: { ...trial, isOverdue: true } };
    return {
      state: { ...state, slot: overdue },
      answer: gateClosed,
      notices: [{ kind: 'rejection-gate-closed', delayMs: closedMs }],
    };
  }

  const unhealed = endpointClosed(state, now, policy) !== undefined;
  const suspected = { ...state, slot: { ...withoutTrial(held), suspect: true, unhealed } };
  return decided(
    suspected,
    unhealed ? { kind: 'pass', because: 'endpoint-cooling' } : { kind: 'replay' },
  );
}

/** The new token works, and so would those before it have whose replays were never answered: the next 401 forces another at once. */
export function onReplayAccepted<Failure>(
  state: TokenState<Failure>,
  value: string,
): Decision<Failure, undefined> {
  const { slot } = state;
  if (slot.kind === 'empty' || slot.token.value !== value || slot.trial === undefined)
    return decided(state, undefined);
  const { gateBefore } = slot.trial;
  const rejection = gateBefore.proven ?? gateBefore;
  return decided({ ...state, slot: withoutTrial(slot), rejection }, undefined);
}
