import type { FakeClock } from '../../../src/testing/fake-clock.js';
import type { Instant } from '../../../src/token/instant.js';
import type { FakeProvider } from '../fake-provider.js';
import { Violation, type FleetInvariant } from '../invariants.js';
import { Account } from './account.js';
import type { Expectations } from './expectations.js';
import type { Host } from './host.js';
import type { Member } from './member.js';
import { isInTime, type Sent } from './link.js';
import type { Command, Executed, StoreObserver } from './redis.js';
import { trace } from './trace.js';

/** One token call. */
export interface Call {
  readonly by: Member;
  readonly sentAt: number;
  /** By the clocks of the host. */
  readonly sentAtHere: Instant;
  isOver: boolean;
}

/** How a token call ended. */
export type CallEnd =
  | { readonly kind: 'token'; readonly value: string; readonly lifeMs: number }
  /** Without an answer, or with one that says that it may pass. */
  | { readonly kind: 'transient'; readonly isAnswer?: true }
  | { readonly kind: 'server-set'; readonly forMs: number }
  | { readonly kind: 'credentials' }
  /** By `clear()`, `close()`, or the death of the process: it says nothing about the endpoint. */
  | { readonly kind: 'abandoned' };

interface Trouble {
  readonly by: Member;
  readonly at: number;
  /** How long it may be felt: by the process that had it, and by those it shares it with. */
  readonly hereMs: number;
  readonly elsewhereMs: number;
}

interface Lease {
  readonly holder: Host;
  readonly owner: string;
  readonly grantedAt: number;
  /** Whether the holder has heard in time that it has the lease. */
  readonly isKnown: boolean;
  until: number;
}

interface Stored {
  readonly value: string;
  readonly since: number;
  /** That of the lease under which it was minted. */
  readonly fence?: number | undefined;
}

interface Known {
  readonly scope: string;
  readonly sentAt: number;
  readonly lifeMs: number;
}

/** How long cool-downs may last, the jitter included. */
const TRANSIENT_MS = 72_000;
const CREDENTIALS_MS = 361_000;
/** A transient failure is shared for 2 s, and takes its time to arrive. */
const SHARED_TRANSIENT_MS = 3_000;
/** How long a token without an end is used before it is renewed. */
const UNDATED_MS = 850_000;
/** A flight lasts so long at most, and some more after a standstill. */
const FLIGHT_MS = 45_000;
/** A token that lives no longer may be past using. */
const AT_LEAST_MS = 5_000;
/** From then on nothing is under way any more where a process has just been at it. */
const AT_REST_MS = 1_000;
/** A process whose store has just come back uses a lease that a late answer brought at its next probe: each second, moved by up to a quarter. */
const UNTIL_NEXT_PROBE_MS = 1_500;

/** Watches the store and the token endpoint, and keeps account of what the fleet does. */
export class FleetWatch implements StoreObserver {
  /** Which process runs on a host. */
  readonly members = new Map<Host, Member>();
  readonly #accounts = new Map<string, Account>();
  readonly #known = new Map<string, Known>();
  /** How often a token has arrived. */
  readonly #timesReturned = new Map<string, number>();
  /** When the endpoint's answer with an old token arrived. */
  readonly #returnedAgainAt = new Map<string, number>();
  readonly #openCalls = new Set<Call>();
  #troubles: Trouble[] = [];
  readonly #leases = new Map<string, Lease>();
  /** The token in the store. */
  readonly #current = new Map<string, Stored>();
  readonly #committedAt = new Map<string, number>();
  /** Tokens that the store was told are dead, by whose records they are in, and how often the endpoint had returned them by then. */
  readonly #flagged = new Map<string, number>();
  /** Tokens that were committed although their own process had seen them die. */
  readonly #lateCommits = new Map<
    string,
    { readonly by: Host; readonly at: number; readonly namespace: string }
  >();
  /** When the store last lost something. */
  #lossAt = -Infinity;
  /** When something last befell a process, the store, or the way between them. */
  disturbedAt = -Infinity;

