import type { BearerError } from '../errors/index.js';
import type { AccessToken } from '../token/access-token.js';
import { msUntil } from '../token/instant.js';
import {
  decide,
  initialAccount,
  initialState,
  isSpent,
  patienceMs,
  rejectedOf,
  servableToken,
  withAccount,
  type Answers,
  type Flight,
  type Happening,
  type RefusalCause,
  type RejectedSend,
  type RejectionAnswer,
  type TokenState,
} from '../token/lifecycle.js';
import type { TokenParams } from '../token/token-params.js';
import type { Account } from './accounts.js';
import type { Clock } from '../platform/clock.js';
import { Credentials } from './credentials.js';
import type { TokenWanted } from './acquisition.js';
import { CHANGED, Flights, type Landing } from './flights.js';
import type { Keepable } from './kept-tokens.js';
import { refusal } from './refusal.js';
import type { Adopted } from '../sharing/adoption.js';
import type { SharedTokenOwner } from '../sharing/refresh.js';
import type { SharedToken } from '../sharing/shared-token.js';
import type { SourceContext } from './source-context.js';
import { waitFor, type WaitLimits } from '../platform/waiting.js';

/** What one caller gets. */
export type Got =
  | Landing
  /** The caller's own limits ended the wait. */
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'aborted' };

/** How long to trust an answer of both clocks while reading only the wall clock, in milliseconds. */
const CLOCKS_AGREE_MS = 10;

/** The account of a token whose credentials are not known yet. One for all, since there may be 100,000 idle tokens. */
const NOTHING_KNOWN = initialAccount<BearerError>();

/**
 * One token of a source, kept usable: the shell that acts on what `token/lifecycle` decides, and from which callers get
 * the token.
 */
export class KeptToken implements TokenWanted, SharedTokenOwner, Keepable {
  readonly source: SourceContext;
  readonly params: TokenParams;
  readonly credentials: Credentials;
  /** Set if the token is shared with other processes. */
  readonly shared: SharedToken | undefined;
  #state: TokenState<BearerError> = initialState();
  /** Set by a token call, until there is nothing to remember about it. */
  #account: Account | undefined;
  readonly #flights = new Flights(this);
  readonly #clock: Clock;

  // Both clocks have called this token fresh; that holds while the wall clock is within these bounds.
  #fresh: AccessToken | undefined;
  #freshFromMs = 0;
  #freshUntilMs = 0;

  constructor(source: SourceContext, params: TokenParams) {
    this.source = source;
    this.params = params;
    this.credentials = new Credentials(source, params);
    this.#clock = source.options.clock;
    this.shared = source.share?.(this);
  }

  // ---- what callers ask ----------------------------------------------------------------------------------------

