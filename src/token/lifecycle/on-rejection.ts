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
  // A new token did not help, so the token is not the cause. It is kept for other requests.
  if (on === 'replay') return decided(state, { kind: 'pass', because: 'already-replayed' });

  const { slot, flight, forcedMints } = state;
  const closed = endpointClosed(state, now, policy);
  // A late 401: its token has been replaced already. Dropping the current one would waste a mint.
  if (slot.kind === 'held' && slot.token.value !== value) return decided(state, REPLAY);
  if (slot.kind === 'empty' || slot.suspect)
    return decided(state, closed === undefined ? REPLAY : COOLING);

  const suspected = { ...state, slot: { ...slot, suspect: true } };
  // The running flight will bring a new token anyway.
  if (flight !== undefined) return decided(suspected, REPLAY);

  const delayMs = Math.ceil(forcedMintInMs(forcedMints, now, policy));
  if (delayMs > 0) {
    return {
      state: { ...state, forcedMints: { ...forcedMints, isFelt: true } },
      answer: SPENT,
      notices: forcedMints.isFelt ? [] : [{ kind: 'forcedMintsSpent', delayMs }],
    };
  }
  // Takes nothing from the budget: cool-downs space the attempts, and in an outage no replay could return it.
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
