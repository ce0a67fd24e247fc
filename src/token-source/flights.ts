import type { BearerError } from '../errors/index.js';
import { inContextOfNoRequest } from '../platform/async-context.js';
import { JointWork, type WorkLife } from '../platform/joint-work.js';
import { whileInMemory } from '../platform/weak-listener.js';
import type { Acquired } from '../sharing/acquired.js';
import type { Adopted } from '../sharing/adoption.js';
import type { AccessToken } from '../token/access-token.js';
import { msUntil, type Instant } from '../token/instant.js';
import { nextCallInMs, rejectedOf, servableToken, type Flight } from '../token/lifecycle.js';
import { forgetFrames } from '../token-call/forget-frames.js';
import { acquire, type TokenWanted } from './acquisition.js';
import type { TokenSourceEvents } from './events.js';
import { failedFlight, toldWhen, type WithoutToken } from './refusal.js';

/** How a flight ended. */
export type Landing =
  | { readonly kind: 'token'; readonly token: AccessToken }
  | { readonly kind: 'failed'; readonly error: BearerError }
  /** `clear()` or `close()` came first, or the flight can never end: callers ask again. */
  | typeof CHANGED;

export const CHANGED = { kind: 'changed' } as const;

/** How long the timer of `keepWarm` rests after each refresh, even if the tokens live for a millisecond. */
const LEAST_REST_MS = 1_000;

/** The refreshes of one token, one at a time: some callers wait for one, others run in the background. */
export class Flights {
  readonly #token: TokenWanted;
  #work: JointWork<Landing> | undefined;
  #cancelWarmTimer: (() => void) | undefined;

  constructor(token: TokenWanted) {
    this.#token = token;
  }

  /** Starts a flight, or joins it if it is running. */
  run(flight: Flight): Promise<Landing> {
    const { source } = this.#token;
    if (this.#work?.isUnderWay === true) {
      source.emit('joined', { reason: flight.reason });
      return this.#start(flight);
    }
    const landing = this.#start(flight);
    source.outlivesRequest(landing);
    return landing;
  }

  /** Starts a flight that belongs to no caller. Returns whether it continues after the request that started it has ended. */
  runInBackground(flight: Flight): boolean {
    if (this.#work?.isUnderWay === true) {
      this.#work.stopIfSilent();
      return true;
    }
    // A failure is reported by an event, and callers still get the current token.
    return this.#token.source.outlivesRequest(inContextOfNoRequest(() => this.#start(flight)));
  }

  /** Adopts a token that another process has fetched, while no caller waits for one here. */
  adopt({ token, sentAt, lifetimeMs }: Adopted): void {
    const { source } = this.#token;
    const random = source.options.random();
    const found = { kind: 'found', token, sentAt, lifetimeMs, random } as const;
    if (source.isClosed || this.#token.decide(found).kind === 'superseded') return;
    this.#keepWarm();
    this.#tellRefreshed(token, sentAt, { reason: 'early', from: 'store', attempts: 0 });
  }

  /** Ends the running flight, and the timer that would start another. */
  stop(): void {
    this.#cancelWarmTimer?.();
    this.#work?.stop();
  }

  #start(flight: Flight): Promise<Landing> {
    const { source } = this.#token;
    this.#work ??= new JointWork(source.options.clock, (id) => this.#lose(id));
    return this.#work.run((life) => this.#refresh(flight, life), flight.id);
  }

  /** The next caller starts another flight in its place. */
  #lose(id: Flight['id']): Landing {
    if (this.#token.state.flight?.id === id) this.#token.decide({ kind: 'flight-lost' });
    return CHANGED;
  }

  async #refresh(flight: Flight, life: WorkLife): Promise<Landing> {
    const startedAt = this.#token.source.now();
    const acquired = await acquire(this.#token, flight, life);
    switch (acquired.kind) {
      case 'minted':
      case 'adopted':
        return this.#land(flight, acquired, startedAt);
      case 'stay':
        return this.#stayWithTokenInHand();
      case 'abandoned':
        return CHANGED;
      default:
        return this.#giveUp(flight, acquired);
    }
  }

