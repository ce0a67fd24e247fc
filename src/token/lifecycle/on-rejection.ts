import type { Instant } from '../instant.js';
import { closeRejectionGate, endpointClosed, rejectionClosedMs } from './gates.js';
import { type Decision, type RejectedSend, type RejectionAnswer, decided } from './happening.js';
import type { LifecyclePolicy } from './policy.js';
import { type HeldToken, type TokenState, trialMs } from './state.js';

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
      ? closeRejectionGate(trialOver(state, held), now, alreadyReplayed, policy)
      : decided(state, alreadyReplayed);
  }
  const gateClosed: RejectionAnswer = { kind: 'pass', because: 'rejection-gate-closed' };
  if (rejectionClosedMs(state, now) > 0) return decided(state, gateClosed);
  if (trialMs(held, now) > 0) {
    // Nobody may wait for what can never be sent again; and if all 401s were such, no replay would ever close the gate.
    return on === 'only-send'
      ? closeRejectionGate(trialOver(state, held), now, gateClosed, policy)
      : decided(state, { kind: 'replay' });
  }

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
  return decided(trialOver(state, slot), undefined);
}

function trialOver<Failure>(state: TokenState<Failure>, held: HeldToken): TokenState<Failure> {
  const slot = { ...held };
  delete slot.onTrialUntil;
  return { ...state, slot };
}
