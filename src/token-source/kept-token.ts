import pMemoize from 'p-memoize';

import type { BearerError } from '../errors/index.js';
import type { AccessToken } from '../token/access-token.js';
import { msUntil, type Instant } from '../token/instant.js';
import {
  decide,
  initialAccount,
  initialState,
  isSpent,
  nextCallInMs,
  patienceMs,
  rejectedOf,
  servableToken,
  withAccount,
  type Answers,
  type Flight,
  type Happening,
  type Notice,
  type RefusalCause,
  type RejectedSend,
  type RejectionAnswer,
  type TokenState,
} from '../token/lifecycle.js';
import type { TokenParams } from '../token/token-params.js';
import type { Account } from './accounts.js';
import { acquire, type TokenWanted } from './acquisition.js';
import type { Adopted } from '../sharing/adoption.js';
import { inContextOfNoRequest } from '../platform/async-context.js';
import type { Clock } from '../platform/clock.js';
import { Credentials } from './credentials.js';
import type { Keepable } from './kept-tokens.js';
import { Pulse, SILENT } from '../platform/pulse.js';
import { failedFlight, refusal, toldWhen } from './refusal.js';
import type { Acquired } from '../sharing/acquired.js';
import type { HeldHere } from '../sharing/refresh.js';
import type { SharedToken } from '../sharing/shared-token.js';
import type { SourceContext } from './source-context.js';
import { orLocalFailure } from '../token-call/token-call-failure.js';
import { waitFor, type WaitLimits } from '../platform/waiting.js';

/** How long the answer of two clocks is good, as long as one of them agrees. */
const CLOCKS_AGREE_MS = 10;

/** Of the account of a token whose credentials have not been asked for. */
const NOTHING_KNOWN = initialAccount<BearerError>();

/**
 * One token of a source, kept usable: the shell that acts on what `token/lifecycle` decides. It owns the one flight
 * that renews the token, and what that needs.
 */
export class KeptToken implements TokenWanted, Keepable {
  readonly source: SourceContext;
  readonly params: TokenParams;
  readonly credentials: Credentials;
  /** Where the token is shared with other processes. */
  readonly shared: SharedToken | undefined;
  #state: TokenState<BearerError> = initialState();
  /** There from its token call on, as long as there is something to remember of it. */
  #account: Account | undefined;

  readonly #clock: Clock;
  #singleFlight: ((flight: Flight) => Promise<AccessToken>) | undefined;
  /** The flight that is under way. */
  #flying: { readonly abort: AbortController; readonly pulse: Pulse } | undefined;
  #cancelWarmTimer: (() => void) | undefined;

  // Both clocks have said that this token is fresh, and the wall clock is within these bounds since.
  #fresh: AccessToken | undefined;
  #freshFromMs = 0;
  #freshUntilMs = 0;

  constructor(source: SourceContext, params: TokenParams) {
    this.source = source;
    this.params = params;
    this.credentials = new Credentials(source, params);
    this.#clock = source.options.clock;
    this.shared = source.share?.({
      held: () => this.#heldHere(),
      adopt: (adopted) => this.#adopt(adopted),
    });
  }

  // ---- what callers ask ----------------------------------------------------------------------------------------