  constructor(
    readonly world: FakeClock,
    readonly provider: FakeProvider,
    readonly expected: Expectations,
    readonly report: (violation: Violation) => void,
  ) {}

  // ---- why there may be a token call ---------------------------------------------------------------------------

  allow(member: Member, reason: string): void {
    member.account.allow(reason);
    this.#accountOf(member).allow(reason);
  }

  once(member: Member, reason: string): void {
    member.account.once(reason);
    this.#accountOf(member).once(reason);
  }

  /** Whatever befalls the store or the way to it may cost the fleet a mint. */
  allowAll(reason: string): void {
    for (const account of this.#accounts.values()) account.allow(reason);
    for (const member of this.members.values()) member.account.allow(reason);
  }

  called(member: Member): Call {
    const call: Call = {
      by: member,
      sentAt: this.now(),
      sentAtHere: instantOf(member.host),
      isOver: false,
    };
    this.#openCalls.add(call);
    this.trace(member.host, () => 'token call');
    this.#countDueTokens(member);
    const account = this.#accountOf(member);
    if (!member.isCalmFor(this.expected.storeForgottenForMs)) account.allow('without the store');
    else if (member.longestWaitMs() > this.expected.patienceMs - AT_REST_MS)
      account.allow('out of patience');
    const ofFleet = account.call();
    if (ofFleet !== undefined)
      this.violated('each mint of the fleet has a need', `process ${member.id}, ${ofFleet}`);
    const ofProcess = member.account.call();
    if (ofProcess !== undefined)
      this.violated('each token call of a process has a reason', `${member.id}, ${ofProcess}`);
    this.#checkAlone(member);
    return call;
  }

  ended(call: Call, end: CallEnd): void {
    if (call.isOver) return;
    call.isOver = true;
    if (this.#isForgiven(call, end)) end = { kind: 'abandoned' };
    this.trace(call.by.host, () => `token call ends: ${JSON.stringify(end)}`);
    this.#openCalls.delete(call);
    const { by } = call;
    by.lastCallEndedAt = this.now();
    if (end.kind === 'token') {
      this.#timesReturned.set(end.value, this.timesReturned(end.value) + 1);
      if (this.timesReturned(end.value) > 1) {
        // To the others, who hold it too, it is as old as before: each may ask in its turn.
        for (const member of this.members.values())
          if (member.scope === by.scope) this.allow(member, `${end.value} again`);
        by.sameTokenCame();
        this.#returnedAgainAt.set(end.value, this.now());
      }
      this.#known.set(end.value, { scope: by.scope, sentAt: call.sentAt, lifeMs: end.lifeMs });
      return;
    }
    this.allow(by, `a call that was ${end.kind}`);
    if (end.kind === 'abandoned') return;
    const hereMs = {
      transient: TRANSIENT_MS,
      'server-set': end.kind === 'server-set' ? 1.01 * end.forMs + AT_REST_MS : 0,
      credentials: CREDENTIALS_MS,
    }[end.kind];
    this.#troubles.push({
      by,
      at: this.now(),
      hereMs,
      elsewhereMs: end.kind === 'transient' ? SHARED_TRANSIENT_MS : hereMs,
    });
    if (this.#troubles.length > 100) this.#troubles = this.#troubles.slice(50);
  }

  /** What fails while the process stands still says nothing about the endpoint. */
  #isForgiven({ by, sentAt }: Call, end: CallEnd): boolean {
    const { forgivesStandstill } = this.expected;
    return (
      forgivesStandstill &&
      by.edition === 'second' &&
      end.kind === 'transient' &&
      end.isAnswer !== true &&
      by.stoodStillAt >= sentAt
    );
  }

