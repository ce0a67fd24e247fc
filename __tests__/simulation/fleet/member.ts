import type { AxiosError } from 'axios';
import { type InternalAxiosRequestConfig } from 'axios';

import { isBearerError } from '../../../src/errors/index.js';
import type { defineProvider } from '../../../src/provider-definition/define-provider.js';
import type { createTokenSource } from '../../../src/axios/create-token-source.js';
import type { RejectionAnswer } from '../../../src/token/lifecycle.js';
import type { Path } from '../steps.js';
import { Account } from './account.js';
import { ForcedMintBook } from './forced-mint-book.js';
import { instantOf, type Call, type CallEnd, type FleetWatch } from './fleet-watch.js';
import type { Host } from './host.js';
import type { Link } from './link.js';
import { createSharedStore } from './library.js';
import type { Edition, FleetSetting, FleetStep } from './steps.js';

/** An edition of the library, as far as a process needs it. */
export interface Library {
  readonly createTokenSource: typeof createTokenSource;
  readonly defineProvider: typeof defineProvider;
}

/** What a process is started with. */
export interface Start {
  readonly id: number;
  readonly library: Library;
  readonly edition: Edition;
  readonly host: Host;
  readonly link: Link;
  readonly random: () => number;
  readonly secret: number;
  readonly storeKey: string;
  readonly setting: FleetSetting;
}

/** What surrounds a process. */
export interface Surroundings {
  readonly watch: FleetWatch;
  /** How long an answer of the token endpoint is on its way. */
  readonly travelMs: () => number;
  /** Resolves when the API answers. */
  api(isSlow: boolean): Promise<void>;
}

/** A caller's wait for a token. */
interface Wait {
  readonly not: string | undefined;
  readonly timeoutMs: number | undefined;
  readonly abort: AbortController;
  readonly startedAt: number;
  readonly startedAtHere: number;
}

type Sent = Pick<Extract<FleetStep, { kind: 'request' }>, 'path' | 'timeoutMs' | 'isSlow'>;

interface Served {
  readonly value: string;
  readonly startedAt: number;
}

/** What the first edition calls otherwise. */
interface FirstEditionSource {
  replayed(value: string, options: { readonly accepted: boolean }): void;
}

/** Codes by which the first edition says that there is no other token for a while. */
const NOT_NOW = ['ERR_TOKEN_NOT_AT_FAULT', 'ERR_TOKEN_REQUEST_REFUSED'] as const;
/** A process that uses its token looks for a newer one that often, the jitter included. */
const RECHECK_MS = 75_000;
/** A process notices that it stood still for so long. */
const SURELY_FELT_MS = 1_100;
/** How long a lease, the patience of those who wait for it, and the pause after that may last together. */
const GIVING_UP_MS = 100_000;

/** One process: a token source with its callers, on a host of its own. */
export class Member {
  readonly id: number;
  readonly edition: Edition;
  readonly host: Host;
  readonly link: Link;
  readonly setting: FleetSetting;
  readonly source: ReturnType<Library['createTokenSource']>;
  readonly account = new Account();
  /** All that it has shared its tokens in: callers join a flight that was begun with another secret. */
  readonly scopes = new Set<string>();
  /** The secret that its vault hands out. */
  secret: number;
  /** What the next mint is made with. */
  #usedSecret: number;
  isClosed = false;
  lastCallEndedAt = -Infinity;
  /** When it was last found to have stood still, by either clock. */
  stoodStillAt = -Infinity;
  /** Whose records it uses, as the store sees it. */
  namespace = '';
  /** When the store last offered it a token. */
  offeredAt = -Infinity;
  /** When it was last granted the lease. */
  ledAt = -Infinity;
  /** Since when it has been running, and its clocks have gone as they should. */
  #runningSince = -Infinity;
  #isLeaving = false;
  readonly #waits = new Set<Wait>();
  #current: string | undefined;
  /** When a token was replaced here by another, and how often the endpoint had returned it by then. */
  readonly #replaced = new Map<string, { readonly at: number; readonly timesReturned: number }>();
  /** Tokens that drew a 401 here, and how often the endpoint had returned them by then. */
  readonly #seenDie = new Map<string, number>();
  #clearedAt = -Infinity;
  readonly seen: string[] = [];
  readonly #forced: ForcedMintBook;

