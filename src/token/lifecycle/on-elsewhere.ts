import { type Instant, later, msUntil } from '../instant.js';
import { cancelForcedMint } from './forced-mints.js';
import {
  type Decision,
  type ElsewhereAnswer,
  type FlightAnswer,
  type Happening,
  type NewToken,
  decided,
} from './happening.js';
import { slotWhileCooling } from './on-mint-failed.js';
import { accepted, heldToken } from './on-minted.js';
import type { LifecyclePolicy } from './policy.js';
import { type TokenState, phaseOf } from './state.js';

/** While the token in hand is good, nobody waits for another process; the store is looked at again a little later. */
export function onRefreshingElsewhere<Failure>(
  state: TokenState<Failure>,
  now: Instant,
  { flightId, retryInMs }: { flightId: number; retryInMs: number },
): Decision<Failure, ElsewhereAnswer> {
  const { flight, slot, ...rest } = state;
  if (flight?.id !== flightId || slot.kind === 'empty' || slot.suspect)
    return decided(state, { kind: 'wait' });
  const phase = phaseOf(slot, now);
  if (phase === 'last' || phase === 'expired') return decided(state, { kind: 'wait' });
  const { mandatoryAt } = slot;
  const waitMs = Math.min(
    retryInMs,
    mandatoryAt === undefined ? retryInMs : msUntil(mandatoryAt, now),
  );
  return decided(
    { ...rest, slot: { ...slot, refreshAt: later(now, waitMs) } },
    { kind: 'stand-down' },
  );
}

export function onCoolingElsewhere<Failure>(
  state: TokenState<Failure>,
  now: Instant,
  cooling: Extract<Happening<Failure>, { kind: 'cooling-elsewhere' }>,
  policy: LifecyclePolicy,
): Decision<Failure, FlightAnswer> {
  const { flight, ...landed } = state;
  if (flight?.id !== cooling.flightId) return decided(state, { kind: 'superseded' });
  const { cause, failure, failures, delayMs, fallback, random } = cooling;
  return {
    state: {
      ...landed,
      slot: slotWhileCooling(
        state.slot,
        now,
        fallback && { ...heldToken({ ...fallback, random }, 0, policy), suspect: true },
        cause === 'credentials' && policy.onCredentialsRejected === 'drop',
      ),
      forcedMints: cancelForcedMint(state.forcedMints, policy),
      endpoint: { kind: 'cooling', cause, until: later(now, delayMs), failures, failure },
    },
    answer: { kind: 'refused' },
    notices: [{ kind: 'cooling-down', cause, delayMs }],
  };
}

export function onFound<Failure>(
  state: TokenState<Failure>,
  found: NewToken & { random: number },
  policy: LifecyclePolicy,
): Decision<Failure, FlightAnswer> {
  // A flight asks the store itself, and what it brings is at least as new.
  if (state.flight !== undefined) return decided(state, { kind: 'superseded' });
  const slowestMintMs = Math.max(0, ...state.recentMintsMs);
  return {
    state: {
      ...state,
      slot: heldToken(found, slowestMintMs, policy),
      forcedMints: cancelForcedMint(state.forcedMints, policy),
      endpoint: { kind: 'open' },
    },
    answer: accepted,
    notices: state.endpoint.kind === 'cooling' ? [{ kind: 'cool-down-ended' }] : [],
  };
}
