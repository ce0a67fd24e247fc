import type { AccessToken } from './access-token.js';
import { backOffMs, jittered, type BackOff } from './back-off.js';
import { isPast, later, msUntil, type Instant } from './instant.js';
import { refreshWindows } from './refresh-windows.js';

/*
 * The life of one token, decided without a clock, a timer, a network or axios: a state, the present moment
 * and what happened go in; the next state, an answer and notices come out. `token-source/` acts on them.
 *
 * Three independent parts: a token slot, an endpoint gate (may the token endpoint be called at all?) and a
 * rejection gate (may a 401 force a new token?). A token may be fine while the endpoint cools down, and a
 * storm of 401s must not block a refresh that is due to expiry.
 */

// ---- state ---------------------------------------------------------------------------------------------------

/** Why a flight was started. */
export type RefreshReason = 'cold' | 'early' | 'last' | 'expired' | 'rejected' | 'revalidate';

/** Why the token endpoint is left alone for a while. */
export type CoolDownCause = 'transient' | 'server-set' | 'credentials';

export type TokenSlot = { readonly kind: 'empty' } | HeldToken;

export interface HeldToken {
  readonly kind: 'held';
  readonly token: AccessToken;
  /** From here on a refresh runs in the background, or is wanted. */
  readonly refreshAt: Instant;
  /** From here on callers wait for the refresh; absent while the life is unknown. */
  readonly mandatoryAt?: Instant;
  readonly expiresAt?: Instant;
  /** Length of the early window in milliseconds: the back-off after a failed refresh follows it. */
  readonly earlyMs: number;
  /** It drew a 401: callers wait for its replacement. */
  readonly suspect: boolean;
  /** It was minted because of a 401: if its replay draws another one, the token was not the cause. */
  readonly forced: boolean;
  /** While no replay has been accepted, and until then at the latest, any 401 on a forced token counts as that. */
  readonly onTrialUntil?: Instant;
  /** The endpoint returned this very token again: it is not asked again before. */
  readonly unchangedUntil?: Instant;
}

export type EndpointGate<Failure> =
  | { readonly kind: 'open' }
  | {
      readonly kind: 'cooling';
      readonly cause: CoolDownCause;
      readonly until: Instant;
      /** How many failures of this cause came in a row. */
      readonly failures: number;
      readonly failure: Failure;
    };

export interface RejectionGate {
  /** Closed until then; absent while it has never been closed. */
  readonly closedUntil?: Instant;
  readonly lastClosedAt?: Instant;
  /** How often it closed in a row. */
  readonly closings: number;
}

/** The one refresh that is under way. */
export interface Flight {
  readonly id: number;
  readonly reason: RefreshReason;
}

/** Everything known about one token. `Failure` is opaque here: it is kept and handed back. */
export interface TokenState<Failure = unknown> {
  readonly slot: TokenSlot;
  readonly endpoint: EndpointGate<Failure>;
  readonly rejection: RejectionGate;
  readonly flight?: Flight;
  readonly nextFlightId: number;
  /** How long the latest mints took, newest last, in milliseconds. */
  readonly recentMintsMs: readonly number[];
  /** When token calls went out, oldest first; kept only where the provider sets a budget. */
  readonly tokenCallsAt: readonly Instant[];
}

/** The numbers that govern a life. All durations in milliseconds. */
export interface LifecyclePolicy {
  readonly earlyWindowMs?: number | undefined;
  readonly mandatoryWindowMs?: number | undefined;
  readonly singleActiveToken: boolean;
  readonly revalidateMs: number;
  readonly maxStaleMs: number;
  readonly onCredentialsRejected: 'keep' | 'drop';
  /** At most this many token calls in a sliding window. */
  readonly tokenBudget?: { readonly calls: number; readonly windowMs: number } | undefined;
  readonly transientWithToken: BackOff;
  readonly transientWithoutToken: BackOff;
  readonly credentials: BackOff;
  readonly longestRetryAfterMs: number;
  readonly rejectionGate: BackOff & { readonly forgetAfterMs: number };
}

export const defaultPolicy: LifecyclePolicy = Object.freeze({
  singleActiveToken: false,
  revalidateMs: 15 * 60_000,
  maxStaleMs: 0,
  onCredentialsRejected: 'keep',
  transientWithToken: { firstMs: 5_000, longestMs: 60_000 },
  transientWithoutToken: { firstMs: 1_000, longestMs: 30_000 },
  credentials: { firstMs: 5_000, longestMs: 300_000 },
  longestRetryAfterMs: 3_600_000,
  rejectionGate: { firstMs: 1_000, longestMs: 60_000, forgetAfterMs: 300_000 },
});

export function initialState<Failure>(): TokenState<Failure> {
  return {
    slot: { kind: 'empty' },
    endpoint: { kind: 'open' },
    rejection: { closings: 0 },
    nextFlightId: 1,
    recentMintsMs: [],
    tokenCallsAt: [],
  };
}