  #land(
    flight: Flight,
    acquired: Extract<Acquired, { kind: 'minted' | 'adopted' }>,
    startedAt: Instant,
  ): Landing {
    const { source, credentials } = this.#token;
    const minted = acquired.kind === 'minted' ? acquired.minted : undefined;
    const { token, sentAt, lifetimeMs } = acquired.kind === 'minted' ? acquired.minted : acquired;
    const { kind } = this.#token.decide({
      kind: 'minted',
      flightId: flight.id,
      token,
      sentAt,
      lifetimeMs,
      tookMs: minted?.tookMs,
      random: source.options.random(),
    });
    if (kind === 'superseded') return CHANGED;
    credentials.forget();
    this.#token.dropAccount();
    this.#work = undefined; // It would take half of the memory of an idle token.
    this.#keepWarm();
    this.#tellRefreshed(token, startedAt, {
      reason: flight.reason,
      from: minted === undefined ? 'store' : 'endpoint',
      attempts: minted?.attempts ?? 0,
    });
    return { kind: 'token', token };
  }

  /** Another process renews the token; this one looks again soon. */
  #stayWithTokenInHand(): Landing {
    const { slot } = this.#token.state;
    if (slot.kind === 'empty') return CHANGED;
    this.#keepWarm(0);
    return { kind: 'token', token: slot.token };
  }

  /** Starts the cool-down for this failure, and reports it. */
  #giveUp(flight: Flight, without: WithoutToken): Landing {
    const { source } = this.#token;
    const { options } = source;
    const failed = failedFlight(without, { flightId: flight.id, random: options.random() });
    forgetFrames(failed.failure);
    if (this.#token.decide(failed).kind === 'superseded') return CHANGED;
    const { state } = this.#token;
    const { slot } = state;
    const nextAttemptInMs = Math.ceil(nextCallInMs(state, source.now(), options.policy));
    const error = toldWhen(failed.failure, nextAttemptInMs);
    source.emit('refreshFailed', {
      reason: flight.reason,
      error,
      severity: failed.cause === 'credentials' || failed.cause === 'local' ? 'error' : 'warning',
      nextAttemptInMs,
      stillServing:
        !(slot.kind === 'held' && slot.suspect) &&
        servableToken(state, source.now(), undefined, options.policy) !== undefined,
    });
    this.#keepWarm();
    // Rejected credentials have to be changed, even if something else has failed since.
    const rejected = rejectedOf(state)?.failure;
    return {
      kind: 'failed',
      error:
        rejected === undefined || rejected === failed.failure
          ? error
          : toldWhen(rejected, nextAttemptInMs),
    };
  }

  /** Sets the timer for the next refresh, or for the next attempt once a cool-down is over. */
  #keepWarm(atLeastMs = LEAST_REST_MS): void {
    const { source, state } = this.#token;
    const { options, isClosed } = source;
    if (!options.keepWarm || isClosed) return;
    this.#cancelWarmTimer?.();
    const { slot } = state;
    const now = source.now();
    const refreshInMs = slot.kind === 'held' ? msUntil(slot.refreshAt, now) : 0;
    const delayMs = Math.max(atLeastMs, refreshInMs, nextCallInMs(state, now, options.policy));
    // It goes on fetching tokens, and must not do so for a source that was dropped without `close()`.
    const warm = whileInMemory(this, (flights) => flights.#warm());
    this.#cancelWarmTimer = inContextOfNoRequest(() => options.clock.schedule(warm, delayMs));
  }

  /** No caller waits for this refresh, so it does not keep the process alive. */
  #warm(): void {
    const answer = this.#token.decide({ kind: 'requested' });
    const flight =
      answer.kind === 'wait' ? answer.flight : answer.kind === 'serve' ? answer.refresh : undefined;
    // A flight sets the timer again when it ends. Without a flight, the timer fired too early: timers of many days are cut short, and
    // some endpoints return the current token until it expires.
    if (flight === undefined) this.#keepWarm();
    else this.runInBackground(flight);
  }

  #tellRefreshed(
    token: AccessToken,
    startedAt: Instant,
    how: Pick<TokenSourceEvents['refreshed'], 'reason' | 'from' | 'attempts'>,
  ): void {
    const { source } = this.#token;
    const { wallMs, monoMs } = source.now();
    source.emit('refreshed', {
      ...how,
      tookMs: monoMs - startedAt.monoMs,
      expiresInMs: token.expiresAt === undefined ? undefined : token.expiresAt - wallMs,
    });
  }
}
