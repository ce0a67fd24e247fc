import { isBearerError } from '../../src/errors/index.js';
import { defineProvider } from '../../src/provider-definition/define-provider.js';
import { createFakeClock } from '../../src/testing/fake-clock.js';
import { createSeededRandom } from '../../src/testing/seeded-random.js';
import { isPast, later, type Instant } from '../../src/token/instant.js';
import { phaseOf } from '../../src/token/lifecycle.js';
import { FakeProvider } from './fake-provider.js';
import type { Order } from './order.js';
import { Violation, type Invariant } from './invariants.js';
import {
  createTokenSource,
  realDecide,
  realMemoize,
  realServableToken,
  seam,
  type AnyState,
  type Bug,
} from './observed-source.js';
import type { Key, Path, Setting, Step, VaultMode } from './steps.js';
import { coolingMs, EPSILON, Watch } from './watch.js';

/** A caller's wait for a token. */
interface Wait {
  readonly key: Key;
  readonly not: string | undefined;
  readonly timeoutMs: number | undefined;
  readonly abort: AbortController;
  readonly startedAt: Instant;
  readonly epoch: number;
  /** Whether there was a token in hand when the wait began that nothing spoke against. */
  readonly hadUsableToken: boolean;
  /** What may excuse its failure comes after this: see {@link Watch.troublesBefore}. */
  readonly troublesBefore: number;
  /** How often the endpoint had returned the token that was refused. */
  readonly timesReturned: number;
}

/** How long a question to the vault and a flight take at most, one after the other. */
const LONGEST_WAIT_MS = 20_000;
/** Of the 5 % of a life, at most a minute, that a fresh token never reaches. */
const lastMomentsMs = (lifeMs: number) => Math.min(60_000, lifeMs / 20);

/** One token source with everything around it, and the invariants that hold after each step. */
export class World {
  readonly clock = createFakeClock();
  readonly provider: FakeProvider;
  readonly source: ReturnType<typeof createTokenSource>;
  readonly #violations: Violation[] = [];
  readonly #watches = new WeakMap<AnyState, Watch>();
  readonly #watchOf = new Map<Key, Watch>();
  readonly #waits = new Set<Wait>();
  readonly #requests = new Set<Promise<void>>();
  readonly #seen: string[] = [];
  /** When the calls ended that count against the token budget. */
  readonly #spentAt = new Map<number, readonly number[]>();
  #vault: VaultMode = 'answers';
  #vaultSecret = 1;
  #step = 0;
  /** Counts whatever makes a wait incomparable with what was before: `clear()`, jumps, dropped tokens, new suspicions. */
  #epoch = 0;
  #stoodStillAtMs = -Infinity;
  #clearedAtMs = 0;
  isClearing = false;
  isClosed = false;

  constructor(
    readonly scheduler: Order,
    readonly setting: Setting,
    /** A bug that is seeded on purpose. */
    bug: Bug = {},
  ) {
    this.provider = new FakeProvider(this.clock, scheduler, {
      onCall: (key) => this.#onTokenCall(key),
      onSpent: (secret) => this.#checkBudget(secret),
      onTrouble: () => this.#onTrouble(),
    });
    this.#openSeam(bug);
    const { tokenBudget } = setting;
    this.source = createTokenSource(
      defineProvider<{ secret: string }>({
        name: 'simulated',
        baseURL: 'https://api.simulated.test',
        credentials: ({ signal }) => this.#askVault(signal),
        credentialFields: { secret: { secret: true } },
        paramNames: ['key'],
        tokenRequest: ({ secret }, { key = '' }) => ({
          url: '/token',
          body: { json: { key, secret: Number(secret) } },
        }),
        parseToken: ({ body }) => {
          const { access_token, expires_in, expires_at } = body as Record<string, unknown>;
          return { accessToken: access_token, expiresInSeconds: expires_in, expiresAt: expires_at };
        },
        tokenBudget,
      }),
      {
        clock: this.clock,
        random: createSeededRandom(setting.seed),
        transport: { adapter: this.provider.adapter },
        maxStaleMs: setting.maxStaleMs,
        singleActiveToken: setting.singleActiveToken,
        keepWarm: setting.keepWarm,
        onCredentialsRejected: setting.onCredentialsRejected,
        ...bug.options,
      },
    );
  }

  // ---- one step ------------------------------------------------------------------------------------------------