  /**
   * The token if it is fresh by both clocks.
   *
   * Every request calls this, and reading clocks is most of its cost. So the monotonic clock is read again only after
   * {@link CLOCKS_AGREE_MS}, or once the wall clock has gone back.
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

  /** A usable token for one caller. */
  async get(
    { not, minRemainingMs }: Omit<Extract<Happening<BearerError>, { kind: 'requested' }>, 'kind'>,
    limits: WaitLimits,
  ): Promise<Got> {
    const answer = this.decide({ kind: 'requested', not, minRemainingMs });
    switch (answer.kind) {
      case 'serve':
        if (answer.refresh === undefined) this.#recheckInBackground();
        // If the refresh would end with this caller's request, the caller waits for it a little.
        else if (!this.#flights.runInBackground(answer.refresh))
          return this.#await(answer.refresh, not, limits, patienceAhead(limits));
        if (answer.stale) this.source.emit('servedStale', {});
        return { kind: 'token', token: answer.token };
      case 'wait':
        return this.#await(answer.flight, not, limits);
      case 'fail': {
        const waited = await waitFor(this.#hasChanged(answer.because), limits);
        if (waited.kind !== 'done') return waited;
        if (waited.value) return CHANGED;
        const error = refusal(this.source.provider.name, answer.because, answer.retryInMs);
        return { kind: 'failed', error };
      }
    }
  }

  reject(value: string, on: RejectedSend): RejectionAnswer {
    const answer = this.decide({ kind: 'rejected', value, on });
    const { slot } = this.state;
    const isStillInUse = slot.kind === 'held' && slot.token.value === value && !slot.suspect;
    // Its commit may reach the store late, even if the token was cleared or replaced here long ago.
    if (!isStillInUse) this.shared?.remember(value);
    // No token can be fetched now, but another process may have one, and should know about this 401.
    if (answer.kind === 'pass' && answer.because === 'endpoint-cooling')
      void this.shared?.recheck(value);
    return answer;
  }

  adopt(adopted: Adopted): void {
    this.#flights.adopt(adopted);
  }

  /** Forgets the token and every cool-down; waiting callers ask again. */
  forget(): void {
    this.decide({ kind: 'cleared' });
    this.credentials.forget();
    this.dropAccount();
    this.#flights.stop();
  }

  /** Stops timers and leaves the store, where the token stays for the other processes. */
  letGo(): void {
    this.#flights.stop();
    this.shared?.close();
  }

  isRefreshing(): boolean {
    return this.state.flight !== undefined;
  }

  isSpent(): boolean {
    return isSpent(this.state, this.source.now(), this.source.options.policy);
  }

  /** Milliseconds until it expires; `undefined` if there is no token or its lifetime is unknown. */
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
  ): Promise<Got> {
    const patientUntil = this.#clock.monotonic() + (patience ?? Infinity);
    const isImpatient = patientUntil < (limits.until ?? Infinity);
    const bounds = isImpatient ? { ...limits, until: patientUntil } : limits;
    const waited = await waitFor(this.#flights.run(flight), bounds);
    if (waited.kind === 'done') return this.#afterLanding(waited.value, not);
    if (waited.kind === 'aborted' || !isImpatient) return waited;
    // If the token drew a 401 or expired while this caller waited, the caller has to wait for the flight after all.
    const isWorthWaiting = patienceMs(this.state, this.source.now(), not) === undefined;
    return (isWorthWaiting ? undefined : this.#tokenInHand(not)) ?? CHANGED;
  }

  #afterLanding(landing: Landing, not: string | undefined): Got {
    if (landing.kind === 'failed') return this.#tokenInHand(not) ?? landing;
    if (landing.kind === 'changed' || landing.token.value !== not) return landing;
    const error = refusal(this.source.provider.name, { kind: 'same-token' }, 0);
    return { kind: 'failed', error };
  }

  /** The current token, if this caller may have it. */
  #tokenInHand(not: string | undefined): Got | undefined {
    const { policy } = this.source.options;
    const served = servableToken(this.state, this.source.now(), not, policy);
    if (served?.stale === true) this.source.emit('servedStale', {});
    return served && { kind: 'token', token: served.token };
  }

  /** Whether something has changed since a token was refused, so that asking again may help. */
  async #hasChanged(because: RefusalCause<BearerError>): Promise<boolean> {
    return (await this.#haveCredentialsChanged(because)) || (await this.#isFoundElsewhere());
  }

  /** While rejected credentials cool down, a changed one takes effect on the next request. */
  async #haveCredentialsChanged(because: RefusalCause<BearerError>): Promise<boolean> {
    const account = this.#account;
    if (because.kind !== 'cooling' || because.cause !== 'credentials' || account === undefined)
      return false;
    const haveChanged = await this.credentials.haveChanged(account);
    // Another caller saw the change, or cleared the source.
    if (rejectedOf(this.state) === undefined) return true;
    if (haveChanged) this.decide({ kind: 'credentials-changed' });
    return haveChanged;
  }

  /** While we leave the token endpoint alone, another process may have fetched a token. */
  async #isFoundElsewhere(): Promise<boolean> {
    const looking = this.shared?.recheckIfDue();
    if (looking === undefined) return false;
    const before = this.state.slot;
    await looking;
    return this.state.slot !== before;
  }

  #recheckInBackground(): void {
    const looking = this.shared?.recheckIfDue();
    if (looking !== undefined) this.source.outlivesRequest(looking);
  }

  // ---- the shell around the decisions --------------------------------------------------------------------------

  get state(): TokenState<BearerError> {
    return withAccount(this.#state, this.#account?.state ?? NOTHING_KNOWN);
  }

  useAccount(credentials: object, url: string): void {
    const { source } = this;
    this.#account = source.accounts.of(credentials, url, source.now());
  }

  dropAccount(): void {
    const { source } = this;
    if (this.#account === undefined || !source.accounts.drop(this.#account, source.now())) return;
    this.#account = undefined;
    this.#state = this.state;
  }

  /** Passes an event to the lifecycle, takes its next state and emits its notices. */
  decide<Kind extends Happening<BearerError>['kind']>(
    happening: Extract<Happening<BearerError>, { kind: Kind }>,
  ): Answers<BearerError>[Kind] {
    const { source } = this;
    const { state, answer, notices } = decide<BearerError, Kind>(
      this.state,
      source.now(),
      happening,
      source.options.policy,
      this.shared?.decideElsewhere,
    );
    this.#state = state;
    if (happening.kind === 'credentials-changed') this.#account = undefined;
    else if (this.#account !== undefined) this.#account.state = state.account;
    this.#freshUntilMs = 0;
    for (const { kind, ...about } of notices) source.emit(kind, about);
    return answer;
  }
}

/** How long a caller waits for an early refresh that would end with its request, in milliseconds. */
const AHEAD_MS = 1_000;

function patienceAhead({ until = Infinity, clock }: WaitLimits): number {
  return Math.min(AHEAD_MS, (until - clock.monotonic()) / 2);
}
