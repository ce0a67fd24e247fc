import type { AccessToken } from '../access-token.js';
import { type Instant, isPast, later, msUntil } from '../instant.js';
import { refreshWindows } from '../refresh-windows.js';
import { closeRejectionGate, nextRejectionGate, rejectionClosedMs } from './gates.js';
import {
  type Decision,
  type FlightAnswer,
  type Happening,
  type Notice,
  decided,
} from './happening.js';
import type { LifecyclePolicy } from './policy.js';
import type { HeldToken, TokenState } from './state.js';

export function onMinted<Failure>(
  state: TokenState<Failure>,
  now: Instant,
  minted: Extract<Happening<Failure>, { kind: 'minted' }>,
  policy: LifecyclePolicy,
): Decision<Failure, FlightAnswer> {
  const { flight, ...landed } = state;
  if (flight?.id !== minted.flightId) return decided(state, { kind: 'superseded' });

  const recentMintsMs =
    minted.tookMs === undefined
      ? state.recentMintsMs
      : [...state.recentMintsMs, minted.tookMs].slice(-5);
  const fresh = heldToken(minted, Math.max(0, ...recentMintsMs), policy);
  const previous = state.slot.kind === 'held' ? state.slot : undefined;
  const isSameString = previous?.token.value === minted.token.value;
  // A token that another process minted some time ago was not minted for our 401, and may itself have died since.
  const isAdopted = minted.tookMs === undefined && !isSameString;

  const next: TokenState<Failure> = {
    ...landed,
    slot: previous === undefined || isAdopted ? fresh : successorOf(previous, fresh, now, policy),
    endpoint: { kind: 'open' },
    recentMintsMs,
  };
  const recovered: Notice[] =
    state.endpoint.kind === 'cooling' ? [{ kind: 'cool-down-ended' }] : [];
  const isForced = previous?.suspect === true && previous.unhealed !== true && !isAdopted;
  if (!isForced && !(isSameString && previous.suspect))
    return { ...decided(next, accepted), notices: recovered };
  if (!isSameString)
    return { ...decided(onTrial(next, fresh, now, policy), accepted), notices: recovered };
  // The endpoint insists on this very token, so asking again at once would bring nothing else.
  const closed = closeRejectionGate(next, now, accepted, policy);
  return { ...closed, notices: [...recovered, ...closed.notices] };
}

/**
 * A token that a 401 has forced. Until a replay proves that it was worth it the rejection gate is closed, so that forced
 * tokens keep their distance however late the answers come, and even if none ever does.
 */
function onTrial<Failure>(
  state: TokenState<Failure>,
  fresh: HeldToken,
  now: Instant,
  policy: LifecyclePolicy,
): TokenState<Failure> {
  const { rejection: gateBefore } = state;
  const { proven = gateBefore } = gateBefore;
  const isClosed = rejectionClosedMs(state, now) > 0;
  return {
    ...state,
    slot: {
      ...fresh,
      forced: true,
      trial: { until: later(now, policy.rejectionGate.firstMs), gateBefore },
    },
    rejection: isClosed ? gateBefore : { ...nextRejectionGate(state, now, policy).gate, proven },
  };
}

/** What is held after `fresh` came for `previous`. */
function successorOf(
  previous: HeldToken,
  fresh: HeldToken,
  now: Instant,
  policy: LifecyclePolicy,
): HeldToken {
  if (previous.token.value !== fresh.token.value || isRenewal(previous, fresh, now)) return fresh;
  // Some endpoints return the current token until it expires. Its windows must not shrink with what is left
  // of its life, and the endpoint must not be asked at every request.
  const restMs = Math.min(policy.transientWithToken.longestMs, previous.earlyMs / 4);
  return { ...previous, suspect: false, unchangedUntil: later(now, restMs) };
}

/** The same string counts as renewed if its life grew by more than the window in which we ask for it. */
function isRenewal(previous: HeldToken, fresh: HeldToken, now: Instant): boolean {
  if (previous.expiresAt === undefined || fresh.expiresAt === undefined) return true;
  if (isPast(previous.expiresAt, now)) return true;
  return msUntil(fresh.expiresAt, now) - msUntil(previous.expiresAt, now) > previous.earlyMs;
}

export const accepted: FlightAnswer = { kind: 'accepted' };

export function heldToken(
  minted: { token: AccessToken; sentAt: Instant; lifetimeMs?: number | undefined; random: number },
  slowestMintMs: number,
  policy: LifecyclePolicy,
): HeldToken {
  const { token, sentAt, lifetimeMs, random } = minted;
  if (lifetimeMs === undefined) {
    const earlyMs = policy.revalidateMs / 10;
    const refreshAt = later(sentAt, policy.revalidateMs - (random * earlyMs) / 2);
    return { kind: 'held', token, refreshAt, earlyMs, suspect: false, forced: false };
  }
  const { earlyMs, mandatoryMs } = refreshWindows(lifetimeMs, { ...policy, slowestMintMs });
  const mandatoryAt = later(sentAt, lifetimeMs - mandatoryMs);
  // Many processes hold the same token: each starts its refresh at a moment of its own, and none in the last window.
  const refreshInMs = lifetimeMs - earlyMs + (random * earlyMs) / 2;
  return {
    kind: 'held',
    token,
    refreshAt: later(sentAt, Math.min(refreshInMs, lifetimeMs - mandatoryMs)),
    mandatoryAt,
    expiresAt: later(sentAt, lifetimeMs),
    earlyMs,
    suspect: false,
    forced: false,
  };
}
