import { JointWork } from '../platform/joint-work.js';
import { within } from '../platform/waiting.js';
import { msUntil, type Instant } from '../token/instant.js';
import { randomHex } from '../platform/random-hex.js';
import { absoluteURL } from '../provider-definition/token-request.js';
import { decideElsewhere } from '../token/lifecycle/on-elsewhere.js';
import type { Minted } from '../token-call/mint.js';
import type { Acquired } from './acquired.js';
import { adopted } from './adoption.js';
import {
  compare,
  flightBegun,
  flightEnded,
  forgotten,
  hinted,
  looking,
  lookingSoon,
  mintedHere,
  nothingKnown,
  rejectedHere,
  withFence,
  type Knowledge,
  type Moment,
} from './knowledge.js';
import type { StoreOutcome } from './guarded-store.js';
import { Lease } from './lease.js';
import { Records } from './records.js';
import {
  identified,
  type HeldHere,
  type Refresh,
  type SharedRefresh,
  type SharedTokenOwner,
  type TokenOfSource,
} from './refresh.js';
import type { SharedContext } from './shared-context.js';
import {
  afterAnswer,
  afterCommit,
  afterMint,
  afterWait,
  isUseless,
  newFlight,
  type Asking,
  type FlightSituation,
  type Minting,
  type SharedFlight,
  type Waiting,
} from './shared-flight.js';
import type { CommitAnswer, CommitRequest, StoredRecord, TokenStoreSlot } from './token-store.js';

/** How long a flight waits for others or for the store, beyond the time its own mint may take. */
const PATIENCE_MS = 7_000;

/**
 * One token of a source, shared with other processes through the store: the shell that acts on what `shared-flight.ts` and
 * `knowledge.ts` decide. Times are never compared between hosts.
 */
export class SharedToken {
  readonly #context: SharedContext;
  readonly #owner: SharedTokenOwner;
  readonly #records: Records;
  #known: Knowledge = nothingKnown;
  #looks: JointWork<undefined> | undefined;
  #wake: (() => void) | undefined;

  readonly decideElsewhere = decideElsewhere;