// ---- what happens, and what is answered ----------------------------------------------------------------------

/** What happened. `random` values lie in [0, 1). */
export type Happening<Failure> =
  /** A caller wants a token; `not` is the one that it was refused with. */
  | { readonly kind: 'requested'; readonly not?: string | undefined }
  /** The resource server answered 401 to this token, on the first send of a request or on its replay. */
  | { readonly kind: 'rejected'; readonly value: string; readonly onReplay: boolean }
  /** A replay with this token was accepted. */
  | { readonly kind: 'replayed'; readonly value: string }
  /** A token call is about to go out. */
  | { readonly kind: 'token-call' }
  | {
      readonly kind: 'minted';
      readonly flightId: number;
      readonly token: AccessToken;
      /** When the token call was sent: the life counts from here. */
      readonly sentAt: Instant;
      /** Absent: nobody knows. */
      readonly lifetimeMs?: number | undefined;
      /** How long the token call took; absent if the token came from the shared store. */
      readonly tookMs?: number | undefined;
      readonly random: number;
    }
  | {
      readonly kind: 'mint-failed';
      readonly flightId: number;
      readonly failure: Failure;
      /** `local`: the fault is on our side of the wire, a vault for instance; nothing needs protection from us. */
      readonly cause: CoolDownCause | 'local';
      readonly retryAfterMs?: number | undefined;
      readonly random: number;
    }
  | { readonly kind: 'credentials-changed' }
  | { readonly kind: 'cleared' };

export type RequestAnswer<Failure> =
  | {
      readonly kind: 'serve';
      readonly token: AccessToken;
      readonly stale: boolean;
      readonly refresh?: Flight;
    }
  | { readonly kind: 'wait'; readonly flight: Flight }
  | { readonly kind: 'fail'; readonly because: RefusalCause<Failure>; readonly retryInMs: number };

export type RefusalCause<Failure> =
  | { readonly kind: 'cooling'; readonly cause: CoolDownCause; readonly failure: Failure }
  | { readonly kind: 'budget-spent' }
  /** The only token to be had is the one that was refused. */
  | { readonly kind: 'same-token' };

export type RejectionAnswer =
  | { readonly kind: 'replay' }
  | {
      readonly kind: 'pass';
      readonly because: 'already-replayed' | 'rejection-gate-closed' | 'endpoint-cooling';
    };

export type FlightAnswer =
  { readonly kind: 'accepted' } | { readonly kind: 'refused' } | { readonly kind: 'superseded' };

export type CallAnswer =
  { readonly kind: 'go' } | { readonly kind: 'budget-spent'; readonly retryInMs: number };

interface Answers<Failure> {
  requested: RequestAnswer<Failure>;
  rejected: RejectionAnswer;
  replayed: undefined;
  'token-call': CallAnswer;
  minted: FlightAnswer;
  'mint-failed': FlightAnswer;
  'credentials-changed': undefined;
  cleared: undefined;
}

/** Something worth telling whoever watches. */
export type Notice =
  | { readonly kind: 'cooling-down'; readonly cause: CoolDownCause; readonly delayMs: number }
  | { readonly kind: 'cool-down-ended' }
  | { readonly kind: 'rejection-gate-closed'; readonly delayMs: number };

export interface Decision<Failure, Answer> {
  readonly state: TokenState<Failure>;
  readonly answer: Answer;
  readonly notices: readonly Notice[];
}

/** Decides what follows from what happened. Pure: the same arguments give the same decision. */
export function decide<Failure, Kind extends Happening<Failure>['kind']>(
  state: TokenState<Failure>,
  now: Instant,
  happening: Extract<Happening<Failure>, { kind: Kind }>,
  policy: LifecyclePolicy,
): Decision<Failure, Answers<Failure>[Kind]>;
export function decide<Failure>(
  state: TokenState<Failure>,
  now: Instant,
  happening: Happening<Failure>,
  policy: LifecyclePolicy,
): Decision<Failure, Answers<Failure>[keyof Answers<Failure>]> {
  switch (happening.kind) {
    case 'requested':
      return onRequest(state, now, happening.not, policy);
    case 'rejected':
      return onRejection(state, now, happening, policy);
    case 'replayed':
      return onReplayAccepted(state, happening.value);
    case 'token-call':
      return onTokenCall(state, now, policy);
    case 'minted':
      return onMinted(state, now, happening, policy);
    case 'mint-failed':
      return onMintFailed(state, now, happening, policy);
    case 'credentials-changed':
      return onCredentialsChanged(state);
    case 'cleared':
      return decided(
        {
          ...initialState<Failure>(),
          nextFlightId: state.nextFlightId,
          tokenCallsAt: state.tokenCallsAt,
        },
        undefined,
      );
  }
}

