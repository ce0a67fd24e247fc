import { type Instant, isPast } from '../instant.js';
import { closeRejectionGate, endpointClosed, rejectionGateClosed } from './gates.js';
import { type Decision, type RejectionAnswer, decided } from './happening.js';
import type { LifecyclePolicy } from './policy.js';
import type { TokenState } from './state.js';

export function onRejection<Failure>(
  state: TokenState<Failure>,
  now: Instant,
  { value, onReplay }: { value: string; onReplay: boolean },
  policy: LifecyclePolicy,
): Decision<Failure, RejectionAnswer> {
  const held = state.slot.kind === 'held' ? state.slot : undefined;
  const alreadyReplayed: RejectionAnswer = { kind: 'pass', because: 'already-replayed' };

  if (held?.token.value !== value) {
    // A late 401: the token it drew has been replaced. Dropping the current one would cost a mint for nothing.
    if (onReplay) return decided(state, alreadyReplayed);
    const unreplaceable = held === undefined && endpointClosed(state, now, policy) !== undefined;
    return decided(
      state,
      unreplaceable ? { kind: 'pass', because: 'endpoint-cooling' } : { kind: 'replay' },
    );
  }
  // A 401 on a token that was minted just for a 401 says that the token is not the cause: it is kept for the others.
  if (onReplay) {
    return held.forced
      ? closeRejectionGate(state, now, alreadyReplayed, policy)
      : decided(state, alreadyReplayed);
  }
  if (held.onTrialUntil !== undefined && !isPast(held.onTrialUntil, now)) {
    return closeRejectionGate(
      state,
      now,
      { kind: 'pass', because: 'rejection-gate-closed' },
      policy,
    );
  }
  if (rejectionGateClosed(state, now))
    return decided(state, { kind: 'pass', because: 'rejection-gate-closed' });

  const suspected = { ...state, slot: { ...held, suspect: true } };
  return decided(
    suspected,
    endpointClosed(state, now, policy) === undefined
      ? { kind: 'replay' }
      : { kind: 'pass', because: 'endpoint-cooling' },
  );
}

export function onReplayAccepted<Failure>(
  state: TokenState<Failure>,
  value: string,
): Decision<Failure, undefined> {
  const { slot } = state;
  if (slot.kind === 'empty' || slot.token.value !== value || slot.onTrialUntil === undefined) {
    return decided(state, undefined);
  }
  const trusted = { ...slot };
  delete trusted.onTrialUntil;
  return decided({ ...state, slot: trusted }, undefined);
}