  /**
   * The token if it is fresh by both clocks.
   *
   * Every request asks this, and reading clocks is most of what it costs. So the monotonic one is read again only
   * after {@link CLOCKS_AGREE_MS}, or once the wall clock has gone back.
   */
  peek(): AccessToken | undefined {
    const wallMs = this.#clock.now();
    if (wallMs < this.#freshUntilMs && wallMs >= this.#freshFromMs) return this.#fresh;
    const { slot } = this.#state;
    if (slot.kind === 'empty' || slot.suspect) return undefined;
    const monoMs = this.#clock.monotonic();
    const freshUntil = Math.min(slot.refreshAt.monoMs, this.shared?.recheckAt ?? Infinity);
    const leftMs = Math.min(slot.refreshAt.wallMs - wallMs, freshUntil - monoMs);
    if (!(leftMs > 0)) return undefined;
    this.#fresh = slot.token;
    this.#freshFromMs = wallMs;
    this.#freshUntilMs = wallMs + Math.min(leftMs, CLOCKS_AGREE_MS);
    return slot.token;
  }

  /** A usable token for one caller; `undefined` if something has changed while it waited, so that it asks again. */
  async get(
    { not, minRemainingMs }: Omit<Extract<Happening<BearerError>, { kind: 'requested' }>, 'kind'>,
    limits: () => WaitLimits,
  ): Promise<AccessToken | undefined> {
    const answer = this.decide({ kind: 'requested', not, minRemainingMs });
    switch (answer.kind) {
      case 'serve':
        if (answer.refresh === undefined) this.#recheckInBackground();
        // Where the refresh would end with this caller's request, this caller waits for it a little.
        else if (!this.#refreshInBackground(answer.refresh))
          return this.#await(answer.refresh, not, limits(), patienceAhead(limits()));
        if (answer.stale) this.source.emit('servedStale', {});
        return answer.token;
      case 'fail':
        if (await this.#credentialsChanged(answer.because, limits())) return undefined;
        if (await this.#foundElsewhere(limits())) return undefined;
        throw refusal(this.source.provider.name, answer.because, answer.retryInMs);
      case 'wait':
        return this.#await(answer.flight, not, limits());
    }
  }

  reject(value: string, on: RejectedSend): RejectionAnswer {
    const answer = this.decide({ kind: 'rejected', value, on });
    const { slot } = this.state;
    if (slot.kind === 'held' && slot.suspect && slot.token.value === value)
      this.shared?.remember(value);
    // No token can be fetched now; but another process may have one, and should know of this 401.
    if (answer.kind === 'pass' && answer.because === 'endpoint-cooling')
      void this.shared?.recheck(value);
    return answer;
  }

  /** Forgets the token and every cool-down; whoever waits asks again. */
  forget(): void {
    this.decide({ kind: 'cleared' });
    this.credentials.forget();
    this.#dropAccount();
    this.#cancelWarmTimer?.();
    this.#stopFlying();
  }

  /** Lets go of timers and of the store, and leaves the stored token to the other processes. */
  letGo(): void {
    this.#cancelWarmTimer?.();
    this.shared?.close();
  }

  isRefreshing(): boolean {
    return this.state.flight !== undefined;
  }

  isSpent(): boolean {
    return isSpent(this.state, this.source.now(), this.source.options.policy);
  }

  /** Until it expires; `undefined` if there is none or nobody knows. */
  timeToExpiryMs(): number | undefined {
    const { slot } = this.state;
    if (slot.kind === 'empty' || slot.expiresAt === undefined) return undefined;
    return Math.max(0, msUntil(slot.expiresAt, this.source.now()));
  }

  // ---- one caller's wait ---------------------------------------------------------------------------------------

  async #await(
    flight: Flight,
    not: string | undefined,
    limits: WaitLimits,
    patience = patienceMs(this.state, this.source.now(), not),
  ): Promise<AccessToken | undefined> {
    const { source } = this;
    try {
      const token = await waitFor(this.#landing(flight), impatient(limits, patience));
      if (token.value === not) throw refusal(source.provider.name, { kind: 'same-token' }, 0);
      return token;
    } catch (error) {
      if (error === SILENT) this.#lose(flight);
      if (error === SILENT || error === OVERTAKEN) return undefined;
      if (error !== OUT_OF_PATIENCE && !(error instanceof FlightFailed)) throw error;
      // The token in hand may still do: it is only ever replaced by a better one.
      const served = servableToken(this.state, source.now(), not, source.options.policy);
      if (error instanceof FlightFailed && served === undefined) throw error.reason;
      // It drew a 401, or expired, while this caller waited: then the flight is worth waiting for after all.
      if (error === OUT_OF_PATIENCE && patienceMs(this.state, source.now(), not) === undefined)
        return undefined;
      if (served?.stale === true) source.emit('servedStale', {});
      return served?.token;
    }
  }

  /** While rejected credentials cool down, a changed one takes effect on the next request. */
  async #credentialsChanged(
    because: RefusalCause<BearerError>,
    limits: WaitLimits,
  ): Promise<boolean> {
    const account = this.#account;
    if (because.kind !== 'cooling' || because.cause !== 'credentials' || account === undefined)
      return false;
    const haveChanged = await this.credentials.haveChanged(account, limits);
    // Another caller saw the change, or cleared the source.
    if (rejectedOf(this.state) === undefined) return true;
    if (!haveChanged) return false;
    this.decide({ kind: 'credentials-changed' });
    return true;
  }

  /** While we leave the token endpoint alone, another process may have brought a token. */
  async #foundElsewhere(limits: WaitLimits): Promise<boolean> {
    const looking = this.shared?.recheckIfDue();
    if (looking === undefined) return false;
    const before = this.state.slot;
    await waitFor(looking, limits);
    return this.state.slot !== before;
  }

  // ---- one refresh ---------------------------------------------------------------------------------------------

  /** Tells whether the refresh goes on however soon the request is over that has asked for it. */
  #refreshInBackground(flight: Flight): boolean {
    if (this.#flying !== undefined) {
      this.#loseIfSilent(flight, this.#flying.pulse);
      return true;
    }
    // It belongs to no caller: a failure is told by an event, and the token in hand is served on.
    return this.source.outlivesRequest(inContextOfNoRequest(() => this.#fly(flight)));
  }

  #recheckInBackground(): void {
    const looking = this.shared?.recheckIfDue();
    if (looking !== undefined) this.source.outlivesRequest(looking);
  }

  /** What a flight brings to one caller; rejects with {@link SILENT} if it is somebody else's and can never land. */
  #landing(flight: Flight): Promise<AccessToken> {
    const pulse = this.#flying?.pulse;
    const flown = this.#fly(flight);
    if (pulse === undefined) {
      this.source.outlivesRequest(flown);
      return flown;
    }
    const joined = pulse.attend(flown).catch((error: unknown) => {
      throw isOurs(error) ? error : SILENT;
    });
    joined.catch(() => undefined); // The caller may have left already.
    return joined;
  }

  #loseIfSilent(flight: Flight, pulse: Pulse): void {
    if (!pulse.isSilent()) return;
    this.#clock.schedule(() => {
      if (pulse.isSilent()) this.#lose(flight);
    }, 0);
  }

  /** The next caller starts another flight in its place. */
  #lose(flight: Flight): void {
    if (this.state.flight?.id !== flight.id) return;
    this.decide({ kind: 'flight-lost' });
    this.#stopFlying();
  }

  #stopFlying(): void {
    this.#flying?.abort.abort();
    this.#flying?.pulse.stop();
    this.#flying = undefined;
  }

  /** Starts a flight, or joins it if it is under way. */
  #fly(flight: Flight): Promise<AccessToken> {
    if (this.#flying !== undefined) this.source.emit('joined', { reason: flight.reason });
    // p-memoize with `cache: false` is the single flight and nothing else: expiry and invalidation are the lifecycle's.
    this.#singleFlight ??= pMemoize((current: Flight) => this.#refresh(current), {
      cacheKey: ([current]) => current.id,
      cache: false,
    });
    const joined = this.#singleFlight(flight);
    // A flight belongs to nobody: if everyone has left when it fails, nobody is there to handle that.
    joined.catch(() => undefined);
    return joined;
  }

  async #refresh(flight: Flight): Promise<AccessToken> {
    const startedAt = this.source.now();
    const abort = new AbortController();
    const pulse = new Pulse(this.#clock);
    const flying = { abort, pulse };
    this.#flying = flying;
    try {
      // A flight that threw would stay open for ever.
      const acquired = await orLocalFailure(this.source.provider.name, () =>
        acquire(this, flight, { signal: abort.signal, pulse }),
      );
      switch (acquired.kind) {
        case 'abandoned':
          throw OVERTAKEN;
        case 'stay':
          return this.#stayWithTokenInHand();
        case 'minted':
        case 'adopted':
          return this.#land(flight, acquired, startedAt);
        default:
          throw this.#giveUp(flight, acquired);
      }
    } finally {
      pulse.stop();
      if (this.#flying === flying) this.#flying = undefined;
    }
  }

  #land(
    flight: Flight,
    acquired: Extract<Acquired, { kind: 'minted' | 'adopted' }>,
    startedAt: Instant,
  ): AccessToken {
    const minted = acquired.kind === 'minted' ? acquired.minted : undefined;
    const { token, sentAt, lifetimeMs } = acquired.kind === 'minted' ? acquired.minted : acquired;
    const answer = this.decide({
      kind: 'minted',
      flightId: flight.id,
      token,
      sentAt,
      lifetimeMs,
      tookMs: minted?.tookMs,
      random: this.source.options.random(),
    });
    if (answer.kind === 'superseded') throw OVERTAKEN;
    this.credentials.forget();
    this.#dropAccount();
    this.#singleFlight = undefined; // Half of what a token would take up in memory until its next refresh.
    this.#keepWarm();
    this.#tellRefreshed(token, {
      reason: flight.reason,
      from: minted === undefined ? 'store' : 'endpoint',
      startedAt,
      attempts: minted?.attempts ?? 0,
    });
    return token;
  }

  /** Another process renews the token; this one looks again a little later. */
  #stayWithTokenInHand(): AccessToken {
    const { slot } = this.state;
    if (slot.kind === 'empty') throw OVERTAKEN;
    this.#keepWarm();
    return slot.token;
  }

  /** Closes the gate that this failure calls for, and wraps the error so that waiting callers know it is the flight's. */
  #giveUp(flight: Flight, acquired: Parameters<typeof failedFlight>[0]): Error {
    const { source } = this;
    const { options } = source;
    const failed = failedFlight(acquired, {
      flightId: flight.id,
      random: options.random(),
    });
    if (this.decide(failed).kind === 'superseded') return OVERTAKEN;
    const { slot } = this.state;
    const nextAttemptInMs = Math.ceil(nextCallInMs(this.state, source.now(), options.policy));
    const error = toldWhen(failed.failure, nextAttemptInMs);
    source.emit('refreshFailed', {
      reason: flight.reason,
      error,
      severity: failed.cause === 'credentials' || failed.cause === 'local' ? 'error' : 'warning',
      nextAttemptInMs,
      stillServing:
        !(slot.kind === 'held' && slot.suspect) &&
        servableToken(this.state, source.now(), undefined, options.policy) !== undefined,
    });
    this.#keepWarm(1_000);
    // Rejected credentials need to be changed; what has failed since does not alter that.
    const rejected = rejectedOf(this.state)?.failure;
    return new FlightFailed(
      rejected === undefined || rejected === failed.failure
        ? error
        : toldWhen(rejected, nextAttemptInMs),
    );
  }

  // ---- shared with other processes -----------------------------------------------------------------------------

  #heldHere(): HeldHere | undefined {
    const { slot } = this.state;
    if (slot.kind === 'empty') return undefined;
    const { token, suspect, expiresAt } = slot;
    return {
      value: token.value,
      scope: token.scope,
      rejected: suspect,
      remainingMs: expiresAt === undefined ? undefined : msUntil(expiresAt, this.source.now()),
    };
  }

  /** Takes up a token that another process has brought, while nobody waits for one here. */
  #adopt({ token, sentAt, lifetimeMs }: Adopted): void {
    const { source } = this;
    const random = source.options.random();
    const found = { kind: 'found', token, sentAt, lifetimeMs, random } as const;
    if (source.isClosed || this.decide(found).kind === 'superseded') return;
    this.#keepWarm();
    this.#tellRefreshed(token, { reason: 'early', from: 'store', startedAt: sentAt, attempts: 0 });
  }

  // ---- ahead of time, while nobody asks ------------------------------------------------------------------------

  /** Sets the timer for the next refresh, or for the next attempt once a cool-down is over. */
  #keepWarm(atLeastMs = 0): void {
    const { options, isClosed } = this.source;
    if (!options.keepWarm || isClosed) return;
    this.#cancelWarmTimer?.();
    const { slot } = this.state;
    const now = this.source.now();
    const refreshInMs = slot.kind === 'held' ? msUntil(slot.refreshAt, now) : 0;
    const delayMs = Math.max(atLeastMs, refreshInMs, nextCallInMs(this.state, now, options.policy));
    this.#cancelWarmTimer = inContextOfNoRequest(() =>
      this.#clock.schedule(() => this.#warm(), delayMs),
    );
  }

  /** Nobody waits for this refresh, so nothing keeps the process alive for it. */
  #warm(): void {
    const answer = this.decide({ kind: 'requested' });
    const flight =
      answer.kind === 'wait' ? answer.flight : answer.kind === 'serve' ? answer.refresh : undefined;
    // A flight sets the timer anew when it ends. Otherwise it was too early: timers of days are cut short, and some
    // endpoints return the token in hand until it expires.
    if (flight === undefined) this.#keepWarm(1_000);
    else this.#refreshInBackground(flight);
  }

  // ---- the shell around the decisions --------------------------------------------------------------------------

  get state(): TokenState<BearerError> {
    return withAccount(this.#state, this.#account?.state ?? NOTHING_KNOWN);
  }

  useAccount(credentials: object, url: string): void {
    const { source } = this;
    this.#account = source.accounts.of(credentials, url, source.now());
  }

  #dropAccount(): void {
    const { source } = this;
    if (this.#account === undefined || !source.accounts.drop(this.#account, source.now())) return;
    this.#account = undefined;
    this.#state = this.state;
  }

  /** Puts what happened to the lifecycle, takes up the next state, and tells what is worth telling. */
  decide<Kind extends Happening<BearerError>['kind']>(
    happening: Extract<Happening<BearerError>, { kind: Kind }>,
  ): Answers<BearerError>[Kind] {
    const { source } = this;
    const { state, answer, notices } = decide<BearerError, Kind>(
      this.state,
      source.now(),
      happening,
      source.options.policy,
    );
    this.#state = state;
    if (happening.kind === 'credentials-changed') this.#account = undefined;
    else if (this.#account !== undefined) this.#account.state = state.account;
    this.#freshUntilMs = 0;
    for (const notice of notices) this.#tell(notice);
    return answer;
  }

  #tell(notice: Notice): void {
    switch (notice.kind) {
      case 'cooling-down':
        this.source.emit('coolDownStarted', {
          cause: notice.cause,
          delayMs: Math.ceil(notice.delayMs),
        });
        break;
      case 'cool-down-ended':
        this.source.emit('coolDownEnded', {});
        break;
      case 'forced-mints-spent':
        this.source.emit('forcedMintsSpent', { delayMs: Math.ceil(notice.delayMs) });
    }
  }

  #tellRefreshed(
    token: AccessToken,
    how: {
      readonly reason: Flight['reason'];
      readonly from: 'endpoint' | 'store';
      readonly startedAt: Instant;
      readonly attempts: number;
    },
  ): void {
    const { wallMs, monoMs } = this.source.now();
    const { startedAt, ...told } = how;
    this.source.emit('refreshed', {
      ...told,
      tookMs: monoMs - startedAt.monoMs,
      expiresInMs: token.expiresAt === undefined ? undefined : token.expiresAt - wallMs,
    });
  }
}

/** A flight that failed, told apart from a caller's own abort or time-out. */
class FlightFailed extends Error {
  constructor(readonly reason: BearerError) {
    super(reason.message);
  }
}

/** Not an error but a caller's decision to take the token in hand: it lives on, and the refresh takes too long. */
const OUT_OF_PATIENCE = new Error('the token in hand will do');

function impatient(limits: WaitLimits, patience: number | undefined): WaitLimits {
  if (patience === undefined || patience >= (limits.timeout?.ms ?? Infinity)) return limits;
  return { ...limits, timeout: { ms: patience, error: () => OUT_OF_PATIENCE } };
}

/** How long a caller waits for a refresh ahead of time that would end with its request. */
const AHEAD_MS = 1_000;

function patienceAhead({ timeout }: WaitLimits): number {
  return Math.min(AHEAD_MS, (timeout?.ms ?? Infinity) / 2);
}

/** Cloudflare's runtime rejects what a request awaits of another one that is over, with an error of its own. */
function isOurs(error: unknown): error is Error {
  return error === OVERTAKEN || error === SILENT || error instanceof FlightFailed;
}

/** A flight whose outcome nobody wants any more, because `clear()` or `close()` came first. */
const OVERTAKEN = new Error('overtaken by clear()');
