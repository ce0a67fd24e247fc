import { msUntil, type Instant } from '../../src/token/instant.js';
import {
  defaultPolicy,
  nextCallInMs,
  phaseOf,
  type CoolDownCause,
  type HeldToken,
  type RequestAnswer,
  type TokenState,
} from '../../src/token/lifecycle.js';
import type { AnyDecision, AnyHappening, AnyState } from './observed-source.js';
import { Violation, type Invariant } from './invariants.js';

/** Rounding of floating-point sums. */
export const EPSILON = 0.01;

/** How often a flight may call the token endpoint. */
const MOST_ATTEMPTS = 3;

const MINUTE = 60_000;

/** How soon a refresh notices that the process stood still, and gives up a call that brings no answer. */
const NOTICED_WITHIN_MS = 1_500;

/** How long the table leaves the endpoint alone, before the jitter: doubled by each failure of the same cause in a row. */
function backOffMs(cause: CoolDownCause, earlier: number, earlyMs: number | undefined): number {
  const doubled = (firstMs: number, longestMs: number) =>
    Math.min(firstMs * 2 ** earlier, longestMs);
  if (cause === 'credentials') return doubled(5_000, 300_000);
  if (earlyMs === undefined) return doubled(1_000, 30_000);
  return doubled(5_000, Math.min(60_000, earlyMs / 4));
}

/** Milliseconds until no cool-down keeps this token from being fetched. */
export function coolingMs(state: TokenState, now: Instant): number {
  return nextCallInMs(state, now, defaultPolicy);
}

/** Watches every decision about one token, and keeps account of what each refresh is justified by. */
export class Watch {
  state: TokenState;
  /** Tokens that were replaced by another, and the step in which that was. */
  readonly replaced = new Map<string, number>();
  #refreshes = 0;
  /** How many refreshes there may have been by now: see {@link Watch.allow}. */
  #allowance = 1;
  /** The token in hand whose window has been accounted for; once it is gone, the same string may come again and be due again. */
  #dueToken: string | undefined;
  #flightSince = 0;
  #callsOfFlight = 0;
  /** How often no token could be had for a reason; how often before the flight under way, and before the last token. */
  #troubles = 0;
  #troublesBeforeFlight = 0;
  #troublesBeforeToken = 0;
  /** The mints that 401s have forced, and which of them an accepted replay gave back. */
  #forced: { readonly flightId: number; readonly at: number; isBack?: true; landedAt?: number }[] =
    [];
  /** When the endpoint last returned the token that had drawn a 401. */
  #insistedAt = -Infinity;
  /** How the last refreshes were justified, for the message. */
  readonly #reasons: string[] = ['the first'];

  constructor(
    state: AnyState,
    readonly report: (violation: Violation) => void,
  ) {
    this.state = state;
  }

  /**
   * The account: 1 at the start, and 1 for each `clear()`, each token that reached its window, each that drew a 401 with
   * a forced mint left, each refresh that failed (the endpoint gate says when), each answer with the same token.
   */
  allow(reason: string): void {
    this.#allowance += 1;
    this.#reasons.push(reason);
  }

