import { backOffMs, jittered } from '../back-off.js';
import { type Instant, later } from '../instant.js';
import { cancelForcedMint } from './forced-mints.js';
import { type Decision, type FlightAnswer, type Happening, decided } from './happening.js';
import type { LifecyclePolicy } from './policy.js';
import {
  type CoolDownCause,
  type HeldToken,
  type TokenSlot,
  type TokenState,
  phaseOf,
} from './state.js';

export function onMintFailed<Failure>(
  state: TokenState<Failure>,
  now: Instant,
  failed: Extract<Happening<Failure>, { kind: 'mint-failed' }>,
  policy: LifecyclePolicy,
): Decision<Failure, FlightAnswer> {
  const { flight, ...rest } = state;
  if (flight?.id !== failed.flightId) return decided(state, { kind: 'superseded' });
  const landed = { ...rest, forcedMints: cancelForcedMint(state.forcedMints, policy) };

  const { failure } = failed;
  const hasUsableToken = state.slot.kind === 'held' && phaseOf(state.slot, now) !== 'expired';
  // Without a token the next request may ask at once; with one, a broken vault is not asked at every request.
  if (failed.cause === 'local' && !hasUsableToken) return decided(landed, { kind: 'refused' });
  const cause = failed.cause === 'local' ? 'transient' : failed.cause;
  const { endpoint } = state;
  const earlierHere =
    endpoint.kind === 'cooling' && endpoint.cause === cause ? endpoint.failures : 0;
  const earlier = Math.max(earlierHere, failed.failuresElsewhere ?? 0);
  const delayMs = coolDownMs(state, now, { ...failed, cause }, earlier, policy);
  const slot: TokenSlot =
    cause === 'credentials' && policy.onCredentialsRejected === 'drop'
      ? { kind: 'empty' }
      : state.slot;
  return {
    state: {
      ...landed,
      slot,
      endpoint: {
        kind: 'cooling',
        cause,
        until: later(now, delayMs),
        failures: earlier + 1,
        failure,
      },
    },
    answer: { kind: 'refused' },
    notices: [{ kind: 'cooling-down', cause, delayMs }],
  };
}

function coolDownMs(
  { slot }: TokenState,
  now: Instant,
  failed: { cause: CoolDownCause; retryAfterMs?: number | undefined; random: number },
  earlier: number,
  policy: LifecyclePolicy,
): number {
  const askedMs = Math.min(failed.retryAfterMs ?? 0, policy.longestRetryAfterMs);
  switch (failed.cause) {
    case 'server-set':
      return askedMs;
    case 'credentials': {
      const backOff = jittered(backOffMs(policy.credentials, earlier), failed.random);
      return Math.max(backOff, askedMs);
    }
    case 'transient': {
      if (slot.kind === 'empty' || phaseOf(slot, now) === 'expired') {
        return jittered(backOffMs(policy.transientWithoutToken, earlier), failed.random);
      }
      const { firstMs, longestMs } = policy.transientWithToken;
      const bound = Math.min(longestMs, slot.earlyMs / 4);
      return jittered(
        backOffMs({ firstMs: Math.min(firstMs, bound), longestMs: bound }, earlier),
        failed.random,
      );
    }
  }
}

export function slotWhileCooling(
  slot: TokenSlot,
  now: Instant,
  fallback: HeldToken | undefined,
  isDropped: boolean,
): TokenSlot {
  if (isDropped) return { kind: 'empty' };
  const isUsable = slot.kind === 'held' && phaseOf(slot, now) !== 'expired';
  return isUsable || fallback === undefined ? slot : fallback;
}
