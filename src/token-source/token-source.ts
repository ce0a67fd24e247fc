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
import type { AccessToken } from '../token/access-token.js';
import { later, msUntil, type Instant } from '../token/instant.js';
import {
  decide,
  phaseOf,
  type CoolDownCause,
  type Flight,
  type Happening,
  type Notice,
  type RefusalCause,
  type RejectionAnswer,
} from '../token/lifecycle.js';
import { paramsKey, type TokenParams } from '../token/token-params.js';
import { Entries, Entry } from './entry.js';
import {
  Listeners,
  type TokenSourceEventName,
  type TokenSourceEvents,
  type TokenSourceListener,
} from './events.js';
import { mint, MintFailure, type Minted } from './mint.js';
import {
  resolveOptions,
  type ResolvedTokenSourceOptions,
  type TokenSourceOptions,
} from './options.js';
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
    this.#main = new Entry(0, NO_PARAMS, '');
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
    return clock.now() < wallMs && clock.monotonic() < monoMs ? slot.token : undefined;
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
    options.signal?.throwIfAborted();
    const entry = this.#entryFor(options.params);
    for (;;) {
      if (this.#isClosed) throw new TokenSourceClosedError(this.provider.name);
      const answer = this.#decide(entry, { kind: 'requested', not: options.not });
      switch (answer.kind) {
        case 'serve':
          if (answer.refresh !== undefined) this.#refreshInBackground(entry, answer.refresh);
          if (answer.stale) this.#emit('servedStale', { provider: this.provider.name });
          return answer.token;
        case 'fail':
          if (await this.#credentialsChanged(entry, answer.because, options)) continue;
          throw this.#refusal(answer.because, answer.retryInMs);
        case 'wait': {
          const token = await this.#await(entry, answer.flight, options);
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
    const answer = this.#decide(this.#entryFor(options.params), {
      kind: 'rejected',
      value,
      onReplay,
    });
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

  /** Forgets every token and every cool-down. Whoever waits gets a token fetched after this call. */
  clear(): void {
    for (const entry of this.#entries()) {
      this.#decide(entry, { kind: 'cleared' });
      entry.rejectedCredentials = undefined;
      entry.cancelWarmTimer?.();
      entry.abort?.abort();
    }
    this.#others?.clear();
  }

  /** Ends the source for good: whoever waits is told so, timers and tokens go. May be called twice. */
  close(): void {
    this.#isClosed = true;
    this.clear();
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

  /** @internal The clock of this source, in milliseconds; never goes back. */
  monotonicNow(): number {
    return this.#options.clock.monotonic();
  }

  // ---- one refresh ---------------------------------------------------------------------------------------------

  /** One caller's wait for a flight. `undefined`: the flight was overtaken by `clear()`, so ask again. */
  async #await(
    entry: Entry,
    flight: Flight,
    options: GetTokenOptions,
  ): Promise<AccessToken | undefined> {
    try {
      const token = await waitFor(this.#fly(entry, flight), this.#limits(options));
      if (token.value === options.not) throw this.#refusal({ kind: 'same-token' }, 0);
      return token;
    } catch (error) {
      if (error === OVERTAKEN) return undefined;
      if (!(error instanceof FlightFailed)) throw error;
      // The flight failed, but the token in hand may still do: it is only ever replaced by a better one.
      const answer = this.#decide(entry, { kind: 'requested', not: options.not });
      if (answer.kind !== 'serve') throw error.reason;
      if (answer.stale) this.#emit('servedStale', { provider: this.provider.name });
      return answer.token;
    }
  }

  #limits({ signal, timeoutMs }: GetTokenOptions): WaitLimits {
    return {
      signal,
      timeoutMs,
      clock: this.#options.clock,
      onTimeout: (ms) => new TokenWaitTimeoutError(this.provider.name, ms),
    };
  }

  #refreshInBackground(entry: Entry, flight: Flight): void {
    // It belongs to no caller: a failure is told by an event, and the token in hand is served on.
    this.#fly(entry, flight).catch(() => undefined);
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
    return this.#singleFlight(entry, flight);
  }

  async #refresh(entry: Entry, flight: Flight): Promise<AccessToken> {
    const { clock, flightTimeoutMs } = this.#options;
    const startedAt = this.#now();
    const abort = new AbortController();
    entry.abort = abort;
    const cancelTimer = clock.schedule(() => abort.abort(), flightTimeoutMs);
    try {
      const minted = await this.#mint(entry, abort.signal, later(startedAt, flightTimeoutMs));
      return this.#land(entry, flight, minted, startedAt);
    } catch (failure) {
      if (failure === OVERTAKEN) throw failure;
      throw this.#giveUp(entry, flight, failure);
    } finally {
      cancelTimer();
      if (entry.abort === abort) entry.abort = undefined;
    }
  }

  async #mint(entry: Entry, signal: AbortSignal, deadline: Instant): Promise<Minted> {
    const { provider } = this;
    const credentials = await this.#credentials(entry, signal);
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
      });
    } catch (failure) {
      if (failure instanceof MintFailure && failure.cause === 'credentials') {
        entry.rejectedCredentials = canonical(credentials);
      }
      throw failure;
    }
  }

  #land(entry: Entry, flight: Flight, minted: Minted, startedAt: Instant): AccessToken {
    const { token, sentAt, lifetimeMs, tookMs, attempts } = minted;
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
      from: 'endpoint',
      tookMs: this.#now().monoMs - startedAt.monoMs,
      attempts,
      expiresInMs: token.expiresAt === undefined ? undefined : token.expiresAt - this.#now().wallMs,
    });
    return token;
  }

  /** Closes the gate that this failure calls for, and wraps the error so that waiting callers know it is the flight's. */
  #giveUp(entry: Entry, flight: Flight, failure: unknown): unknown {
    const error = failure instanceof MintFailure ? failure.error : this.#ownFault(failure);
    const cause: CoolDownCause | 'local' = failure instanceof MintFailure ? failure.cause : 'local';
    const retryAfterMs = failure instanceof MintFailure ? failure.retryAfterMs : undefined;
    const random = this.#options.random();
    const happening = {
      kind: 'mint-failed',
      flightId: flight.id,
      failure: error,
      cause,
      retryAfterMs,
      random,
    } as const;
    if (this.#decide(entry, happening).kind === 'superseded') return OVERTAKEN;
    const { slot, endpoint } = entry.state;
    this.#emit('refreshFailed', {
      provider: this.provider.name,
      reason: flight.reason,
      error,
      severity: cause === 'credentials' || cause === 'local' ? 'error' : 'warning',
      nextAttemptInMs:
        endpoint.kind === 'cooling' ? Math.max(0, msUntil(endpoint.until, this.#now())) : 0,
      stillServing: slot.kind === 'held' && phaseOf(slot, this.#now()) !== 'expired',
    });
    this.#keepWarm(entry, 1_000);
    return new FlightFailed(error);
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
    options: GetTokenOptions,
  ): Promise<boolean> {
    if (because.kind !== 'cooling' || because.cause !== 'credentials') return false;
    if (this.provider.hasFixedCredentials) return false;
    const rejected = entry.rejectedCredentials;
    entry.credentialsCheck ??= this.#boundedCredentials(entry);
    const credentials = await waitFor(entry.credentialsCheck, this.#limits(options));
    if (credentials === undefined || canonical(credentials) === rejected) return false;
    this.#decide(entry, { kind: 'credentials-changed' });
    return true;
  }

  /** Asks for the credentials once for all who want to know whether they changed; `undefined` if that fails. */
  async #boundedCredentials(entry: Entry): Promise<object | undefined> {
    const abort = new AbortController();
    const { clock, flightTimeoutMs } = this.#options;
    const cancelTimer = clock.schedule(() => abort.abort(), flightTimeoutMs);
    try {
      return await this.#credentials(entry, abort.signal);
    } catch {
      return undefined;
    } finally {
      cancelTimer();
      entry.credentialsCheck = undefined;
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
      () => {
        this.getToken({ params: entry.params }).catch(() => undefined);
      },
      Math.max(atLeastMs, refreshInMs, coolInMs),
    );
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
    const entry = new Entry(this.#lastSerial, Object.freeze({ ...params }), key);
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
  }

  #now(): Instant {
    const { clock } = this.#options;
    return { wallMs: clock.now(), monoMs: clock.monotonic() };
  }
}

/** A flight that failed, told apart from a caller's own abort or time-out. */
class FlightFailed extends Error {
  constructor(readonly reason: BearerError) {
    super(reason.message);
  }
}

/** A flight whose outcome nobody wants any more, because `clear()` or `close()` came first. */
const OVERTAKEN = new Error('overtaken by clear()');

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
