import type { Instant } from '../instant.js';
import { forcedMintInMs, giveBackForcedMint, takeForcedMint } from './forced-mints.js';
import { endpointClosed } from './gates.js';
import { type Decision, type RejectedSend, type RejectionAnswer, decided } from './happening.js';
import type { LifecyclePolicy } from './policy.js';
import type { TokenState } from './state.js';

const REPLAY: RejectionAnswer = { kind: 'replay' };
const COOLING: RejectionAnswer = { kind: 'pass', because: 'endpoint-cooling' };
const SPENT: RejectionAnswer = { kind: 'pass', because: 'forced-mints-spent' };

export function onRejection<Failure>(
  state: TokenState<Failure>,
  now: Instant,
  { value, on }: { value: string; on: RejectedSend },
  policy: LifecyclePolicy,
): Decision<Failure, RejectionAnswer> {
  // A new token did not cure it, so the token is not the cause: it is kept for the others.
  if (on === 'replay') return decided(state, { kind: 'pass', because: 'already-replayed' });

  const { slot, flight, forcedMints } = state;
  const closed = endpointClosed(state, now, policy);
  // A late 401: the token it drew has been replaced. Dropping the current one would cost a mint for nothing.
  if (slot.kind === 'held' && slot.token.value !== value) return decided(state, REPLAY);
  if (slot.kind === 'empty' || slot.suspect)
    return decided(state, closed === undefined ? REPLAY : COOLING);

  const suspected = { ...state, slot: { ...slot, suspect: true } };
  // The flight under way brings a replacement as it is.
  if (flight !== undefined) return decided(suspected, REPLAY);

  const delayMs = forcedMintInMs(forcedMints, now, policy);
  if (delayMs > 0) {
    return {
      state: { ...state, forcedMints: { ...forcedMints, isFelt: true } },
      answer: SPENT,
      notices: forcedMints.isFelt ? [] : [{ kind: 'forced-mints-spent', delayMs }],
    };
  }
  // Nothing is taken for it: cool-downs keep the attempts apart, and in an outage no replay could give it back.
  if (closed?.because.kind === 'cooling') return decided(suspected, COOLING);
  const forcedMint = state.nextFlightId;
  return decided(
    { ...suspected, forcedMints: takeForcedMint(forcedMints, now, forcedMint, policy) },
    closed === undefined ? { ...REPLAY, forcedMint } : COOLING,
  );
}

export function onReplayAccepted<Failure>(
  state: TokenState<Failure>,
  now: Instant,
  forcedMint: number,
  policy: LifecyclePolicy,
): Decision<Failure, undefined> {
  const forcedMints = giveBackForcedMint(state.forcedMints, now, forcedMint, policy);
  return decided({ ...state, forcedMints }, undefined);
}
