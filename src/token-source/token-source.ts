import pMemoize from 'p-memoize';

import {
  type BearerError,
  isBearerError,
  MisconfigurationError,
  TokenAcquisitionError,
  TokenSourceClosedError,
  TokenWaitTimeoutError,
} from '../errors/index.js';
import { isProvider, type Provider } from '../grants/define-provider.js';
import { certainlyIssuedNothing } from '../grants/token-failure.js';
import { guardStore } from '../store/guarded-store.js';
import type { TokenStore } from '../store/token-store.js';
import type { AccessToken } from '../token/access-token.js';
import { later, msUntil, type Instant } from '../token/instant.js';
import {
  decide,
  patienceMs,
  phaseOf,
  servableToken,
  type CoolDownCause,
  type Flight,
  type Happening,
  type Notice,
  type RefusalCause,
  type RejectionAnswer,
} from '../token/lifecycle.js';
import { paramsKey, type TokenParams } from '../token/token-params.js';
import type { Adopted } from './adoption.js';
import { publish } from './diagnostics.js';
import { Entries, Entry } from './entry.js';
import {
  expiresInMs,
  Listeners,
  type TokenSourceEventName,
  type TokenSourceEvents,
  type TokenSourceListener,
} from './events.js';
import { tokenIdentity } from './identity.js';
import { boundedSignal, mint, MintFailure, type Minted } from './mint.js';
import {
  resolveOptions,
  type ResolvedTokenSourceOptions,
  type TokenSourceOptions,
} from './options.js';
import type { Acquired, HeldHere, SharedContext } from './shared-acquisition.js';
import { CoolingElsewhere, errorFromElsewhere, LedMintFailure } from './shared-failure.js';
import { SharedToken } from './shared-token.js';
import { waitFor, type WaitLimits } from './waiting.js';

export interface GetTokenOptions {
  /** Ends this caller's wait and nothing else; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Bounds this caller's wait, in milliseconds. @defaultValue none: a refresh is bounded by itself */
  readonly timeoutMs?: number | undefined;
  /** Parameters of the token request, where the provider takes any. */
  readonly params?: TokenParams | undefined;
  /** A token string that was refused: it is not handed back. */
  readonly not?: string | undefined;
}

const brand = Symbol.for('axios-bearer.token-source');
const NO_PARAMS: TokenParams = Object.freeze({});

/**
 * Yields a usable access token: cached, renewed ahead of time, and fetched once however many ask.
 *
 * Made by {@link createTokenSource}. Any number of axios instances may share one; two sources share nothing.
 */
export class TokenSource {
  readonly provider: Provider;
  readonly #options: ResolvedTokenSourceOptions;
  readonly #sharing: SharedContext | undefined;
  readonly #main: Entry;
  #others: Entries | undefined;
  #listeners: Listeners | undefined;
  #lastSerial = 0;
  #isClosed = false;
  #singleFlight: ((entry: Entry, flight: Flight) => Promise<AccessToken>) | undefined;

  /** @internal Use {@link createTokenSource}. */
  constructor(provider: Provider, options: ResolvedTokenSourceOptions) {
    this.provider = provider;
    this.#options = options;
    this.#sharing = options.store === undefined ? undefined : this.#sharingThrough(options.store);
    this.#main = this.#shared(new Entry(0, NO_PARAMS, ''));
    Object.defineProperty(this, brand, { value: true });
  }

  /**
   * The token if it is fresh, at once; `undefined` where it has to be waited for or is about to be renewed.
   *
   * It changes nothing and starts nothing: `getToken` does.
   */
  peek(params?: TokenParams): AccessToken | undefined {
    const entry = params === undefined ? this.#main : this.#known(paramsKey(params));
    const slot = entry?.state.slot;
    if (slot === undefined || slot.kind === 'empty' || slot.suspect) return undefined;
    const { clock } = this.#options;
    const { wallMs, monoMs } = slot.refreshAt;
    const freshUntil = Math.min(monoMs, entry?.shared?.recheckAt ?? Infinity);
    return clock.now() < wallMs && clock.monotonic() < freshUntil ? slot.token : undefined;
  }