  decided(happening: AnyHappening, now: Instant, decision: AnyDecision, step: number): void {
    const before = this.state;
    const { state: after } = decision;
    this.state = after;
    this.#account(happening, before, after, now);
    switch (happening.kind) {
      case 'requested': {
        const answer = decision.answer as RequestAnswer<unknown>;
        if (answer.kind !== 'serve') break;
        this.checkServed(answer.token.value, step);
        if (answer.stale && before.slot.kind === 'held' && before.slot.suspect)
          this.#violated('a suspect token is never served as stale', answer.token.value);
        break;
      }
      case 'token-call':
        if (before.flight === undefined)
          this.#violated('no token call while the endpoint gate cools', 'it belongs to no refresh');
        if ((decision.answer as { kind: string }).kind === 'go') this.#checkGate(before, now);
        break;
      case 'minted':
        if (after.slot.kind === 'held' && (decision.answer as { kind: string }).kind === 'accepted')
          this.#landed(before, after.slot, happening, step, now);
        break;
      case 'rejected':
        this.#checkRejection(happening, before, decision, now);
        break;
      case 'mint-failed':
        if (happening.flightId === before.flight?.id && this.#forced.at(-1)?.landedAt === undefined)
          this.#forced.pop(); // Nothing was minted.
        this.#checkCoolDown(before, happening, decision, now);
        break;
      case 'replay-accepted': {
        const forced = this.#forced.find(({ flightId }) => flightId === happening.forcedMint);
        if (forced !== undefined && now.monoMs - forced.at < MINUTE) forced.isBack = true;
        break;
      }
      case 'cleared':
        this.replaced.clear();
        this.#forced = [];
        this.#insistedAt = -Infinity;
        break;
    }
  }

  /** Holds after every step. */
  check(now: Instant): void {
    const { flight } = this.state;
    if (flight === undefined) return;
    const ageMs = now.monoMs - this.#flightSince;
    if (ageMs > 10_000 + EPSILON)
      this.#violated('a flight ends in time', `flight ${flight.id} is ${ageMs} ms old`);
  }

  /**
   * The process stood still, as far as its clocks tell: a refresh under way starts anew, with all its attempts and its time,
   * as soon as it has noticed and its call has had a moment to bring its answer. Until then it goes on with those it had.
   */
  stoodStill(now: Instant): void {
    this.#callsOfFlight -= MOST_ATTEMPTS;
    this.#flightSince = now.monoMs + NOTICED_WITHIN_MS;
  }

  /** A token call goes out. */
  called(): void {
    this.#callsOfFlight += 1;
    if (this.#callsOfFlight > MOST_ATTEMPTS)
      this.#violated('a flight makes three token calls at most', `call ${this.#callsOfFlight}`);
  }

  /** No token can be had for the moment, and it is not the source's fault. */
  troubled(): void {
    this.#troubles += 1;
  }

  /** What a wait that begins now may be failed for comes after this: with a flight under way, all that befell that. */
  get troublesBefore(): number {
    return this.state.flight === undefined ? this.#troubles : this.#troublesBeforeFlight;
  }

  /** Whether something has gone wrong since then, and no token has come after it. */
  hasHadTrouble(since: number): boolean {
    return this.#troubles > Math.max(since, this.#troublesBeforeToken);
  }

  checkServed(value: string, step: number): void {
    const since = this.replaced.get(value);
    if (since !== undefined && since < step)
      this.#violated('a replaced token is never sent again', `${value}, replaced in step ${since}`);
  }

  #account(happening: AnyHappening, before: TokenState, after: TokenState, now: Instant): void {
    const { kind } = happening;
    if (kind === 'cleared') this.allow('clear()');
    if (kind === 'credentials-changed') this.allow('changed credentials');
    if (kind === 'mint-failed' && before.flight?.id === happening.flightId) this.allow('a failure');
    const was = before.slot.kind === 'held' ? before.slot : undefined;
    const is = after.slot.kind === 'held' ? after.slot : undefined;
    if (is?.suspect === true && was?.suspect !== true) {
      this.allow('a 401');
    }
    if (kind === 'minted' && was !== undefined && was.token.value === is?.token.value)
      this.allow('the same token again');
    if (kind === 'mint-failed' && was !== undefined && is === undefined) this.allow('dropped');
    if (is === undefined) this.#dueToken = undefined;
    if (after.flight === undefined || after.flight.id === before.flight?.id) return;

    this.#flightSince = now.monoMs;
    this.#callsOfFlight = 0;
    this.#troublesBeforeFlight = this.#troubles;
    this.#checkGate(before, now);
    if (was !== undefined && phaseOf(was, now) !== 'fresh' && this.#dueToken !== was.token.value) {
      this.#dueToken = was.token.value;
      this.allow('its window');
    }
    this.#refreshes += 1;
    if (this.#refreshes > this.#allowance) {
      this.#violated(
        'each refresh has a reason',
        `refresh ${this.#refreshes} (${after.flight.reason}) of ${this.#allowance}: ${this.#reasons.slice(-5).join(', ')}`,
      );
    }
  }

