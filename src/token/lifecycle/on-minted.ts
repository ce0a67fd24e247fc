import type { AccessToken } from '../access-token.js';
import { type Instant, isPast, later, msUntil } from '../instant.js';
import { refreshWindows } from '../refresh-windows.js';
import { cancelForcedMint, landForcedMint, spendForcedMints } from './forced-mints.js';
import { type Decision, type FlightAnswer, type Happening, decided } from './happening.js';
import type { LifecyclePolicy } from './policy.js';
import { openGates, openingNotices } from './opening.js';
import type { HeldToken, TokenState } from './state.js';

export function onMinted<Failure>(
  state: TokenState<Failure>,
  now: Instant,
  minted: Extract<Happening<Failure>, { kind: 'minted' }>,
  policy: LifecyclePolicy,
): Decision<Failure, FlightAnswer> {
  if (state.flight?.id !== minted.flightId) return decided(state, { kind: 'superseded' });

  const recentMintsMs =
    minted.tookMs === undefined
      ? state.recentMintsMs
      : [...state.recentMintsMs, minted.tookMs].slice(-5);
  const fresh = heldToken(minted, Math.max(0, ...recentMintsMs), policy);
  const previous = state.slot.kind === 'held' ? state.slot : undefined;
  const isSameString = previous?.token.value === minted.token.value;
  const isRefusedAgain = isSameString && previous.suspect && minted.tookMs !== undefined;

  return {
    // Member by member, so that all idle tokens have one shape. A rest of the old state would give each its own.
    state: {
      slot: previous === undefined ? fresh : successorOf(previous, fresh, now, policy),
      ...openGates(state),
      forcedMints: isRefusedAgain
        ? spendForcedMints(state.forcedMints, now, policy)
        : minted.tookMs === undefined
          ? cancelForcedMint(state.forcedMints, policy)
          : landForcedMint(state.forcedMints, now),
      nextFlightId: state.nextFlightId,
      recentMintsMs,
      mintedLifeMs: mintedLifeMs(minted, isSameString) ?? state.mintedLifeMs,
    },
    answer: accepted,
    notices: openingNotices(state),
  };
}

/** Not for a token that is returned again or adopted, since part of its lifetime has passed. */
function mintedLifeMs(
  { tookMs, lifetimeMs }: { tookMs?: number | undefined; lifetimeMs?: number | undefined },
  isSameString: boolean,
): number | undefined {
  return tookMs === undefined || isSameString ? undefined : lifetimeMs;
}

/** The token to hold after `fresh` arrived to replace `previous`. */
function successorOf(
  previous: HeldToken,
  fresh: HeldToken,
  now: Instant,
  policy: LifecyclePolicy,
): HeldToken {
  if (previous.token.value !== fresh.token.value || isRenewal(previous, fresh, now)) return fresh;
  // Some endpoints return the current token until it expires. Its windows must not shrink with the remaining lifetime, and
  // the endpoint must not be called for every request.
  const restMs = Math.min(policy.transientWithToken.longestMs, previous.earlyMs / 4);
  return { ...previous, suspect: false, unchangedUntil: later(now, restMs) };
}

/** The same string counts as renewed if its lifetime grew by more than the early window. */
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
    return { kind: 'held', token, refreshAt, earlyMs, suspect: false };
  }
  const { earlyMs, mandatoryMs } = refreshWindows(lifetimeMs, { ...policy, slowestMintMs });
  const mandatoryAt = later(sentAt, lifetimeMs - mandatoryMs);
  // Many processes hold the same token, so each starts its refresh at a random time before the mandatory window.
  const refreshInMs = lifetimeMs - earlyMs + (random * earlyMs) / 2;
  return {
    kind: 'held',
    token,
    refreshAt: later(sentAt, Math.min(refreshInMs, lifetimeMs - mandatoryMs)),
    mandatoryAt,
    expiresAt: later(sentAt, lifetimeMs),
    earlyMs,
    suspect: false,
  };
}