  /**
   * A usable token, fetched if need be; all who ask at once share one token call.
   *
   * @throws {@link TokenAcquisitionError} if none can be had: `code`, `retryable` and `retryInMs` say why and when to come back
   * @throws {@link CredentialsRejectedError} if the provider rejects the credentials
   * @throws {@link MisconfigurationError} if the credentials function throws or returns nonsense, or a parameter is unknown
   * @throws {@link TokenWaitTimeoutError} if `timeoutMs` elapses first
   * @throws {@link TokenSourceClosedError} after `close()`
   * @throws the signal's reason if `signal` aborts
   */
  async getToken(options: GetTokenOptions = {}): Promise<AccessToken> {
    const limits = this.#limits(options);
    for (;;) {
      options.signal?.throwIfAborted();
      if (this.#isClosed) throw new TokenSourceClosedError(this.provider.name);
      // Looked up anew each time: after `clear()` another entry has the place of the one that was waited for.
      const entry = this.#entryFor(options.params);
      const answer = this.#decide(entry, { kind: 'requested', not: options.not });
      switch (answer.kind) {
        case 'serve':
          if (answer.refresh !== undefined) this.#refreshInBackground(entry, answer.refresh);
          else void entry.shared?.recheckIfDue();
          if (answer.stale) this.#emit('servedStale', { provider: this.provider.name });
          return answer.token;
        case 'fail':
          if (await this.#credentialsChanged(entry, answer.because, limits())) continue;
          if (await this.#foundElsewhere(entry, limits())) continue;
          throw this.#refusal(answer.because, answer.retryInMs);
        case 'wait': {
          const token = await this.#await(entry, answer.flight, options.not, limits());
          if (token !== undefined) return token;
        }
      }
    }
  }

  /**
   * Reports that the resource server rejected a token, and tells whether the request is worth sending again.
   *
   * Only the token named is doubted: a late 401 on one that was replaced long ago costs nothing.
   *
   * @param value - the token string that drew the 401
   * @param options - `onReplay`: the request had been sent again already
   */
  reject(
    value: string,
    options: { readonly onReplay?: boolean; readonly params?: TokenParams | undefined } = {},
  ): RejectionAnswer {
    const { onReplay = false } = options;
    const entry = this.#entryFor(options.params);
    const answer = this.#decide(entry, { kind: 'rejected', value, onReplay });
    // No token can be fetched now; but another process may have one, and should know of this 401.
    if (answer.kind === 'pass' && answer.because === 'endpoint-cooling')
      void entry.shared?.recheck(value);
    this.#emit('rejected', {
      provider: this.provider.name,
      consequence: answer.kind === 'replay' ? 'replay' : answer.because,
    });
    return answer;
  }

  /** Reports that a replay with this token was answered, and whether it was accepted. */
  replayed(
    value: string,
    options: { readonly accepted: boolean; readonly params?: TokenParams | undefined },
  ): void {
    if (options.accepted) this.#decide(this.#entryFor(options.params), { kind: 'replayed', value });
    this.#emit('replayed', { provider: this.provider.name, accepted: options.accepted });
  }

  /**
   * Forgets every token and every cool-down, in the shared store as well where this source has used one. Whoever waits
   * gets a token fetched after this call.
   */
  clear(): void {
    for (const entry of this.#entries()) entry.shared?.clear();
    this.#forget();
  }

  #forget(): void {
    for (const entry of this.#entries()) {
      this.#decide(entry, { kind: 'cleared' });
      entry.rejectedCredentials = undefined;
      entry.cancelWarmTimer?.();
      entry.abort?.abort();
      entry.abort = undefined;
      entry.abortCheck?.abort();
    }
    for (const entry of this.#others ?? []) entry.shared?.close();
    this.#others?.clear();
  }

  /** Ends the source for good: whoever waits is told so, timers and tokens go. May be called twice. */
  close(): void {
    this.#isClosed = true;
    // The stored token belongs to the other processes as well.
    this.#main.shared?.close();
    this.#forget();
    this.#listeners?.clear();
  }

  /** Calls `listener` at each event of that name; the function returned takes it off again. */
  on<Name extends TokenSourceEventName>(
    name: Name,
    listener: TokenSourceListener<Name>,
  ): () => void {
    this.#listeners ??= new Listeners();
    return this.#listeners.add(name, listener);
  }

  /** @internal For the interceptors: what happens to a request is told through the source's events. */
  emit<Name extends TokenSourceEventName>(name: Name, event: TokenSourceEvents[Name]): void {
    this.#emit(name, event);
  }

  /** @internal Milliseconds until the token without parameters expires; `undefined` if there is none or nobody knows. */
  timeToExpiryMs(): number | undefined {
    const { slot } = this.#main.state;
    if (slot.kind === 'empty' || slot.expiresAt === undefined) return undefined;
    return Math.max(0, msUntil(slot.expiresAt, this.#now()));
  }

  /** @internal The clock of this source, in milliseconds; never goes back. */
  monotonicNow(): number {
    return this.#options.clock.monotonic();
  }

  // ---- one refresh ---------------------------------------------------------------------------------------------

  /** One caller's wait for a flight. `undefined`: the flight was overtaken by `clear()`, so ask again. */
  async #await(
    entry: Entry,
    flight: Flight,
    not: string | undefined,
    limits: WaitLimits,
  ): Promise<AccessToken | undefined> {
    const patience = patienceMs(entry.state, this.#now(), not);
    try {
      const token = await waitFor(this.#fly(entry, flight), impatient(limits, patience));
      if (token.value === not) throw this.#refusal({ kind: 'same-token' }, 0);
      return token;
    } catch (error) {
      if (error === OVERTAKEN) return undefined;
      if (error !== OUT_OF_PATIENCE && !(error instanceof FlightFailed)) throw error;
      // The token in hand may still do: it is only ever replaced by a better one.
      const served = servableToken(entry.state, this.#now(), not, this.#options.policy);
      if (error instanceof FlightFailed && served === undefined) throw error.reason;
      // It drew a 401, or expired, while this caller waited: then the flight is worth waiting for after all.
      if (error === OUT_OF_PATIENCE && patienceMs(entry.state, this.#now(), not) === undefined)
        return undefined;
      if (served?.stale === true) this.#emit('servedStale', { provider: this.provider.name });
      return served?.token;
    }
  }

  /** What bounds one caller's wait; the time-out counts from here, however often the caller has to wait. */
  #limits({ signal, timeoutMs }: GetTokenOptions): () => WaitLimits {
    const { clock } = this.#options;
    const startedAt = timeoutMs === undefined ? 0 : clock.monotonic();
    return () => ({
      signal,
      timeoutMs: timeoutMs === undefined ? undefined : startedAt + timeoutMs - clock.monotonic(),
      clock,
      onTimeout: () => new TokenWaitTimeoutError(this.provider.name, timeoutMs ?? 0),
    });
  }

  #refreshInBackground(entry: Entry, flight: Flight): void {
    // It belongs to no caller: a failure is told by an event, and the token in hand is served on.
    void this.#fly(entry, flight);
  }

  /** Starts a flight, or joins it if it is under way. */
  #fly(entry: Entry, flight: Flight): Promise<AccessToken> {
    if (entry.abort !== undefined)
      this.#emit('joined', { provider: this.provider.name, reason: flight.reason });
    // p-memoize with `cache: false` is the single flight and nothing else: expiry and invalidation are the lifecycle's.
    this.#singleFlight ??= pMemoize(
      (owner: Entry, current: Flight) => this.#refresh(owner, current),
      {
        cacheKey: ([owner, current]) => `${owner.serial}:${current.id}`,
        cache: false,
      },
    );
    const shared = this.#singleFlight(entry, flight);
    // A flight belongs to nobody: if everyone has left when it fails, nobody is there to handle that.
    shared.catch(() => undefined);
    return shared;
  }

  async #refresh(entry: Entry, flight: Flight): Promise<AccessToken> {
    const startedAt = this.#now();
    const abort = new AbortController();
    entry.abort = abort;
    try {
      const acquired = await this.#acquire(entry, flight, abort.signal);
      return this.#land(entry, flight, acquired, startedAt);
    } catch (failure) {
      if (failure === OVERTAKEN) throw failure;
      throw this.#giveUp(entry, flight, failure);
    } finally {
      if (entry.abort === abort) entry.abort = undefined;
    }
  }

  /** Mints a token; or finds one, where it is shared with other processes. */
  async #acquire(entry: Entry, flight: Flight, signal: AbortSignal): Promise<Acquired> {
    const { provider } = this;
    if (entry.shared === undefined) {
      const minted = await this.#inTime(signal, async (bounded, deadline) =>
        this.#mint(entry, await this.#credentials(entry, bounded), bounded, deadline),
      );
      return { from: 'endpoint', minted, fence: undefined };
    }
    // The credentials are part of what a token is shared under, so they come first.
    const credentials = await this.#inTime(signal, (bounded) => this.#credentials(entry, bounded));
    const flightId = flight.id;
    return entry.shared.acquire({
      identity: tokenIdentity(provider, credentials, entry.params, this.#options.cacheIdentity),
      signal,
      isWanted: () => entry.state.flight?.id === flightId,
      standDown: (retryInMs) =>
        this.#decide(entry, { kind: 'refreshing-elsewhere', flightId, retryInMs }).kind ===
        'stand-down',
      mint: () =>
        this.#inTime(signal, (bounded, deadline) =>
          this.#mint(entry, credentials, bounded, deadline),
        ),
    });
  }

  /** Bounds a part of a flight in time. Waiting for another process is bounded by the lease instead. */
  async #inTime<T>(
    flight: AbortSignal,
    work: (signal: AbortSignal, deadline: Instant) => Promise<T>,
  ): Promise<T> {
    const { clock, flightTimeoutMs } = this.#options;
    const bounded = boundedSignal(flight, flightTimeoutMs, clock);
    try {
      return await work(bounded.signal, later(this.#now(), flightTimeoutMs));
    } finally {
      bounded.release();
    }
  }

  async #mint(
    entry: Entry,
    credentials: object,
    signal: AbortSignal,
    deadline: Instant,
  ): Promise<Minted> {
    const { provider } = this;
    try {
      return await mint({
        provider,
        credentials,
        params: entry.params,
        options: this.#options,
        signal,
        deadline,
        now: () => this.#now(),
        beforeCall: () => {
          const answer = this.#decide(entry, { kind: 'token-call' });
          if (answer.kind === 'budget-spent')
            throw this.#refusal({ kind: 'budget-spent' }, answer.retryInMs);
        },
        afterCall: (call) => {
          // A short outage must not spend what the provider allows for half an hour.
          if (certainlyIssuedNothing(call.status, call.errorType))
            this.#decide(entry, { kind: 'token-call-refused' });
          this.#emit('tokenCalled', {
            provider: provider.name,
            reason: entry.state.flight?.reason,
            ...call,
          });
        },
      });
    } catch (failure) {
      if (failure instanceof MintFailure && failure.cause === 'credentials') {
        entry.rejectedCredentials = canonical(credentials);
      }
      throw failure;
    }
  }

  #land(entry: Entry, flight: Flight, acquired: Acquired, startedAt: Instant): AccessToken {
    if (acquired.from === 'hand') return this.#stayWithTokenInHand(entry);
    const minted = acquired.from === 'endpoint' ? acquired.minted : undefined;
    const { token, sentAt, lifetimeMs } = acquired.from === 'endpoint' ? acquired.minted : acquired;
    const tookMs = minted?.tookMs;
    const random = this.#options.random();
    const answer = this.#decide(entry, {
      kind: 'minted',
      flightId: flight.id,
      token,
      sentAt,
      lifetimeMs,
      tookMs,
      random,
    });
    if (answer.kind === 'superseded') throw OVERTAKEN;
    entry.rejectedCredentials = undefined;
    this.#keepWarm(entry);
    this.#emit('refreshed', {
      provider: this.provider.name,
      reason: flight.reason,
      from: acquired.from,
      tookMs: this.#now().monoMs - startedAt.monoMs,
      attempts: minted?.attempts ?? 0,
      expiresInMs: expiresInMs(token, this.#now().wallMs),
    });
    return token;
  }

  /** Another process renews the token; this one looks again a little later. */
  #stayWithTokenInHand(entry: Entry): AccessToken {
    const { slot } = entry.state;
    if (slot.kind === 'empty') throw OVERTAKEN;
    this.#keepWarm(entry);
    return slot.token;
  }

  /** Closes the gate that this failure calls for, and wraps the error so that waiting callers know it is the flight's. */
  #giveUp(entry: Entry, flight: Flight, failure: unknown): unknown {
    const error =
      failure instanceof MintFailure
        ? failure.error
        : failure instanceof CoolingElsewhere
          ? errorFromElsewhere(this.provider.name, failure)
          : this.#ownFault(failure);
    const cause: CoolDownCause | 'local' =
      failure instanceof MintFailure
        ? failure.cause
        : failure instanceof CoolingElsewhere
          ? failure.failure.cause
          : 'local';
    const retryAfterMs = failure instanceof MintFailure ? failure.retryAfterMs : undefined;
    const random = this.#options.random();
    const happened = { flightId: flight.id, failure: error, cause, random } as const;
    const answer =
      failure instanceof CoolingElsewhere
        ? this.#decide(entry, {
            ...happened,
            kind: 'cooling-elsewhere',
            cause: failure.failure.cause,
            delayMs: failure.remainingMs,
            failures: failure.failure.failures,
            fallback: failure.fallback,
          })
        : this.#decide(entry, {
            ...happened,
            kind: 'mint-failed',
            retryAfterMs,
            failuresElsewhere:
              failure instanceof LedMintFailure ? failure.fleetFailures : undefined,
          });
    if (answer.kind === 'superseded') return OVERTAKEN;
    const { slot, endpoint } = entry.state;
    const nextAttemptInMs =
      endpoint.kind === 'cooling' ? Math.max(0, msUntil(endpoint.until, this.#now())) : 0;
    const told = toldWhen(error, nextAttemptInMs);
    this.#emit('refreshFailed', {
      provider: this.provider.name,
      reason: flight.reason,
      error: told,
      severity: cause === 'credentials' || cause === 'local' ? 'error' : 'warning',
      nextAttemptInMs,
      stillServing: slot.kind === 'held' && phaseOf(slot, this.#now()) !== 'expired',
    });
    this.#keepWarm(entry, 1_000);
    return new FlightFailed(told);
  }

  /** Whatever else a provider definition throws is a fault in it: it must not leave the flight open. */
  #ownFault(failure: unknown): BearerError {
    if (isBearerError(failure)) return failure;
    return new MisconfigurationError({
      provider: this.provider.name,
      option: 'the provider definition',
      problem: 'threw while a token was fetched',
      remedy: 'See the cause: tokenRequest, parseToken or classifyFailure is at fault.',
      cause: failure,
    });
  }

  // ---- shared with other processes -----------------------------------------------------------------------------

  #sharingThrough(store: TokenStore): SharedContext {
    const { clock, random, policy, flightTimeoutMs } = this.#options;
    const provider = this.provider.name;
    const watcher = {
      failed: (error: BearerError) => this.#emit('storeFailed', { provider, error }),
      recovered: () => this.#emit('storeRecovered', { provider }),
    };
    return {
      provider,
      store: guardStore(store, { clock, watcher }),
      clock,
      random,
      now: () => this.#now(),
      policy,
      flightTimeoutMs,
      leaseAwaited: (event) => this.#emit('leaseAwaited', { provider, ...event }),
    };
  }

  #shared(entry: Entry): Entry {
    if (this.#sharing === undefined) return entry;
    entry.shared = new SharedToken(this.#sharing, {
      held: () => heldHere(entry, this.#now()),
      adopt: (adopted) => this.#adopt(entry, adopted),
    });
    return entry;
  }

  /** Takes up a token that another process has brought, while nobody waits for one here. */
  #adopt(entry: Entry, { token, sentAt, lifetimeMs }: Adopted): void {
    const random = this.#options.random();
    const found = { kind: 'found', token, sentAt, lifetimeMs, random } as const;
    if (this.#isClosed || this.#decide(entry, found).kind === 'superseded') return;
    this.#keepWarm(entry);
    this.#emit('refreshed', {
      provider: this.provider.name,
      reason: 'early',
      from: 'store',
      tookMs: this.#now().monoMs - sentAt.monoMs,
      attempts: 0,
      expiresInMs: expiresInMs(token, this.#now().wallMs),
    });
  }

  /** While we leave the token endpoint alone, another process may have brought a token. */
  async #foundElsewhere(entry: Entry, limits: WaitLimits): Promise<boolean> {
    const looking = entry.shared?.recheckIfDue();
    if (looking === undefined) return false;
    const before = entry.state.slot;
    await waitFor(looking, limits);
    return entry.state.slot !== before;
  }

  // ---- credentials ---------------------------------------------------------------------------------------------

  async #credentials(entry: Entry, signal: AbortSignal): Promise<object> {
    const asked = this.provider.resolveCredentials({ params: entry.params, signal });
    if (this.provider.hasFixedCredentials) return asked;
    return Promise.race([asked, this.#outOfTime(signal)]);
  }

  #outOfTime(signal: AbortSignal): Promise<never> {
    return new Promise((_, reject) => {
      const give = () =>
        reject(
          new MisconfigurationError({
            provider: this.provider.name,
            option: 'credentials',
            problem: 'could not be fetched: the credentials function did not answer in time',
            remedy: 'Let it answer within flightTimeoutMs, and heed its signal.',
          }),
        );
      if (signal.aborted) give();
      else signal.addEventListener('abort', give, { once: true });
    });
  }

  /** While rejected credentials cool down, a changed one takes effect on the next request. */
  async #credentialsChanged(
    entry: Entry,
    because: RefusalCause<BearerError>,
    limits: WaitLimits,
  ): Promise<boolean> {
    if (because.kind !== 'cooling' || because.cause !== 'credentials') return false;
    if (this.provider.hasFixedCredentials) return false;
    const rejected = entry.rejectedCredentials;
    entry.credentialsCheck ??= this.#boundedCredentials(entry);
    const credentials = await waitFor(entry.credentialsCheck, limits);
    if (entry.state.endpoint.kind === 'open') return true; // Somebody else saw the change, or cleared the source.
    if (credentials === undefined || canonical(credentials) === rejected) return false;
    this.#decide(entry, { kind: 'credentials-changed' });
    return true;
  }

  /** Asks for the credentials once for all who want to know whether they changed; `undefined` if that fails. */
  async #boundedCredentials(entry: Entry): Promise<object | undefined> {
    const abort = new AbortController();
    entry.abortCheck = abort;
    const { clock, flightTimeoutMs } = this.#options;
    const cancelTimer = clock.schedule(() => abort.abort(), flightTimeoutMs);
    try {
      return await this.#credentials(entry, abort.signal);
    } catch {
      return undefined;
    } finally {
      cancelTimer();
      entry.credentialsCheck = undefined;
      entry.abortCheck = undefined;
    }
  }

  // ---- the shell around the decisions --------------------------------------------------------------------------

  #decide<Kind extends Happening<BearerError>['kind']>(
    entry: Entry,
    happening: Extract<Happening<BearerError>, { kind: Kind }>,
  ) {
    const decision = decide<BearerError, Kind>(
      entry.state,
      this.#now(),
      happening,
      this.#options.policy,
    );
    entry.state = decision.state;
    for (const notice of decision.notices) this.#announce(notice);
    return decision.answer;
  }

  #announce(notice: Notice): void {
    const provider = this.provider.name;
    if (notice.kind === 'cooling-down') {
      this.#emit('coolDownStarted', { provider, cause: notice.cause, delayMs: notice.delayMs });
    } else if (notice.kind === 'cool-down-ended') {
      this.#emit('coolDownEnded', { provider });
    } else {
      this.#emit('rejectionGateClosed', { provider, delayMs: notice.delayMs });
    }
  }

  #refusal(because: RefusalCause<BearerError>, retryInMs: number): BearerError {
    const provider = this.provider.name;
    switch (because.kind) {
      case 'cooling':
        return because.failure instanceof TokenAcquisitionError
          ? because.failure.coolingDown(retryInMs)
          : because.failure;
      case 'budget-spent':
        return new TokenAcquisitionError(
          'ERR_TOKEN_BUDGET_SPENT',
          `${provider}: the provider's limit of token calls is spent. The next one is possible in ` +
            `${Math.ceil(retryInMs / 1000)} s. Share one token source, or a shared store, between all callers.`,
          { provider, phase: 'token request', retryable: true, retryInMs },
        );
      case 'same-token':
        return new TokenAcquisitionError(
          'ERR_TOKEN_REQUEST_REFUSED',
          `${provider}: the token endpoint returned the rejected token again.`,
          { provider, phase: 'token response', retryable: true },
        );
    }
  }

  /** Renews ahead of time while nobody asks, or tries again once a cool-down is over. */
  #keepWarm(entry: Entry, atLeastMs = 0): void {
    if (!this.#options.keepWarm || this.#isClosed) return;
    entry.cancelWarmTimer?.();
    const { slot, endpoint } = entry.state;
    const now = this.#now();
    const refreshInMs = slot.kind === 'held' ? msUntil(slot.refreshAt, now) : 0;
    const coolInMs = endpoint.kind === 'cooling' ? msUntil(endpoint.until, now) : 0;
    entry.cancelWarmTimer = this.#options.clock.schedule(
      () => this.#warm(entry),
      Math.max(atLeastMs, refreshInMs, coolInMs),
    );
  }

  /** Nobody waits for this refresh, so nothing keeps the process alive for it. */
  #warm(entry: Entry): void {
    const answer = this.#decide(entry, { kind: 'requested' });
    const flight =
      answer.kind === 'wait' ? answer.flight : answer.kind === 'serve' ? answer.refresh : undefined;
    // A flight sets the timer anew when it ends. Otherwise it was too early: timers of days are cut short, and some
    // endpoints return the token in hand until it expires.
    if (flight === undefined) this.#keepWarm(entry, 1_000);
    else if (entry.abort === undefined) this.#refreshInBackground(entry, flight);
  }

  #known(key: string): Entry | undefined {
    return key === '' ? this.#main : this.#others?.use(key);
  }

  #entryFor(params: TokenParams | undefined): Entry {
    const key = paramsKey(params);
    const known = this.#known(key);
    if (known !== undefined || params === undefined) return known ?? this.#main;
    checkParams(this.provider, params);
    this.#lastSerial += 1;
    const entry = this.#shared(new Entry(this.#lastSerial, Object.freeze({ ...params }), key));
    const now = this.#now();
    this.#others ??= new Entries(this.#options.maxEntries);
    this.#others.add(
      entry,
      ({ state: { slot } }) => slot.kind === 'held' && phaseOf(slot, now) === 'expired',
    );
    return entry;
  }

  #entries(): Entry[] {
    return [this.#main, ...(this.#others ?? [])];
  }

  #emit<Name extends TokenSourceEventName>(name: Name, event: TokenSourceEvents[Name]): void {
    this.#listeners?.emit(name, event);
    publish(name, event);
  }

  #now(): Instant {
    const { clock } = this.#options;
    return { wallMs: clock.now(), monoMs: clock.monotonic() };
  }
}