  #checkGate(state: TokenState, now: Instant): void {
    const openInMs = coolingMs(state, now);
    if (openInMs > 0)
      this.#violated('no token call while the endpoint gate cools', `it opens in ${openInMs} ms`);
  }

  #checkCoolDown(
    before: TokenState,
    failed: Extract<AnyHappening, { kind: 'mint-failed' }>,
    { state: after, notices }: AnyDecision,
    now: Instant,
  ): void {
    const { slot, flight } = before;
    const earlyMs =
      slot.kind === 'held' && phaseOf(slot, now) !== 'expired' ? slot.earlyMs : undefined;
    const told = notices.flatMap((notice) =>
      notice.kind === 'coolDownStarted' ? [notice.delayMs] : [],
    );
    // Where the fault is on our side, and nothing can be served meanwhile, the next request may ask at once.
    const isNone =
      flight?.id !== failed.flightId ||
      failed.cause === 'not-called' ||
      (failed.cause === 'local' && earlyMs === undefined);
    if (isNone) {
      if (told.length > 0 || after.endpoint !== before.endpoint || after.account !== before.account)
        this.#violated('a cool-down lasts as long as the table says', 'there should be none');
      return;
    }
    const cause = failed.cause === 'local' ? 'transient' : failed.cause;
    const gateOf = ({ account, endpoint }: TokenState) =>
      failed.concerns === 'account' ? account.endpoint : endpoint;
    const { rejected, trouble } = gateOf(before);
    const last =
      cause === 'credentials' ? rejected : trouble?.cause === cause ? trouble : undefined;
    const isTheSameFailure =
      last !== undefined && (flight.calledAt ?? Infinity) <= last.failedAt.monoMs;
    const inARow = (last?.failures ?? 0) - (isTheSameFailure ? 1 : 0);
    const earlier = Math.max(inARow, failed.failuresElsewhere ?? 0);

    const askedMs = Math.min(failed.retryAfterMs ?? 0, 3_600_000);
    const usualMs = backOffMs(cause, earlier, earlyMs);
    const [least, most] =
      cause === 'server-set'
        ? [askedMs, askedMs]
        : cause === 'credentials'
          ? [Math.max(0.8 * usualMs, askedMs), Math.max(1.2 * usualMs, askedMs)]
          : [0.8 * usualMs, 1.2 * usualMs];
    // Another cool-down may last longer.
    const longest = Math.max(most, coolingMs(before, now));
    // What is told is rounded up.
    const delays = [{ delayMs: coolingMs(after, now), longest }].concat(
      told.map((delayMs) => ({ delayMs, longest: Math.ceil(longest) })),
    );
    for (const { delayMs, longest } of delays) {
      if (delayMs < least - EPSILON || delayMs > longest + EPSILON)
        this.#violated(
          'a cool-down lasts as long as the table says',
          `${cause}, after ${earlier} others: ${delayMs} ms instead of ${least} to ${longest} ms`,
        );
    }
    const was = gateOf(before).rejected;
    const is = gateOf(after).rejected;
    if (was === undefined) return;
    if (
      is === undefined ||
      is.failures < was.failures ||
      msUntil(is.until, now) < msUntil(was.until, now)
    )
      this.#violated('rejected credentials stay rejected', `after a failure: ${cause}`);
  }

  #landed(
    before: TokenState,
    held: HeldToken,
    { sentAt, lifetimeMs, token }: Extract<AnyHappening, { kind: 'minted' }>,
    step: number,
    now: Instant,
  ): void {
    const forced = this.#forced.at(-1);
    if (forced !== undefined) forced.landedAt ??= now.monoMs;
    this.#troublesBeforeToken = this.#troubles;
    const previous = before.slot.kind === 'held' ? before.slot.token.value : undefined;
    if (previous !== undefined && previous !== held.token.value) {
      this.replaced.set(previous, step);
    } else if (before.slot.kind === 'held' && before.slot.suspect) {
      this.#insistedAt = now.monoMs;
    }
    if (lifetimeMs === undefined || held.token !== token) return;
    this.#checkWindows(held, sentAt, lifetimeMs);
  }

  /** Six and one more each minute, but for those that came back; none right after the same token; and 30 in any minute. */
  #checkForced(flightId: number, { monoMs }: Instant): void {
    this.#forced.push({ flightId, at: monoMs });
    if (monoMs - this.#insistedAt < MINUTE)
      this.#violated('401s force no more mints than the budget has', 'the same token had come');
    const since = (from: number) => this.#forced.filter(({ at }) => at >= from);
    for (const { at: from } of this.#forced) {
      const spent = since(from).filter(({ isBack }) => isBack !== true).length;
      if (spent > 6 + (monoMs - from) / MINUTE)
        this.#violated('401s force no more mints than the budget has', `${spent} since ${from}`);
    }
    const inMinute = this.#inMinuteBefore({ monoMs }).length;
    if (inMinute > 30)
      this.#violated('401s force no more mints than the budget has', `${inMinute} in a minute`);
  }

  #inMinuteBefore({ monoMs }: Pick<Instant, 'monoMs'>) {
    return this.#forced.filter(({ at, landedAt = at }) => landedAt > monoMs - MINUTE);
  }

  #checkWindows(held: HeldToken, sentAt: Instant, lifetimeMs: number): void {
    const since = ({ monoMs }: Instant) => monoMs - sentAt.monoMs;
    const mandatoryMs = lifetimeMs - since(held.mandatoryAt ?? sentAt);
    const { earlyMs } = held;
    if (!(
      mandatoryMs > 0 &&
      mandatoryMs <= earlyMs + EPSILON &&
      earlyMs <= lifetimeMs / 2 + EPSILON
    ))
      this.#violated('the windows fit the life', `${mandatoryMs}, ${earlyMs} of ${lifetimeMs} ms`);
    const refreshIn = since(held.refreshAt);
    const earliest = lifetimeMs - earlyMs;
    const latest = Math.min(lifetimeMs - earlyMs / 2, lifetimeMs - mandatoryMs);
    if (refreshIn < earliest - EPSILON || refreshIn > latest + EPSILON)
      this.#violated(
        'a refresh starts in the early window, and before the last moments',
        `after ${refreshIn} ms instead of ${earliest} to ${latest} ms`,
      );
  }

  #checkRejection(
    { value, on }: Extract<AnyHappening, { kind: 'rejected' }>,
    before: TokenState,
    { answer, state: after }: AnyDecision,
    now: Instant,
  ): void {
    const { kind, because, forcedMint } = answer as {
      readonly kind: string;
      readonly because?: string;
      readonly forcedMint?: number;
    };
    if (forcedMint !== undefined) this.#checkForced(forcedMint, now);
    if (on === 'first-send' && kind === 'pass' && because === 'forced-mints-spent') {
      const spent = this.#forced.filter(({ isBack }) => isBack !== true).length;
      const inMinute = this.#inMinuteBefore(now).length;
      if (spent < 6 && inMinute < 30 && now.monoMs - this.#insistedAt >= 6 * MINUTE)
        this.#violated('a 401 is passed on only where the budget is spent', `${spent} are spent`);
    }
    if (after.slot.kind === 'empty' || before.slot.kind === 'empty') return;
    if (after.slot.token.value !== value && after.slot.suspect && !before.slot.suspect)
      this.#violated(
        'a late 401 doubts no other token',
        `${value} was doubted, not ${after.slot.token.value}`,
      );
  }

  #violated(invariant: Invariant, detail: string): void {
    this.report(new Violation(invariant, detail));
  }
}