// ---- reading a state -----------------------------------------------------------------------------------------

/** How far a held token is into its life. */
export type Phase = 'fresh' | 'early' | 'last' | 'expired';

export function phaseOf(held: HeldToken, now: Instant): Phase {
  if (held.expiresAt !== undefined && isPast(held.expiresAt, now)) return 'expired';
  if (held.mandatoryAt !== undefined && isPast(held.mandatoryAt, now)) return 'last';
  return isPast(held.refreshAt, now) ? 'early' : 'fresh';
}

/** Milliseconds until the token endpoint may be called, and why not now; `undefined` if it may. */
function endpointClosed<Failure>(
  state: TokenState<Failure>,
  now: Instant,
  policy: LifecyclePolicy,
): { because: RefusalCause<Failure>; retryInMs: number } | undefined {
  const { endpoint } = state;
  if (endpoint.kind === 'cooling' && !isPast(endpoint.until, now)) {
    const { cause, failure } = endpoint;
    return {
      because: { kind: 'cooling', cause, failure },
      retryInMs: msUntil(endpoint.until, now),
    };
  }
  const retryInMs = budgetFreeInMs(state, now, policy);
  return retryInMs > 0 ? { because: { kind: 'budget-spent' }, retryInMs } : undefined;
}

function budgetFreeInMs(state: TokenState, now: Instant, { tokenBudget }: LifecyclePolicy): number {
  if (tokenBudget === undefined) return 0;
  const oldest = state.tokenCallsAt.at(-tokenBudget.calls);
  return oldest === undefined ? 0 : msUntil(later(oldest, tokenBudget.windowMs), now);
}

function rejectionGateClosed({ rejection }: TokenState, now: Instant): boolean {
  return rejection.closedUntil !== undefined && !isPast(rejection.closedUntil, now);
}

// ---- one function for each thing that happens ----------------------------------------------------------------

function onRequest<Failure>(
  state: TokenState<Failure>,
  now: Instant,
  not: string | undefined,
  policy: LifecyclePolicy,
): Decision<Failure, RequestAnswer<Failure>> {
  const held = state.slot.kind === 'held' ? state.slot : undefined;
  const phase = held === undefined ? 'empty' : phaseOf(held, now);
  const isRefusedOne = held !== undefined && held.token.value === not;
  const closed = endpointClosed(state, now, policy);

  if (held !== undefined && !held.suspect && phase !== 'expired') {
    if (isRefusedOne)
      return decided(state, { kind: 'fail', because: { kind: 'same-token' }, retryInMs: 0 });
    const unchanged = held.unchangedUntil !== undefined && !isPast(held.unchangedUntil, now);
    if (phase === 'fresh' || unchanged || (phase === 'early' && closed !== undefined)) {
      return decided(state, serve(held));
    }
    if (phase === 'early') {
      const reason = held.expiresAt === undefined ? 'revalidate' : 'early';
      const { flight, ...next } = withFlight(state, reason);
      return decided({ ...next, flight }, { ...serve(held), refresh: flight });
    }
  }

  // From here on a replacement is wanted: there is no token, or its last moments have come, or it drew a 401.
  if (closed !== undefined) {
    if (held !== undefined && !isRefusedOne) {
      if (phase !== 'expired') return decided(state, serve(held));
      if (isServableStale(held, now, policy))
        return decided(state, { ...serve(held), stale: true });
    }
    return decided(state, { kind: 'fail', ...closed });
  }
  const next = withFlight(state, reasonFor(held, phase));
  return decided(next, { kind: 'wait', flight: next.flight });
}

function serve({ token }: HeldToken): { kind: 'serve'; token: AccessToken; stale: boolean } {
  return { kind: 'serve', token, stale: false };
}

/** A token that drew a 401 is never served past its expiry, whatever `maxStale` allows. */
function isServableStale(held: HeldToken, now: Instant, { maxStaleMs }: LifecyclePolicy): boolean {
  return (
    maxStaleMs > 0 &&
    !held.suspect &&
    held.expiresAt !== undefined &&
    !isPast(later(held.expiresAt, maxStaleMs), now)
  );
}

function reasonFor(held: HeldToken | undefined, phase: Phase | 'empty'): RefreshReason {
  if (held === undefined || phase === 'empty') return 'cold';
  if (held.suspect) return 'rejected';
  return phase === 'last' ? 'last' : 'expired';
}

/** Joins the flight that is under way, or starts one. */
function withFlight<Failure>(
  state: TokenState<Failure>,
  reason: RefreshReason,
): TokenState<Failure> & { flight: Flight } {
  if (state.flight !== undefined) return { ...state, flight: state.flight };
  return {
    ...state,
    flight: { id: state.nextFlightId, reason },
    nextFlightId: state.nextFlightId + 1,
  };
}

