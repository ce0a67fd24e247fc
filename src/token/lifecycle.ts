/*
 * The life of one token, decided without a clock, a timer, a network or axios: a state, the current time and an event go in;
 * the next state, an answer and notices come out. `token-source/` acts on them.
 *
 * `lifecycle/on-elsewhere.ts` decides on what a shared store reports about other processes, and comes with the store.
 *
 * There are three independent parts: a token slot and a budget of forced mints (may a 401 force a new token?) for each token,
 * and an endpoint gate (may the token endpoint be called?), which the tokens of one account share. A token may be valid while
 * the endpoint cools down, and a storm of 401s must not block a refresh that is due to expiry.
 */

import type { Instant } from './instant.js';
import {
  type Answers,
  type Decision,
  type ElsewhereAnswer,
  type ElsewhereHappening,
  type FlightAnswer,
  type Happening,
  decided,
} from './lifecycle/happening.js';
import { onMintFailed } from './lifecycle/on-mint-failed.js';
import { onMinted } from './lifecycle/on-minted.js';
import { onRejection, onReplayAccepted } from './lifecycle/on-rejection.js';
import { onRequest } from './lifecycle/on-request.js';
import { onCleared, onCredentialsChanged, onFlightLost } from './lifecycle/on-reset.js';
import { onTokenCall, onTokenCallEnded } from './lifecycle/on-token-call.js';
import type { LifecyclePolicy } from './lifecycle/policy.js';
import type { TokenState } from './lifecycle/state.js';

export {
  type AccountState,
  type CoolDownCause,
  type EndpointGate,
  type Flight,
  type HeldToken,
  type RefreshReason,
  type TokenState,
  initialAccount,
  initialState,
  phaseOf,
  withAccount,
} from './lifecycle/state.js';
export { isOpen, isSpentAccount, nextCallInMs, rejectedOf } from './lifecycle/gates.js';
export { isSpent } from './lifecycle/is-spent.js';
export { type LifecyclePolicy, defaultPolicy } from './lifecycle/policy.js';
export type {
  Answers,
  Concern,
  ElsewhereAnswer,
  ElsewhereHappening,
  Happening,
  Notice,
  RefusalCause,
  RejectedSend,
  RejectionAnswer,
  RequestAnswer,
} from './lifecycle/happening.js';
export { patienceMs, servableToken } from './lifecycle/on-request.js';

/** Decides on what the shared store reports about other processes. */
type DecideElsewhere = <Failure>(
  state: TokenState<Failure>,
  now: Instant,
  happening: ElsewhereHappening<Failure>,
  policy: LifecyclePolicy,
) => Decision<Failure, ElsewhereAnswer | FlightAnswer>;

/**
 * Decides what follows from an event. Pure: the same arguments give the same decision.
 *
 * @param elsewhere - comes with the store; without it, nothing is known about other processes
 */
export function decide<Failure, Kind extends Happening<Failure>['kind']>(
  state: TokenState<Failure>,
  now: Instant,
  happening: Extract<Happening<Failure>, { kind: Kind }>,
  policy: LifecyclePolicy,
  elsewhere?: DecideElsewhere,
): Decision<Failure, Answers<Failure>[Kind]>;
export function decide<Failure>(
  state: TokenState<Failure>,
  now: Instant,
  happening: Happening<Failure>,
  policy: LifecyclePolicy,
  elsewhere?: DecideElsewhere,
): Decision<Failure, Answers<Failure>[keyof Answers<Failure>]> {
  switch (happening.kind) {
    case 'requested':
      return onRequest(state, now, happening, policy);
    case 'rejected':
      return onRejection(state, now, happening, policy);
    case 'replay-accepted':
      return onReplayAccepted(state, now, happening.forcedMint, policy);
    case 'token-call':
      return onTokenCall(state, now, policy);
    case 'token-call-ended':
      return onTokenCallEnded(state, now, happening);
    case 'minted':
      return onMinted(state, now, happening, policy);
    case 'mint-failed':
      return onMintFailed(state, now, happening, policy);
    case 'flight-lost':
      return onFlightLost(state);
    case 'credentials-changed':
      return onCredentialsChanged(state);
    case 'cleared':
      return onCleared(state);
    default:
      return elsewhere?.(state, now, happening, policy) ?? decided(state, undefined);
  }
}