  /** The calls of a process that is gone, or that has turned its back on them. */
  abandoned(member: Member): void {
    for (const call of this.#openCalls)
      if (call.by === member) this.ended(call, { kind: 'abandoned' });
  }

  callsUnderWay(member: Member): number {
    return [...this.#openCalls].filter(({ by }) => by === member).length;
  }

  /** A replica that lacks the last writes may bring back what they replaced. */
  mayHaveComeBack(value: string): boolean {
    return (this.#known.get(value)?.sentAt ?? -Infinity) < this.#lossAt;
  }

  /** Whether a token is from before that moment, and nobody has brought it to the store since. */
  isFromBefore(value: string, moment: number): boolean {
    const mintedAt = this.#known.get(value)?.sentAt ?? this.now();
    const latest = Math.max(mintedAt, this.#committedAt.get(value) ?? -Infinity, this.#lossAt);
    return latest < moment && moment < this.now();
  }

  timesReturned(value: string): number {
    return this.#timesReturned.get(value) ?? 0;
  }

  /** Whether the endpoint insists on this token, as far as a wait since then is concerned. */
  hasComeAgain(value: string, since: number): boolean {
    return (this.#returnedAgainAt.get(value) ?? -Infinity) >= since - AT_REST_MS;
  }

  /** Whether the token endpoint had trouble that a wait since then may be failed for. */
  hasHadTrouble(member: Member, since: number): boolean {
    return this.#troubles.some(
      ({ by, at, hereMs, elsewhereMs }) =>
        (by === member && at + hereMs >= since) ||
        (isShared(by, member) && at + elsewhereMs >= since),
    );
  }

  #countDueTokens(member: Member): void {
    for (const [value, { scope, sentAt, lifeMs }] of this.#known) {
      if (scope !== member.scope) continue;
      const dueMs = lifeMs < Infinity ? lifeMs / 2 : UNDATED_MS;
      if (this.now() - sentAt >= dueMs)
        this.once(member, `${value} is due ${this.timesReturned(value)}`);
    }
  }

  /** At a single-active provider a process waits for the store, unless it holds the lease. */
  #checkAlone(member: Member): void {
    const { aloneAfterMs } = this.expected;
    if (!member.setting.singleActiveToken || member.edition === 'first' || aloneAfterMs === 0)
      return;
    const { value } = this.#current.get(member.namespace) ?? { value: '' };
    // Under the lease; or the store insists on a token that is dead, even if the endpoint does so too.
    if (this.now() - member.ledAt < FLIGHT_MS || member.hasGivenUp(value)) return;
    if (this.now() - member.offeredAt < aloneAfterMs) return;
    // Whether the answers of a slow store count as answers is a matter of milliseconds.
    if (member.link.hasBeenSlowIn(2 * aloneAfterMs)) return;
    const awayMs = Math.max(0, this.now() - member.link.unansweredSince);
    if (awayMs < aloneAfterMs - AT_REST_MS)
      this.violated('mints without the store are rare', `after ${awayMs} ms`);
  }

  #accountOf({ scope }: Member): Account {
    const known = this.#accounts.get(scope);
    if (known !== undefined) return known;
    const account = new Account();
    // Whoever comes from other records may bring along a clear() that has not been carried out yet.
    if (this.#accounts.size > 0)
      for (const { id } of this.members.values()) account.allow(`process ${id} may come`);
    this.#accounts.set(scope, account);
    return account;
  }

  // ---- what the store does -------------------------------------------------------------------------------------

  executed(namespace: string, by: Host, command: Executed, sent: Sent): void {
    const { operation, argument, answer } = command;
    const member = this.members.get(by);
    if (member !== undefined) member.namespace = namespace;
    this.trace(by, () => `${operation} ${JSON.stringify(argument)} → ${JSON.stringify(answer)}`);
    switch (command.operation) {
      case 'begin': {
        const { argument, answer } = command;
        if (argument.inHand?.rejected === true) this.#flag(namespace, argument.inHand.value);
        if (answer.kind === 'token') {
          this.#offered(namespace, answer.token.value);
          if (member !== undefined) member.offeredAt = this.now();
        }
        if (answer.kind === 'lead')
          this.#granted(namespace, by, argument, isInTime(sent, this.now()));
        break;
      }
      case 'commit':
        this.#returned(namespace, by, command.argument.owner);
        if (command.answer.kind === 'committed')
          this.#committed(namespace, by, command.argument.token.value, fenceIn(sent.meant));
        else if (command.answer.record !== undefined)
          this.#offered(namespace, command.answer.record.token.value);
        break;
      case 'fail':
        this.#returned(namespace, by, command.argument.owner);
        break;
      case 'renew':
        if (command.answer) this.#renewed(namespace, by, command.argument);
        break;
      case 'release':
        this.#returned(namespace, by, command.argument);
        break;
      case 'reject':
        this.#flag(namespace, command.argument);
        if (command.answer !== undefined) this.#offered(namespace, command.answer.token.value);
        break;
      case 'read':
        if (command.answer !== undefined) this.#offered(namespace, command.answer.token.value);
        break;
      case 'clear':
        this.#current.delete(namespace);
        break;
    }
  }

  /** Somebody typed FLUSHALL, or a replica has taken over. */
  storeLostSomething(): void {
    this.#lossAt = this.now();
    this.#leases.clear();
    this.#current.clear();
    this.#flagged.clear();
    this.#lateCommits.clear();
    this.allowAll('a loss in the store');
    this.allowAll('a loss in the store');
  }

  #isKnownDead(namespace: string, value: string): boolean {
    return this.#flagged.get(`${namespace} ${value}`) === this.timesReturned(value);
  }

  /** How long the store has had a token that would do for this process. */
  hadForMs(member: Member, not: string | undefined): number {
    const stored = this.#current.get(member.namespace);
    if (stored === undefined || stored.value === not) return 0;
    const isOfUse = this.#isAlive(member.namespace, stored) && !member.hasSeenDie(stored.value);
    return isOfUse ? this.now() - stored.since : 0;
  }

  /** As far as anybody knows. A token without an end is kept for as long as it is used unrenewed. */
  #isAlive(namespace: string, { value, since }: Stored): boolean {
    const expiresAt = this.provider.issued.get(value)?.expiresAtServer ?? 0;
    const isThere = expiresAt > this.now() + AT_LEAST_MS && this.now() - since < UNDATED_MS;
    return isThere && !this.#isKnownDead(namespace, value);
  }