  constructor(
    start: Start,
    readonly around: Surroundings,
  ) {
    const { id, edition, host, link, setting, library, random, secret } = start;
    this.id = id;
    this.edition = edition;
    this.host = host;
    this.link = link;
    this.setting = setting;
    this.storeKey = start.storeKey;
    this.secret = secret;
    this.#forced = new ForcedMintBook(() => host.monotonic(), around.watch.expected.forcedMints);
    this.#usedSecret = secret;
    this.#runningSince = around.watch.now();
    this.source = library.createTokenSource(this.#provider(library), {
      clock: host,
      random,
      transport: { adapter: (config) => this.#callEndpoint(config) },
      singleActiveToken: setting.singleActiveToken,
      cacheIdentity: setting.isPinned ? 'pinned' : undefined,
      store: createSharedStore(link),
    });
  }

  readonly storeKey: string;

  /** Processes with the same share their tokens. */
  get scope(): string {
    return `${this.storeKey}|${this.setting.isPinned ? '' : this.#usedSecret}`;
  }

  isAlive(): boolean {
    return this.host.state !== 'dead' && !this.isClosed;
  }

  get waitsUnderWay(): number {
    return this.#waits.size;
  }

  longestWaitMs(): number {
    const now = this.host.monotonic();
    return Math.max(0, ...[...this.#waits].map(({ startedAtHere }) => now - startedAtHere));
  }

  /** Whether nothing has come between this process and the store for so long. */
  isCalmFor(ms: number): boolean {
    return this.isCalmSince(this.around.watch.now() - ms);
  }

  isCalmSince(moment: number): boolean {
    const since = Math.max(this.link.upSince, this.#runningSince, this.around.watch.lossAt);
    return this.host.isRunning && since <= moment;
  }

  hasSeenDie(value: string): boolean {
    return this.#seenDie.get(value) === this.around.watch.timesReturned(value);
  }

  /** Whether it has given up this token once. */
  hasGivenUp(value: string): boolean {
    return this.#seenDie.has(value) || this.#replaced.has(value);
  }

  // ---- what befalls it -----------------------------------------------------------------------------------------

  disturbed(reason: string): void {
    this.#runningSince = this.around.watch.now();
    this.around.watch.allow(this, reason);
  }

  setLink(mode: Link['mode']): void {
    if (mode === this.link.mode) return;
    this.around.watch.allow(this, `its link is ${mode}`);
    this.link.mode = mode;
  }

  die(): void {
    this.host.die();
    this.link.end();
    this.around.watch.abandoned(this);
    this.around.watch.allow(this, 'a death');
    this.#waits.clear();
  }

  close(): void {
    this.isClosed = true;
    this.#leave(() => this.source.close());
    this.around.watch.allow(this, 'close()');
  }

  clear(): void {
    this.#clearedAt = this.around.watch.now();
    this.#replaced.clear();
    this.#current = undefined;
    this.around.watch.allow(this, 'clear()');
    this.#leave(() => this.source.clear());
  }

  stop(how: 'stopped' | 'asleep'): void {
    this.host.stop(how);
    this.disturbed(`it is ${how}`);
  }

  goOn(): void {
    if (this.host.isRunning) return;
    this.host.goOn();
    // A refresh that had begun goes on, whether its lease is lost or not.
    const wasAtIt =
      this.around.watch.callsUnderWay(this) > 0 ||
      this.lastCallEndedAt > this.#runningSince - 1_000;
    if (wasAtIt) this.ledAt = this.around.watch.now();
    if (this.around.watch.now() - this.#runningSince > SURELY_FELT_MS)
      this.stoodStillAt = this.around.watch.now();
    this.disturbed('it goes on');
  }

  jump(ms: number): void {
    this.host.jump(ms);
    if (ms > SURELY_FELT_MS) this.stoodStillAt = this.around.watch.now();
    this.disturbed('its wall clock jumps');
  }

  #leave(leave: () => void): void {
    this.#isLeaving = true;
    leave();
    this.#isLeaving = false;
  }

  sameTokenCame(): void {
    this.#forced.sameTokenCame();
  }

  abortOne(): void {
    for (const { abort } of this.#waits) {
      abort.abort();
      return;
    }
  }

  lateRejection(which: number): void {
    const value = this.seen[which % Math.max(1, this.seen.length)];
    if (value === undefined) return;
    this.#reject(value, 'first-send');
  }

  // ---- requests ------------------------------------------------------------------------------------------------

  request(step: Sent): void {
    this.#run(step).catch((error: unknown) => {
      this.around.watch.violated('a caller ends only by what happened to it', String(error));
    });
  }

  /** A request that nothing speaks against; tells later whether it was served. */
  mustBeServed(): { readonly isServed: boolean } {
    const outcome = { isServed: false };
    void this.#run({ path: 'fine', timeoutMs: undefined, isSlow: false }, () => {
      outcome.isServed = true;
    });
    return outcome;
  }

  /** What a request does, as the interceptors do it: send, and after a 401 once more with another token. */
  async #run(
    { path, timeoutMs, isSlow }: Sent,
    onServed: () => void = () => undefined,
  ): Promise<void> {
    const abort = new AbortController();
    const { watch } = this.around;
    const startedAt = watch.now();
    const first = await this.#ask({ not: undefined, timeoutMs, abort });
    if (first === undefined) return;
    if (await this.#send(first.value, path, isSlow)) {
      onServed();
      return;
    }
    if (!this.isAlive()) return;
    const on = path === 'once only' ? 'only-send' : 'first-send';
    const answer = this.#reject(first.value, on);
    if (answer.kind === 'pass') {
      if (path === 'fine') this.#checkPassed(answer.because, startedAt);
      return;
    }
    if (on === 'only-send') return;
    const second = await this.#ask({ not: first.value, timeoutMs, abort });
    if (second === undefined) return;
    if (second.value === first.value)
      watch.violated('a replaced token is never sent again', `${first.value} was handed back`);
    if (path === 'loses replays') return;
    const accepted = await this.#send(second.value, path, isSlow);
    if (!this.isAlive()) return;
    this.#replayed(second.value, accepted, answer.forcedMint);
    if (accepted) {
      onServed();
      return;
    }
    this.source.reject(second.value, { on: 'replay' });
  }

  #replayed(value: string, accepted: boolean, forcedMint: number | undefined): void {
    if (this.edition === 'first') {
      const { source } = this as unknown as { readonly source: FirstEditionSource };
      source.replayed(value, { accepted });
      return;
    }
    if (accepted && forcedMint !== undefined) this.#forced.givenBack();
    this.source.replayed({ accepted, forcedMint });
  }

  /** A 401 that is due to the token, and is not healed, needs a reason. */
  #checkPassed(because: string, startedAt: number): void {
    const { watch } = this.around;
    if (because === 'endpoint-cooling' && this.#mayHaveNone(startedAt)) return;
    if (because === 'forced-mints-spent' && this.#forced.maySaySpent()) return;
    // So called in the first edition.
    if (because === 'rejection-gate-closed') return;
    watch.violated('a request fails only if its surroundings explain it', because);
  }

  #reject(value: string, on: 'first-send' | 'only-send'): RejectionAnswer {
    const { watch } = this.around;
    watch.once(this, `a 401 on ${value} ${watch.timesReturned(value)}`);
    const answer = this.source.reject(value, { on });
    watch.trace(this.host, () => `reject(): ${JSON.stringify(answer)}`);
    if (answer.kind === 'replay' && answer.forcedMint !== undefined) {
      const excess = this.#forced.take();
      if (excess !== undefined) watch.violated('forced mints are limited', excess);
    }
    const isTaken = answer.kind === 'replay' || answer.because === 'endpoint-cooling';
    if (isTaken) this.#seenDie.set(value, watch.timesReturned(value));
    return answer;
  }

  async #send(value: string, path: Path, isSlow: boolean): Promise<boolean> {
    await this.around.api(isSlow);
    const isAccepted = path === 'fine' && this.around.watch.provider.accepts(value);
    this.around.watch.trace(
      this.host,
      () => `${value} ${isAccepted ? 'is accepted' : 'draws a 401'}`,
    );
    await new Promise<void>((resolve) => this.host.deliver(resolve));
    return isAccepted;
  }

  async #ask(asked: Pick<Wait, 'not' | 'timeoutMs' | 'abort'>): Promise<Served | undefined> {
    const { watch } = this.around;
    const wait: Wait = {
      ...asked,
      startedAt: watch.now(),
      startedAtHere: this.host.monotonic(),
    };
    this.#waits.add(wait);
    try {
      const { value } = await this.source.getToken({
        not: wait.not,
        timeoutMs: wait.timeoutMs,
        signal: wait.abort.signal,
      });
      this.#served(value);
      return { value, startedAt: wait.startedAt };
    } catch (error) {
      this.#checkFailure(error, wait);
      return undefined;
    } finally {
      this.#waits.delete(wait);
    }
  }

  // ---- invariants about callers --------------------------------------------------------------------------------

  /** Holds after every step. */
  check(): void {
    const { watch } = this.around;
    if (!this.host.isRunning) return;
    for (const { startedAt } of this.#waits) {
      const waitedMs = watch.now() - Math.max(startedAt, this.#runningSince, this.#clearedAt);
      if (waitedMs > watch.expected.longestWaitMs)
        watch.violated('no caller waits for ever', `process ${this.id}, for ${waitedMs} ms`);
    }
    const isAtIt = watch.callsUnderWay(this) > 0;
    if (this.edition === 'first' || isAtIt || this.#waits.size === 0) return;
    const latest = Math.max(this.link.askedAt, this.#runningSince, this.lastCallEndedAt);
    const silentMs = watch.now() - Math.max(latest, this.#waitingSince());
    if (silentMs > watch.expected.asksEachMs)
      watch.violated('the store is asked again soon', `process ${this.id}, not for ${silentMs} ms`);
  }

  #waitingSince(): number {
    return Math.min(...[...this.#waits].map(({ startedAt }) => startedAt));
  }

  #served(value: string): void {
    const { watch } = this.around;
    // With another secret come other records, which clear() was not about.
    if (this.scopes.size === 1 && watch.isFromBefore(value, this.#clearedAt))
      watch.violated('no token from before clear() is served after it', `${value} by ${this.id}`);
    watch.trace(this.host, () => `serves ${value}`);
    if (!this.seen.includes(value)) this.seen.push(value);
    const now = watch.now();
    const timesReturned = watch.timesReturned(value);
    const replaced = this.#replaced.get(value);
    const isKnown = replaced?.timesReturned === timesReturned && replaced.at < now;
    if (isKnown && this.edition === 'second' && !watch.mayHaveComeBack(value))
      watch.violated(
        'a replaced token is never sent again',
        `${value} by process ${this.id}, replaced ${now - replaced.at} ms ago`,
      );
    if (this.#current === value) return;
    if (this.#current !== undefined && replaced === undefined)
      this.#replaced.set(this.#current, {
        at: now,
        timesReturned: watch.timesReturned(this.#current),
      });
    this.#current = value;
  }

  #checkFailure(error: unknown, wait: Wait): void {
    const { watch } = this.around;
    watch.trace(this.host, () => `fails a caller: ${String(error)}`);
    if (wait.abort.signal.aborted && error === wait.abort.signal.reason) return;
    if (isBearerError(error, 'ERR_TOKEN_WAIT_TIMED_OUT')) {
      const waitedMs = this.host.monotonic() - wait.startedAtHere;
      if (wait.timeoutMs === undefined || waitedMs < wait.timeoutMs - 0.01)
        watch.violated('a caller ends only by what happened to it', `timed out at ${waitedMs} ms`);
      return;
    }
    if (isBearerError(error, 'ERR_TOKEN_SOURCE_CLOSED') && this.isClosed) return;
    if (!isBearerError(error)) throw error;
    const hadForMs = this.isCalmFor(2 * RECHECK_MS) ? watch.hadForMs(this, wait.not) : 0;
    if (hadForMs > RECHECK_MS) {
      watch.violated(
        'a caller fails only if no usable token existed and none could be had',
        `${error.code} in process ${this.id}, although the store has had one for ${hadForMs} ms`,
      );
    }
    const inHand = this.source.peek()?.value;
    if (inHand !== undefined && inHand !== wait.not) {
      watch.violated(
        'a caller fails only if no usable token existed and none could be had',
        `${error.code} in process ${this.id}, although ${inHand} was in hand`,
      );
    } else if (!this.#isExplained(error.code, wait)) {
      watch.violated(
        'a caller fails only if no usable token existed and none could be had',
        `${error.code} in process ${this.id}, although nothing was wrong: ${error.message}`,
      );
    }
  }

  #isExplained(code: string, { not, startedAt }: Wait): boolean {
    const { watch } = this.around;
    if (this.#mayHaveNone(startedAt)) return true;
    if (not !== undefined && watch.hasComeAgain(not, startedAt)) return true;
    return this.edition === 'first' && not !== undefined && NOT_NOW.some((known) => known === code);
  }

  /** The endpoint has had trouble; or a second token would kill the first, and the holder of the lease or the store is away. */
  #mayHaveNone(since: number): boolean {
    const { watch } = this.around;
    return (
      watch.hasHadTrouble(this, since) ||
      (this.setting.singleActiveToken &&
        !(watch.isCalm(GIVING_UP_MS) && this.isCalmFor(GIVING_UP_MS)))
    );
  }

  // ---- the token endpoint --------------------------------------------------------------------------------------

  #provider({ defineProvider }: Library) {
    return defineProvider<{ secret: string }>({
      name: 'simulated',
      baseURL: 'https://api.simulated.test',
      credentials: () => {
        this.#usedSecret = this.secret;
        this.scopes.add(this.scope);
        return { secret: String(this.secret) };
      },
      credentialFields: { secret: { secret: true } },
      tokenRequest: ({ secret }) => ({
        url: '/token',
        body: { json: { key: '', secret: Number(secret) } },
      }),
      parseToken: ({ body }) => {
        const { access_token, expires_in } = body as Record<string, unknown>;
        return { accessToken: access_token, expiresInSeconds: expires_in };
      },
    });
  }

  #callEndpoint(config: InternalAxiosRequestConfig): Promise<never> {
    const { watch } = this.around;
    const call = watch.called(this);
    config.signal?.addEventListener?.('abort', () => {
      watch.ended(call, { kind: this.#isLeaving ? 'abandoned' : 'transient' });
    });
    return new Promise((resolve, reject) => {
      watch.provider.adapter(config).then(
        (answer) =>
          this.#travels(() => {
            watch.ended(call, endOf(answer, this.#tookAtLeastMs(call)));
            resolve(answer);
          }),
        (error: unknown) =>
          this.#travels(() => {
            watch.ended(call, { kind: 'transient' });
            reject(error as AxiosError);
          }),
      );
    });
  }

  /** By either clock of the host, if it goes by the wall clock as well. */
  #tookAtLeastMs({ sentAtHere }: Call): number {
    const now = instantOf(this.host);
    const wallMs =
      this.around.watch.expected.survivesJumps && this.edition === 'second'
        ? 0
        : now.wallMs - sentAtHere.wallMs;
    return Math.max(wallMs, now.monoMs - sentAtHere.monoMs);
  }

  #travels(arrive: () => void): void {
    this.host.world.schedule(() => this.host.deliver(arrive), this.around.travelMs());
  }
}

function endOf(answer: unknown, tookMs: number): CallEnd {
  const { status, data, headers } = answer as {
    status: number;
    data: string;
    headers: Record<string, string | undefined>;
  };
  const body = data.startsWith('{') ? (JSON.parse(data) as Record<string, unknown>) : {};
  if (headers['retry-after'] !== undefined)
    return { kind: 'server-set', forMs: Number(headers['retry-after']) * 1_000 };
  if (body['error'] === 'invalid_client') return { kind: 'credentials' };
  const { access_token: value, expires_in: seconds } = body;
  if (status !== 200 || typeof value !== 'string') return { kind: 'transient', isAnswer: true };
  const lifeMs = typeof seconds === 'number' ? seconds * 1_000 : Infinity;
  // Its life was over when it came.
  return tookMs > lifeMs - 1 ? { kind: 'transient' } : { kind: 'token', value, lifeMs };
}