  async take(step: Step): Promise<void> {
    this.#step += 1;
    switch (step.kind) {
      case 'nothing':
        return;
      case 'request':
        this.#request(step);
        break;
      case 'abort':
        [...this.#waits][step.which % Math.max(1, this.#waits.size)]?.abort.abort();
        break;
      case 'answer':
        if (this.scheduler.count() > 0) await this.scheduler.waitNext(1);
        break;
      case 'pass':
        await this.clock.advanceAsync(this.#bearable(step.ms));
        break;
      case 'endpoint':
        this.provider.mode = step.mode;
        this.provider.manner = step.manner;
        break;
      case 'vault':
        this.#vault = step.mode;
        break;
      case 'rotate':
        this.provider.secret += 1;
        if (step.vaultKnows) this.#vaultSecret = this.provider.secret;
        break;
      case 'revoke':
        this.provider.revokeAll();
        break;
      case 'deaths':
        for (let death = 0; death < step.count; death += 1) {
          this.provider.revokeAll();
          this.#request({ ...step, kind: 'request', timeoutMs: undefined });
          await this.#answerAll();
        }
        break;
      case 'late 401':
        this.#lateRejection(step.which, step.onReplay);
        break;
      case 'clear':
        this.#epoch += 1;
        this.#clearedAtMs = this.clock.monotonic();
        this.provider.epoch += 1;
        this.isClearing = true;
        this.source.clear();
        this.isClearing = false;
        break;
      case 'jump':
        this.#jumped();
        this.clock.jumpWall(step.ms);
        if (step.ms > 0) this.#stoodStill();
        break;
      case 'suspend':
        this.#jumped();
        this.provider.suspend(step.ms);
        this.clock.suspend(step.ms);
        this.#stoodStill();
        break;
    }
    await this.clock.advanceAsync(0);
    this.check();
  }

  /** A wall clock that is set forward looks no different. */
  #stoodStill(): void {
    const now = this.#now();
    this.#stoodStillAtMs = now.monoMs;
    for (const watch of this.#watchOf.values()) watch.stoodStill(now);
  }

  /** Throws the first violation that has been found. */
  check(): void {
    const now = this.#now();
    for (const watch of this.#watchOf.values()) watch.check(now);
    for (const key of this.#watchOf.keys()) {
      this.#checkFlights(key);
      this.#checkPeek(key, now);
    }
    for (const wait of this.#waits) {
      const since = Math.max(
        wait.startedAt.monoMs,
        this.#clearedAtMs,
        this.#stoodStillAtMs + 1_500,
      );
      if (now.monoMs - since > LONGEST_WAIT_MS + 1)
        this.#violated('no caller waits for ever', `waiting since ${now.monoMs - since} ms`);
    }
    const [first] = this.#violations;
    if (first !== undefined) throw first;
  }

  /** At the end nothing may be left; where everything heals before, everyone must be served. */
  async finish(): Promise<void> {
    this.#step += 1;
    if (!this.setting.closesMidway) await this.#recover();
    // A source that was loaded before the window was set into it decides unseen, and would break no promise.
    if (this.provider.callCount > 0 && this.#watchOf.size === 0)
      throw new Error(
        'The token source is not watched: something imported it before observed-source.ts',
      );
    await this.#close();
  }

  async #recover(): Promise<void> {
    this.#vault = 'answers';
    this.#vaultSecret = this.provider.secret;
    this.provider.mode = { kind: 'token', lifeSeconds: 3600 };
    this.provider.manner = 'prompt';
    await this.#drain();
    // Longer than the longest cool-down and the window of the budget; whatever token there was has had its day.
    await this.take({ kind: 'pass', ms: 3_700_000 });
    await this.#drain();
    if (this.#waits.size > 0)
      this.#violated('no caller waits for ever', `${this.#waits.size} are still waiting`);
    for (const key of ['', 'x'] as const) await this.#mustBeServed(key);
    this.check();

    const mode = { kind: 'hangs' } as const;
    await this.take({ kind: 'endpoint', mode, manner: 'deaf' });
    await this.take({ kind: 'clear' });
    await this.take({ kind: 'request', key: '', path: 'fine', timeoutMs: undefined });
  }

  /** Ends the source in whatever state it is: at once nothing is left, and nothing comes after it. */
  async #close(): Promise<void> {
    this.isClosed = true;
    this.source.close();
    await this.clock.advanceAsync(0);
    const { callCount } = this.provider;
    this.#checkNothingIsLeft();
    await this.take({ kind: 'request', key: '', path: 'fine', timeoutMs: undefined });
    await this.#drain();
    this.#checkNothingIsLeft();
    if (this.provider.callCount > callCount)
      this.#violated('nothing is left after close()', 'a token call went out');
    this.check();
  }

  #checkNothingIsLeft(): void {
    const { pendingTimers } = this.clock;
    if (pendingTimers > 0)
      this.#violated('nothing is left after close()', `${pendingTimers} timers`);
    if (this.#waits.size > 0)
      this.#violated('nothing is left after close()', `${this.#waits.size} callers`);
  }

  async #drain(): Promise<void> {
    await this.#answerAll();
    await this.take({ kind: 'pass', ms: LONGEST_WAIT_MS });
    await this.#answerAll();
  }

  async #mustBeServed(key: Key): Promise<void> {
    const served: unknown[] = [];
    void this.source.getToken({ params: paramsOf(key) }).then(
      (token) => served.push(token),
      () => undefined,
    );
    await this.#answerAll();
    if (served.length === 0)
      this.#violated('the source recovers once its surroundings have', `no token for "${key}"`);
  }

  async #answerAll(): Promise<void> {
    await this.clock.advanceAsync(0);
    while (this.scheduler.count() > 0) await this.take({ kind: 'answer' });
  }