  #stored(namespace: string, value: string, fence?: number): void {
    if (this.#current.get(namespace)?.value !== value)
      this.#current.set(namespace, { value, fence, since: this.now() });
  }

  #flag(namespace: string, value: string): void {
    if (this.#current.get(namespace)?.value !== value) return;
    this.#flagged.set(`${namespace} ${value}`, this.timesReturned(value));
    this.#lateCommits.delete(value);
  }

  #offered(namespace: string, value: string): void {
    if (this.#isKnownDead(namespace, value))
      this.violated('a dead token does not come back', `the store offers ${value}`);
    this.#stored(namespace, value);
  }

  #committed(namespace: string, by: Host, value: string, fence: number | undefined): void {
    this.#committedAt.set(value, this.now());
    const stored = this.#current.get(namespace);
    const isInTheWay = stored !== undefined && this.#isAlive(namespace, stored);
    // With the store its counter was lost.
    const isComparable = this.#lossAt === -Infinity;
    if (isComparable && isInTheWay && fence !== undefined && fence < (stored.fence ?? 0))
      this.violated(
        'a late holder overwrites no newer token',
        `${value} took the place of ${stored.value}`,
      );
    const wasKnownDead = this.#isKnownDead(namespace, value);
    this.#flagged.delete(`${namespace} ${value}`);
    this.#stored(namespace, value, fence);
    // In the first edition a 401 does not always speak against the token.
    if (this.members.get(by)?.edition !== 'second') return;
    if (wasKnownDead || this.members.get(by)?.hasSeenDie(value) === true)
      this.#lateCommits.set(value, { by, at: this.now(), namespace });
  }

  #granted(
    namespace: string,
    by: Host,
    { owner, leaseMs }: { readonly owner: string; readonly leaseMs: number },
    isKnown: boolean,
  ): void {
    const now = this.now();
    const lease = this.#leases.get(namespace);
    const isOurs = lease?.holder === by && lease.owner === owner;
    if (lease !== undefined && !isOurs) this.#checkTaken(lease, now);
    const member = this.members.get(by);
    if (member !== undefined) member.ledAt = now;
    const grantedAt = isOurs ? lease.grantedAt : now;
    this.#leases.set(namespace, { holder: by, owner, grantedAt, isKnown, until: now + leaseMs });
  }

  #checkTaken({ holder, grantedAt, isKnown, until }: Lease, now: number): void {
    // The clock of the store may go a little faster than the true time.
    if (now < until - 50) {
      this.violated('a live lease is never stolen', `${until - now} ms before its end`);
      return;
    }
    const member = this.members.get(holder);
    if (isKnown && member?.isCalmSince(grantedAt) === true && this.callsUnderWay(member) > 0)
      this.violated('a holder at work is not overtaken', `process ${member.id}`);
  }

  #renewed(
    namespace: string,
    by: Host,
    { owner, leaseMs }: { readonly owner: string; readonly leaseMs: number },
  ): void {
    const lease = this.#leases.get(namespace);
    if (lease?.holder === by && lease.owner === owner) lease.until = this.now() + leaseMs;
  }

  #returned(namespace: string, by: Host, owner: string): void {
    const lease = this.#leases.get(namespace);
    if (lease?.holder === by && lease.owner === owner) this.#leases.delete(namespace);
  }

  // ---- after every step ----------------------------------------------------------------------------------------

  async check(stored: (namespace: string) => Promise<string | undefined>): Promise<void> {
    const now = this.now();
    for (const lease of this.#leases.values()) {
      const member = this.members.get(lease.holder);
      if (member === undefined || lease.until <= now || !member.isCalmSince(lease.grantedAt))
        continue;
      const restedMs = now - Math.max(lease.grantedAt, member.lastCallEndedAt);
      const wasUpBefore = member.isCalmSince(lease.grantedAt - AT_REST_MS);
      const mayRestMs = wasUpBefore ? AT_REST_MS : UNTIL_NEXT_PROBE_MS;
      if (this.callsUnderWay(member) === 0 && restedMs > mayRestMs)
        this.violated('no lease stays', `that of process ${member.id}, for ${restedMs} ms`);
    }
    for (const [value, { by, at, namespace }] of this.#lateCommits) {
      const member = this.members.get(by);
      if (member?.isCalmSince(at) !== true || now - at < AT_REST_MS) continue;
      if (member.hasSeenDie(value) && (await stored(namespace)) === value)
        this.violated('a dead token does not come back', `${value} stays in the store`);
      this.#lateCommits.delete(value);
    }
  }

  /** Whether nothing has befallen anybody for so long. */
  isCalm(ms: number): boolean {
    return this.now() - this.disturbedAt > ms;
  }

  get lossAt(): number {
    return this.#lossAt;
  }

  trace(by: Host, what: () => string): void {
    trace(this.now(), String(this.members.get(by)?.id), what);
  }

  now(): number {
    return this.world.monotonic();
  }

  violated(invariant: FleetInvariant, detail: string): void {
    this.report(new Violation(invariant, detail));
  }
}

export function instantOf(host: Host): Instant {
  return { wallMs: host.now(), monoMs: host.monotonic() };
}

/** Whether the one has used records of the other's, with whichever secret a flight of theirs was begun. */
function isShared(one: Member, other: Member): boolean {
  return [...one.scopes].some((scope) => other.scopes.has(scope));
}

function fenceIn(command: Command): number | undefined {
  return command.operation === 'commit' ? command.argument.fence : undefined;
}