/** The same error with the time of the next attempt in it, which only the endpoint gate knows. */
function toldWhen(error: BearerError, retryInMs: number): BearerError {
  if (!(error instanceof TokenAcquisitionError) || retryInMs === 0) return error;
  const Same = error.constructor as typeof TokenAcquisitionError;
  const { provider, phase, retryable, status, oauthError, cause } = error;
  const details = { provider, phase, retryable, retryInMs, status, oauthError, cause };
  return new Same(error.code, error.message, details);
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
  if (patience === undefined || patience >= (limits.timeoutMs ?? Infinity)) return limits;
  return { ...limits, timeoutMs: patience, onTimeout: () => OUT_OF_PATIENCE };
}

/** A flight whose outcome nobody wants any more, because `clear()` or `close()` came first. */
const OVERTAKEN = new Error('overtaken by clear()');

function heldHere({ state: { slot } }: Entry, now: Instant): HeldHere | undefined {
  if (slot.kind === 'empty') return undefined;
  return {
    value: slot.token.value,
    scope: slot.token.scope,
    rejected: slot.suspect,
    remainingMs: slot.expiresAt === undefined ? undefined : msUntil(slot.expiresAt, now),
  };
}

function canonical(credentials: object): string {
  return JSON.stringify(Object.entries(credentials).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function checkParams(provider: Provider, params: TokenParams): void {
  const unknown = Object.keys(params).find((name) => !(provider.paramNames ?? []).includes(name));
  if (unknown === undefined) return;
  const known = provider.paramNames?.join(', ') ?? 'none';
  throw new MisconfigurationError({
    provider: provider.name,
    option: `params.${unknown}`,
    problem: 'is not a parameter of its token request',
    remedy: `Known parameters: ${known}.`,
  });
}

/**
 * Creates the object that yields tokens for one provider. It opens no connection and starts no timer until asked.
 *
 * @throws {@link MisconfigurationError} for an option that cannot work, naming it
 */
export function createTokenSource<C extends object>(
  provider: Provider<C>,
  options: TokenSourceOptions = {},
): TokenSource {
  if (!isProvider(provider)) {
    throw new MisconfigurationError({
      option: 'provider',
      problem: 'is not a provider',
      remedy: 'Pass one of axios-bearer/providers, or the result of defineProvider().',
    });
  }
  // A provider is generic in its credentials only towards the one who defines it.
  const anyProvider = provider as unknown as Provider;
  return new TokenSource(anyProvider, resolveOptions(anyProvider, options));
}

/** Tells whether a value is a token source, of this copy of the package or another. */
export function isTokenSource(value: unknown): value is TokenSource {
  return typeof value === 'object' && value !== null && brand in value;
}