  /** A source that renews tokens of a few seconds while nobody asks would fill long spans with nothing else. */
  #bearable(ms: number): number {
    return this.setting.keepWarm && this.provider.hasShortTokens ? Math.min(ms, 50_000) : ms;
  }

  // ---- requests ------------------------------------------------------------------------------------------------

  #request(step: Extract<Step, { kind: 'request' }>): void {
    const request = this.#run(step).catch((error: unknown) => {
      this.#violations.push(
        error instanceof Violation
          ? error
          : new Violation('a caller ends only by what happened to it', String(error)),
      );
    });
    this.#requests.add(request);
    void request.then(() => this.#requests.delete(request));
  }

  /** What a request does, as the interceptors do it: send, and after a 401 once more with another token. */
  async #run({ key, path, timeoutMs }: Extract<Step, { kind: 'request' }>): Promise<void> {
    const params = paramsOf(key);
    const abort = new AbortController();
    const first = await this.#ask({ key, not: undefined, timeoutMs, abort });
    if (first === undefined || (await this.#send(first, path))) return;
    const on = path === 'once only' ? 'only-send' : 'first-send';
    const answer = this.source.reject(first, { on, params });
    if (answer.kind === 'pass' || on === 'only-send') return;
    const second = await this.#ask({ key, not: first, timeoutMs, abort });
    if (second === undefined) return;
    if (second === first)
      this.#violated('a replaced token is never sent again', `${first} was handed back`);
    if (path === 'loses replays') return;
    const accepted = await this.#send(second, path);
    if (this.isClosed) return;
    this.source.replayed({ accepted, forcedMint: answer.forcedMint, params });
    if (!accepted) this.source.reject(second, { on: 'replay', params });
  }

  async #send(value: string, path: Path): Promise<boolean> {
    await this.scheduler.schedule(Promise.resolve(), 'the API');
    return path === 'fine' && this.provider.accepts(value);
  }

  async #ask(
    asked: Pick<Wait, 'key' | 'not' | 'timeoutMs' | 'abort'>,
  ): Promise<string | undefined> {
    const startedAt = this.#now();
    const wait: Wait = {
      ...asked,
      startedAt,
      epoch: this.#epoch,
      hadUsableToken: this.#hasUsableToken(asked.key, asked.not, startedAt),
      troublesBefore: this.#watchOf.get(asked.key)?.troublesBefore ?? 0,
      timesReturned: this.#timesReturned(asked.not),
    };
    this.#waits.add(wait);
    try {
      const token = await this.source.getToken({
        params: paramsOf(wait.key),
        not: wait.not,
        timeoutMs: wait.timeoutMs,
        signal: wait.abort.signal,
      });
      this.#checkServed(token.value, wait);
      return token.value;
    } catch (error) {
      this.#checkFailure(error, wait);
      return undefined;
    } finally {
      this.#waits.delete(wait);
    }
  }

  #lateRejection(which: number, onReplay: boolean): void {
    const value = this.#seen[which % Math.max(1, this.#seen.length)];
    if (value === undefined) return;
    const key = this.provider.issued.get(value)?.key ?? '';
    this.source.reject(value, { on: onReplay ? 'replay' : 'first-send', params: paramsOf(key) });
  }

  // ---- invariants about callers --------------------------------------------------------------------------------

  #hasUsableToken(key: Key, not: string | undefined, now: Instant): boolean {
    const slot = this.#watchOf.get(key)?.state.slot;
    if (slot === undefined || slot.kind === 'empty' || slot.suspect) return false;
    return slot.token.value !== not && phaseOf(slot, now) !== 'expired';
  }

  #checkServed(value: string, { key }: Wait): void {
    if (!this.#seen.includes(value)) this.#seen.push(value);
    this.#watchOf.get(key)?.checkServed(value, this.#step);
    const issued = this.provider.issued.get(value);
    if (issued?.key !== key) {
      this.#violated(
        'a caller ends only by what happened to it',
        `${value} belongs to another key`,
      );
      return;
    }
    if (issued.epoch < this.provider.epoch)
      this.#violated('no token from before clear() is served after it', value);
    const now = this.#now();
    const { maxStaleMs } = this.setting;
    const isOver = issued.deadlines.every((deadline) => isPast(later(deadline, maxStaleMs), now));
    if (isOver && !issued.isOfUncertainAge)
      this.#violated('an expired token is served only as maxStale allows', `${value} is over`);
  }

  #checkFailure(error: unknown, wait: Wait): void {
    const now = this.#now();
    if (wait.abort.signal.aborted && error === wait.abort.signal.reason) return;
    if (isBearerError(error, 'ERR_TOKEN_WAIT_TIMED_OUT')) {
      const waitedMs = now.monoMs - wait.startedAt.monoMs;
      if (wait.timeoutMs === undefined || waitedMs < wait.timeoutMs - 0.01)
        this.#violated('a caller ends only by what happened to it', `timed out at ${waitedMs} ms`);
      return;
    }
    if (isBearerError(error, 'ERR_TOKEN_SOURCE_CLOSED') && this.isClosed) return;
    if (!isBearerError(error)) throw error;

    // Now nothing may be in hand that would have done; nor at the start, if nothing has happened to it since.
    const slot = this.#watchOf.get(wait.key)?.state.slot;
    const isInHand =
      slot?.kind === 'held' && slot.token.value !== wait.not && phaseOf(slot, now) !== 'expired';
    const wasInHand = wait.hadUsableToken && wait.epoch === this.#epoch;
    const noneToBeHad =
      this.#isBudgetSpent() ||
      this.#watchOf.get(wait.key)?.hasHadTrouble(wait.troublesBefore) === true ||
      this.#isGateClosed(wait) ||
      this.#timesReturned(wait.not) > wait.timesReturned;
    if (isInHand || wasInHand || !noneToBeHad) {
      const why = isInHand ? 'one was in hand' : wasInHand ? 'it had one' : 'nothing was wrong';
      this.#violated(
        'a caller fails only if no usable token existed and none could be had',
        `${error.code}, although ${why}`,
      );
    }
  }

  /** The endpoint was left alone when the wait began. */
  #isGateClosed({ key, startedAt }: Wait): boolean {
    const state = this.#watchOf.get(key)?.state;
    return state !== undefined && coolingMs(state, startedAt) > 0;
  }

  #timesReturned(value: string | undefined): number {
    return value === undefined ? 0 : (this.provider.issued.get(value)?.timesReturned ?? 0);
  }

  /** By the provider's count, which no wall clock moves. A call counts from its end: answered, or given up. */
  #checkBudget(secret: number): void {
    const now = this.clock.monotonic();
    this.#spentAt.set(secret, [...(this.#spentAt.get(secret) ?? []), now]);
    const { tokenBudget } = this.setting;
    if (tokenBudget === undefined) return;
    const ended = this.#endedSince(now - tokenBudget.windowMs + EPSILON, secret);
    if (ended > tokenBudget.calls)
      this.#violated('the token budget is kept', `${ended} calls ended within its window`);
  }

  /** That of any account, since the secret may just have been rotated; a call under way may spend the last of it. */
  #isBudgetSpent(): boolean {
    const { tokenBudget } = this.setting;
    if (tokenBudget === undefined) return false;
    const windowStart = this.clock.monotonic() - tokenBudget.windowMs;
    return [...this.#spentAt.keys()].some(
      (secret) =>
        this.#endedSince(windowStart - EPSILON, secret) + this.provider.unanswered >=
        tokenBudget.calls,
    );
  }

  #endedSince(since: number, secret: number): number {
    return (this.#spentAt.get(secret) ?? []).filter((at) => at > since).length;
  }

  #checkFlights(key: Key): void {
    const underWay = this.provider.underWay(key);
    if (underWay > 1)
      this.#violated('at most one flight for each key', `${underWay} calls at once`);
  }

  /** A token handed out without a word is fresh by what was said of its life. */
  #checkPeek(key: Key, now: Instant): void {
    const value = this.source.peek(paramsOf(key))?.value;
    const issued = value === undefined ? undefined : this.provider.issued.get(value);
    if (value === undefined || issued === undefined) return;
    this.#watchOf.get(key)?.checkServed(value, this.#step);
    const isLast = issued.deadlines.every((deadline, index) => {
      const lifeMs = issued.lives[index] ?? Infinity;
      return lifeMs < Infinity && isPast(later(deadline, -lastMomentsMs(lifeMs)), now);
    });
    if (isLast)
      this.#violated(
        'a refresh starts in the early window, and before the last moments',
        `${value} is in its last moments and called fresh`,
      );
  }

  // ---- the surroundings ----------------------------------------------------------------------------------------

  #openSeam(bug: Bug): void {
    const decide = bug.decide ?? realDecide;
    const servableToken = bug.servableToken ?? realServableToken;
    seam.sendTokenRequest = (send) => bug.sendTokenRequest?.(send, this) ?? send;
    seam.memoize = bug.memoize ?? realMemoize;
    seam.onInitialState = (state) => {
      const watch = new Watch(state, (violation) => this.#violations.push(violation));
      this.#watches.set(state, watch);
      this.#watchOf.set(this.#watchOf.size === 0 ? '' : 'x', watch);
    };
    seam.onSameToken = (before, after) => {
      const watch = this.#watches.get(before);
      if (watch !== undefined) this.#watches.set(after, watch);
    };
    seam.decide = (state, now, happening, policy) => {
      const decision = decide(state, now, happening, policy);
      const watch = this.#watches.get(state);
      if (watch === undefined) throw new Error('a state came from nowhere');
      this.#watches.set(decision.state, watch);
      watch.state = state;
      this.#notice(state, decision.state);
      watch.decided(happening, now, decision, this.#step);
      return decision;
    };
    seam.servableToken = (state, now, not, policy) => {
      const served = servableToken(state, now, not, policy);
      if (served?.stale === true && state.slot.kind === 'held' && state.slot.suspect)
        this.#violated('a suspect token is never served as stale', served.token.value);
      return served;
    };
  }

  /** A wait cannot be held against the source once the token that it began with was doubted, dropped or cleared. */
  #notice(before: AnyState, after: AnyState): void {
    const isDoubted = (state: AnyState) => state.slot.kind === 'held' && state.slot.suspect;
    if (before.slot.kind === 'held' && after.slot.kind === 'empty') this.#epoch += 1;
    if (isDoubted(after) && !isDoubted(before)) this.#epoch += 1;
  }

  #onTokenCall(key: Key): void {
    this.#checkFlights(key);
    this.#watchOf.get(key)?.called();
  }

  #onTrouble(): void {
    // What clear() ends is asked for anew.
    if (this.isClearing) return;
    // The account is left alone, so both tokens of it are concerned.
    for (const watch of this.#watchOf.values()) watch.troubled();
  }

  async #askVault(signal: AbortSignal): Promise<{ secret: string }> {
    const mode = this.#vault;
    const trouble = () => this.#onTrouble();
    if (mode === 'throws' || mode === 'nonsense') trouble();
    signal.addEventListener('abort', trouble); // It took too long.
    if (mode === 'hangs') return new Promise(() => undefined);
    if (mode === 'slow') await this.scheduler.schedule(Promise.resolve(), 'the vault');
    if (mode === 'throws') throw new Error('the vault is sealed');
    return mode === 'nonsense' ? ('nonsense' as never) : { secret: String(this.#vaultSecret) };
  }

  /** How old a token is whose call was under way is uncertain. */
  #jumped(): void {
    this.#epoch += 1;
    this.provider.jumps += 1;
  }

  #now(): Instant {
    return { wallMs: this.clock.now(), monoMs: this.clock.monotonic() };
  }

  #violated(invariant: Invariant, detail: string): void {
    this.#violations.push(new Violation(invariant, `step ${this.#step}: ${detail}`));
  }
}

function paramsOf(key: Key): { key: Key } | undefined {
  return key === '' ? undefined : { key };
}