function onRejection<Failure>(
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
    endpointClosed(state, now, policy) === undefined || state.flight !== undefined
      ? { kind: 'replay' }
      : { kind: 'pass', because: 'endpoint-cooling' },
  );
}

function closeRejectionGate<Failure, Answer>(
  state: TokenState<Failure>,
  now: Instant,
  answer: Answer,
  { rejectionGate }: LifecyclePolicy,
): Decision<Failure, Answer> {
  if (rejectionGateClosed(state, now)) return decided(state, answer);
  const { lastClosedAt, closings } = state.rejection;
  const forgotten =
    lastClosedAt !== undefined && isPast(later(lastClosedAt, rejectionGate.forgetAfterMs), now);
  const inARow = forgotten ? 0 : closings;
  const delayMs = backOffMs(rejectionGate, inARow);
  return {
    state: {
      ...state,
      rejection: { closedUntil: later(now, delayMs), lastClosedAt: now, closings: inARow + 1 },
    },
    answer,
    notices: [{ kind: 'rejection-gate-closed', delayMs }],
  };
}

function onReplayAccepted<Failure>(
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

function onTokenCall<Failure>(
  state: TokenState<Failure>,
  now: Instant,
  policy: LifecyclePolicy,
): Decision<Failure, CallAnswer> {
  if (policy.tokenBudget === undefined) return decided(state, { kind: 'go' });
  const retryInMs = budgetFreeInMs(state, now, policy);
  if (retryInMs > 0) return decided(state, { kind: 'budget-spent', retryInMs });
  const tokenCallsAt = [...state.tokenCallsAt, now].slice(-policy.tokenBudget.calls);
  return decided({ ...state, tokenCallsAt }, { kind: 'go' });
}

function onMinted<Failure>(
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

  const next: TokenState<Failure> = {
    ...landed,
    slot: previous === undefined ? fresh : successorOf(previous, fresh, now, policy),
    endpoint: { kind: 'open' },
    recentMintsMs,
  };
  const recovered: Notice[] =
    state.endpoint.kind === 'cooling' ? [{ kind: 'cool-down-ended' }] : [];
  if (previous?.suspect !== true || !isSameString)
    return { ...decided(next, accepted), notices: recovered };
  // The endpoint insists on this very token, so asking again at once would bring nothing else.
  const closed = closeRejectionGate(next, now, accepted, policy);
  return { ...closed, notices: [...recovered, ...closed.notices] };
}

/** What is held after `fresh` came for `previous`. */
function successorOf(
  previous: HeldToken,
  fresh: HeldToken,
  now: Instant,
  policy: LifecyclePolicy,
): HeldToken {
  if (previous.token.value !== fresh.token.value) {
    if (!previous.suspect) return fresh;
    return { ...fresh, forced: true, onTrialUntil: later(now, policy.rejectionGate.firstMs) };
  }
  if (isRenewal(previous, fresh, now)) return fresh;
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

const accepted: FlightAnswer = { kind: 'accepted' };

function heldToken(
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

function onMintFailed<Failure>(
  state: TokenState<Failure>,
  now: Instant,
  failed: Extract<Happening<Failure>, { kind: 'mint-failed' }>,
  policy: LifecyclePolicy,
): Decision<Failure, FlightAnswer> {
  const { flight, ...landed } = state;
  if (flight?.id !== failed.flightId) return decided(state, { kind: 'superseded' });

  const { failure } = failed;
  const hasUsableToken = state.slot.kind === 'held' && phaseOf(state.slot, now) !== 'expired';
  // Without a token the next request may ask at once; with one, a broken vault is not asked at every request.
  if (failed.cause === 'local' && !hasUsableToken) return decided(landed, { kind: 'refused' });
  const cause = failed.cause === 'local' ? 'transient' : failed.cause;
  const { endpoint } = state;
  const earlier = endpoint.kind === 'cooling' && endpoint.cause === cause ? endpoint.failures : 0;
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
  switch (failed.cause) {
    case 'server-set':
      return Math.min(failed.retryAfterMs ?? 0, policy.longestRetryAfterMs);
    case 'credentials':
      return jittered(backOffMs(policy.credentials, earlier), failed.random);
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

function onCredentialsChanged<Failure>(state: TokenState<Failure>): Decision<Failure, undefined> {
  if (state.endpoint.kind !== 'cooling' || state.endpoint.cause !== 'credentials') {
    return decided(state, undefined);
  }
  return {
    state: { ...state, endpoint: { kind: 'open' } },
    answer: undefined,
    notices: [{ kind: 'cool-down-ended' }],
  };
}

function decided<Failure, Answer>(
  state: TokenState<Failure>,
  answer: Answer,
): Decision<Failure, Answer> {
  return { state, answer, notices: [] };
}
