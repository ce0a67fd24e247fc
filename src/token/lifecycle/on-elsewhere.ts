import { type Instant, later, msUntil } from '../instant.js';
import { cancelForcedMint } from './forced-mints.js';
import {
  type Decision,
  type ElsewhereAnswer,
  type FlightAnswer,
  type ElsewhereHappening,
  type NewToken,
  decided,
} from './happening.js';
import { coolingState, refused, slotWhileCooling } from './on-mint-failed.js';
import { accepted, heldToken } from './on-minted.js';
import type { LifecyclePolicy } from './policy.js';
import { openGates, openingNotices } from './opening.js';
import type { EndpointGate, TokenState } from './state.js';

/** Decides on what the shared store reports about other processes. `decide` gets this function if there is a store. */
export function decideElsewhere<Failure>(
  state: TokenState<Failure>,
  now: Instant,
  happening: ElsewhereHappening<Failure>,
  policy: LifecyclePolicy,
): Decision<Failure, ElsewhereAnswer | FlightAnswer> {
  switch (happening.kind) {
    case 'refreshing-elsewhere':
      return onRefreshingElsewhere(state, now, happening);
    case 'cooling-elsewhere':
      return onCoolingElsewhere(state, now, happening, policy);
    case 'found':
      return onFound(state, happening, policy);
  }
}

/** While the token in hand is usable, callers do not wait for another process. The store is checked again a little later. */
function onRefreshingElsewhere<Failure>(
  state: TokenState<Failure>,
  now: Instant,
  elsewhere: Extract<ElsewhereHappening<Failure>, { kind: 'refreshing-elsewhere' }>,
): Decision<Failure, ElsewhereAnswer> {
  const { flight, slot, ...rest } = state;
  if (flight?.id !== elsewhere.flightId || slot.kind === 'empty' || slot.suspect)
    return decided(state, { kind: 'wait' });
  const untilExpiry = elsewhere.untilExpiry === true;
  const goodUntil = untilExpiry ? slot.expiresAt : slot.mandatoryAt;
  const goodForMs = goodUntil === undefined ? Infinity : msUntil(goodUntil, now);
  if (goodForMs <= 0) return decided(state, { kind: 'wait' });
  const refreshAt = later(now, Math.min(elsewhere.retryInMs, goodForMs));
  const mandatoryAt = untilExpiry && slot.mandatoryAt ? refreshAt : slot.mandatoryAt;
  const deferred = { ...slot, refreshAt, ...(mandatoryAt && { mandatoryAt }) };
  return decided({ ...rest, slot: deferred }, { kind: 'stand-down' });
}

function onCoolingElsewhere<Failure>(
  state: TokenState<Failure>,
  now: Instant,
  cooling: Extract<ElsewhereHappening<Failure>, { kind: 'cooling-elsewhere' }>,
  policy: LifecyclePolicy,
): Decision<Failure, FlightAnswer> {
  const { flight, ...landed } = state;
  if (flight?.id !== cooling.flightId) return decided(state, { kind: 'superseded' });
  const { cause, concerns, fallback, random } = cooling;
  const slot = slotWhileCooling(
    state.slot,
    now,
    fallback && { ...heldToken({ ...fallback, random }, 0, policy), suspect: true },
    cause === 'credentials' && policy.onCredentialsRejected === 'drop',
  );
  const forcedMints = cancelForcedMint(state.forcedMints, policy);
  const before = concerns === 'account' ? state.account.endpoint : state.endpoint;
  const gate = gateFromElsewhere(before, now, cooling);
  return refused(
    coolingState({ ...landed, slot, forcedMints }, concerns, gate),
    now,
    cause,
    policy,
  );
}

/** Takes over the remaining cool-down. This process's own failure is kept, since it has more detail than the shared one. */
function gateFromElsewhere<Failure>(
  gate: EndpointGate<Failure>,
  now: Instant,
  {
    cause,
    delayMs,
    failures,
    failure,
    random,
  }: Extract<ElsewhereHappening<Failure>, { kind: 'cooling-elsewhere' }>,
): EndpointGate<Failure> {
  const { rejected } = gate;
  if (cause !== 'credentials')
    return { ...gate, trouble: { cause, failedAt: now, delayMs, failures, random, failure } };
  return {
    ...gate,
    rejected: {
      failedAt: now,
      until: later(now, delayMs),
      failures: Math.max(failures, rejected?.failures ?? 0),
      failure: rejected?.failure ?? failure,
    },
  };
}

function onFound<Failure>(
  state: TokenState<Failure>,
  found: NewToken & { random: number },
  policy: LifecyclePolicy,
): Decision<Failure, FlightAnswer> {
  // A flight asks the store itself, and its token is at least as new.
  if (state.flight !== undefined) return decided(state, { kind: 'superseded' });
  const slowestMintMs = Math.max(0, ...state.recentMintsMs);
  return {
    state: {
      ...state,
      slot: heldToken(found, slowestMintMs, policy),
      forcedMints: cancelForcedMint(state.forcedMints, policy),
      ...openGates(state),
    },
    answer: accepted,
    notices: openingNotices(state),
  };
}