  constructor(context: SharedContext, owner: SharedTokenOwner) {
    this.#context = context;
    this.#owner = owner;
    this.#records = new Records(context, {
      hinted: (fence) => this.#hinted(fence),
      left: () => this.#forget(),
    });
  }

  /** From this time on, by the monotonic clock, the next use checks the store in the background. */
  get recheckAt(): number {
    return this.#records.slot === undefined ? Infinity : this.#known.lookAt;
  }

  /** A token drew a 401: it is not adopted again, and a late commit does not give it to other processes. */
  remember(rejected: string): void {
    this.#known = rejectedHere(this.#known, rejected);
  }

  /** Forgets the stored token, here and for all processes. Callers who ask afterwards wait for that. */
  clear(): void {
    this.#forget();
    this.#records.clear();
  }

  /** Stops using the store, where the token stays for the other processes. */
  close(): void {
    this.#forget();
    this.#records.close();
  }

  #forget(): void {
    this.#known = forgotten(this.#known);
    this.#wake?.();
  }

  // ---- one refresh ---------------------------------------------------------------------------------------------

  /** Finds a token in the store, or mints one: with the refresh lease, or without it while the store is away. */
  async acquire(wanted: TokenOfSource, given: Refresh): Promise<Acquired> {
    const result = await identified(wanted, given);
    if (result.kind === 'failed') return result;
    const refresh = result.shared;
    this.#known = flightBegun(this.#known);
    try {
      const acquired = await this.#fly(refresh);
      if (!refresh.signal.aborted) this.#learn(acquired);
      if (acquired.kind === 'cooling-elsewhere') this.#useAccount(wanted, refresh);
      return acquired;
    } finally {
      this.#known = flightEnded(this.#known, this.#moment());
    }
  }

  #useAccount(wanted: TokenOfSource, { credentials, request }: SharedRefresh): void {
    const { baseURL } = this.#context.provider;
    wanted.useAccount(credentials, absoluteURL(request?.url ?? '', baseURL));
  }

  #learn(acquired: Acquired): void {
    if (acquired.kind === 'minted' || acquired.kind === 'adopted') this.#holds(acquired.fence);
    else if (acquired.kind === 'stay') this.#known = looking(this.#known, this.#moment());
    // Another process may have fetched one by then.
    else this.#lookSoon();
  }

  /** Does what the state of the flight says, until the flight has ended. */
  async #fly(refresh: SharedRefresh): Promise<Acquired> {
    let lease = new Lease(this.#records, this.#context);
    let flight: SharedFlight = newFlight(this.#context.clock.monotonic());
    for (;;) {
      switch (flight.kind) {
        case 'asking':
          flight = await this.#ask(flight, lease, refresh);
          break;
        case 'waiting':
          flight = await this.#wait(flight, refresh);
          break;
        case 'minting':
          flight = await this.#mint(flight, lease, refresh);
          if (flight.kind !== 'asking') break;
          lease.giveBack();
          lease = new Lease(this.#records, this.#context);
          break;
        case 'committing': {
          const sentAt = this.#context.now();
          const outcome = await this.#commit(lease, flight.minted, flight.fence);
          flight = afterCommit(flight, outcome, sentAt, {
            rejected: this.#known.rejected,
            placement: this.#context.provider.tokenPlacement,
          });
          break;
        }
        case 'landed':
          if (flight.share === undefined) lease.giveBack();
          else void this.#commit(lease, flight.share, undefined).then(() => lease.giveBack());
          return flight.acquired;
      }
    }
  }

  async #ask(asking: Asking, lease: Lease, refresh: SharedRefresh): Promise<SharedFlight> {
    const held = this.#held();
    const sentAt = this.#context.now();
    const outcome = await lease.begin(refresh, held);
    const isUseful = outcome.kind === 'done' && !isUseless(outcome.value, this.#known.rejected);
    if (isUseful) this.#context.soloMints.storeIsBack();
    const next = afterAnswer(asking, outcome, { sentAt, held }, this.#situation(refresh, lease));
    if ('awaited' in next && next.awaited !== undefined) this.#context.leaseAwaited(next.awaited);
    return next;
  }

  async #wait(waiting: Waiting, refresh: SharedRefresh): Promise<SharedFlight> {
    const { signal } = refresh;
    const { for: missing, lookAgainInMs: retryInMs, pauseMs } = waiting.step;
    const hasStoodDown = refresh.standDown({ retryInMs, untilExpiry: missing === 'store' });
    if (!hasStoodDown) await this.#pause(pauseMs, signal);
    return afterWait(waiting, hasStoodDown, signal.aborted);
  }

  async #mint(minting: Minting, lease: Lease, refresh: SharedRefresh): Promise<SharedFlight> {
    const { soloMints, clock, random } = this.#context;
    const result = await (minting.lease === undefined
      ? soloMints.run(refresh.credentials, () => refresh.mint(), clock, random())
      : lease.renewedWhile(() => refresh.mint()));
    if (result.kind === 'minted')
      this.#known = mintedHere(this.#known, result.minted.token.value, this.#held()?.value);
    const next = afterMint(minting, result, this.#situation(refresh, lease));
    if ('tell' in next && next.tell !== undefined) lease.fail(next.tell);
    return next;
  }

  #commit(
    lease: Lease,
    minted: Minted,
    fence: number | undefined,
  ): Promise<StoreOutcome<CommitAnswer>> {
    return lease.commit(minted, fence, (slot, request) => this.#write(slot, request));
  }

  #situation({ signal, credentials }: SharedRefresh, lease: Lease): FlightSituation {
    const { provider, policy, random, flightTimeoutMs, store, soloMints } = this.#context;
    const now = this.#context.now();
    return {
      now,
      random: random(),
      isOver: signal.aborted,
      hasLeaseRunOut: lease.hasRunOut(),
      rejected: this.#known.rejected,
      storeAwayMs: store.awayForMs(),
      storePausedMs: store.pausedForMs(),
      mintAloneInMs: soloMints.inMs(credentials, now.monoMs),
      provider: provider.name,
      placement: provider.tokenPlacement,
      policy,
      singleActiveToken: policy.singleActiveToken,
      waitLimitMs: flightTimeoutMs + PATIENCE_MS,
    };
  }

  /** Waits for the next poll, or for a hint that it is worth asking now. */
  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    let wake: (() => void) | undefined;
    const hint = new Promise<void>((resolve) => (wake = resolve));
    this.#wake = wake;
    await within(hint, { signal, timer: { clock: this.#context.clock, ms } });
    // Its promise leads to the async context of the request that waited here.
    if (this.#wake === wake) this.#wake = undefined;
  }

  // ---- while no refresh is running -----------------------------------------------------------------------------

  /** Looks for a newer token if that is due, or joins a look that is running. Never rejects. `undefined` if it is too early. */
  recheckIfDue(): Promise<undefined> | undefined {
    const isDue = this.#context.clock.monotonic() >= this.recheckAt;
    return isDue || this.#looks?.isUnderWay === true ? this.recheck() : undefined;
  }

  /** Looks for a newer token, and tells the store if the current one drew a 401. Never rejects. */
  recheck(rejected?: string): Promise<undefined> {
    if (rejected !== undefined) this.remember(rejected);
    const { slot } = this.#records;
    if (slot === undefined) return Promise.resolve(undefined);
    this.#looks ??= new JointWork(this.#context.clock, () => undefined);
    return this.#looks.run(() => this.#look(slot, rejected));
  }

  async #look(slot: TokenStoreSlot, rejected: string | undefined): Promise<undefined> {
    this.#known = looking(this.#known, this.#moment());
    const { epoch } = this.#known;
    if (!(await this.#records.isCleared())) {
      this.#lookSoon();
      return;
    }
    const sentAt = this.#context.now();
    const outcome =
      rejected === undefined
        ? await this.#run('read', () => slot.read())
        : await this.#run('reject', () => slot.reject(rejected));
    if (epoch !== this.#known.epoch) return;
    if (outcome.kind === 'done') await this.#take(outcome.value, slot, sentAt);
    else this.#lookSoon();
  }

  async #take(
    found: StoredRecord | undefined,
    slot: TokenStoreSlot,
    sentAt: Instant,
  ): Promise<void> {
    const compared = compare(this.#known, found, this.#held());
    switch (compared.kind) {
      case 'same':
        this.#holds(compared.fence);
        // It drew a 401 while the store was asked.
        if (compared.drew401) await this.#run('reject', () => slot.reject(compared.value));
        break;
      case 'newer':
        this.#holds(compared.found.fence);
        this.#owner.adopt(adopted(compared.found, sentAt, this.#context.provider.tokenPlacement));
        break;
      case 'unshared':
        await this.#writeBack(slot, compared.held, compared.onlyIfAbsent);
        break;
      case 'nothing-new':
    }
  }

  /** A token that was minted while the store was away is shared as soon as the store is back. */
  async #writeBack(slot: TokenStoreSlot, held: HeldHere, onlyIfAbsent: boolean): Promise<void> {
    const { value, scope, remainingMs } = held;
    const outcome = await this.#run('commit', () =>
      this.#write(slot, {
        owner: randomHex(),
        fence: undefined,
        token: { value, scope, undated: remainingMs === undefined },
        remainingMs: remainingMs ?? this.#context.policy.revalidateMs,
        onlyIfAbsent,
      }),
    );
    if (outcome.kind !== 'done' || outcome.value.kind === 'superseded') this.#lookSoon();
  }

  /**
   * Commits a token. A client may hold the command back during an outage. If the token has drawn a 401 by the time it is sent, it is
   * rejected in the store at once, and the current token, which it may have replaced, is written back.
   */
  async #write(slot: TokenStoreSlot, request: CommitRequest): Promise<CommitAnswer> {
    const { value } = request.token;
    const answer = await slot.commit(request);
    if (answer.kind !== 'committed') return answer;
    if (this.#known.rejected.includes(value)) {
      const record = await slot.reject(value);
      if (record === undefined) this.#holds(undefined);
      return { kind: 'superseded', record };
    }
    if (this.#held()?.value === value) this.#holds(answer.fence);
    return answer;
  }

  #hinted(fence: number): void {
    this.#wake?.();
    const { isNews, ...known } = hinted(this.#known, fence);
    this.#known = known;
    if (isNews) void this.recheck();
  }

  #held(): HeldHere | undefined {
    const { slot } = this.#owner.state;
    if (slot.kind === 'empty') return undefined;
    const { token, suspect, expiresAt } = slot;
    const { value, scope } = token;
    if (suspect) this.remember(value);
    const remainingMs = expiresAt && msUntil(expiresAt, this.#context.now());
    return { value, scope, rejected: suspect, remainingMs };
  }

  /** The current token has this fence; without a fence, the store does not have it. */
  #holds(fence: number | undefined): void {
    this.#known = withFence(this.#known, fence, this.#moment());
  }

  #lookSoon(): void {
    this.#known = lookingSoon(this.#known, this.#moment());
  }

  #moment(): Moment {
    const { clock, random, store } = this.#context;
    return { monoMs: clock.monotonic(), random: random(), pausedForMs: store.pausedForMs() };
  }

  #run<T>(operation: keyof TokenStoreSlot, work: () => Promise<T>): Promise<StoreOutcome<T>> {
    return this.#context.store.run(operation, work);
  }
}
