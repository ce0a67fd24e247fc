import type { StoreOutcome } from './guarded-store.js';
import type {
  BeginAnswer,
  BeginRequest,
  CommitAnswer,
  CommitRequest,
  TokenStoreSlot,
} from './token-store.js';
import { isPast, later, msUntil, type Instant } from '../token/instant.js';
import { randomHex } from '../platform/random-hex.js';
import type { Minted } from '../token-call/mint.js';
import type { Records } from './records.js';
import type { HeldHere, SharedRefresh } from './refresh.js';
import type { SharedContext } from './shared-context.js';
import type { FailureToShare } from './shared-failure.js';

/** Short, because a process that dies during a mint makes the others wait that long. */
const LEASE_MS = 3_000;
const RENEW_MS = 1_000;
/** How long after its deadline a hanging mint loses the lease. */
export const OVERTIME_MS = 5_000;
/** A token with less time left is not worth adopting. */
const LEAST_LIFE_MS = 1_000;

/** The refresh lease of one flight, which has to be given back on every path. */
export class Lease {
  readonly #records: Records;
  readonly #context: SharedContext;
  /** Random: if two processes had the same value, one would release the other's lease. */
  readonly #owner = randomHex();
  #slot: TokenStoreSlot | undefined;
  #mayBeHeld = false;
  /** When the request that the store last confirmed was sent. */
  #confirmedAt: Instant | undefined;
  /** Answers that came too late, or may still come. */
  readonly #late: Promise<BeginAnswer>[] = [];

  constructor(records: Records, context: SharedContext) {
    this.#records = records;
    this.#context = context;
  }

  async begin(
    refresh: SharedRefresh,
    held: HeldHere | undefined,
  ): Promise<StoreOutcome<BeginAnswer>> {
    // An early refresh needs a token that lives longer than the current one; otherwise any unexpired one will do.
    const atLeastMs = held === undefined || held.rejected ? 0 : (held.remainingMs ?? 0);
    const request: BeginRequest = {
      owner: this.#owner,
      leaseMs: LEASE_MS,
      inHand: held && { value: held.value, rejected: held.rejected },
      minRemainingMs: Math.max(LEAST_LIFE_MS, atLeastMs, refresh.minRemainingMs ?? 0),
    };
    this.#slot = await this.#records.open(refresh);
    const askedAt = this.#context.now();
    const outcome = await this.#run('begin', (slot) => slot.begin(request));
    const answer = outcome.kind === 'done' ? outcome.value.kind : undefined;
    if (answer === 'lead') this.#confirmedAt = askedAt;
    if (answer === 'lead' || answer === 'held') this.#mayBeHeld = answer === 'lead';
    if (outcome.kind === 'failed') this.#late.push(outcome.late);
    return outcome;
  }

  /**
   * Renews the lease each second while the work runs. A process that stands still or dies loses it, and so does one whose
   * mint hangs too long. The former holder still continues: the fence decides whose token stays.
   */
  async renewedWhile<T>(work: () => Promise<T>): Promise<T> {
    const { clock, flightTimeoutMs } = this.#context;
    const endsAt = clock.monotonic() + flightTimeoutMs + OVERTIME_MS;
    let cancelTimer: () => void = () => undefined;
    const renewLater = () => {
      cancelTimer = clock.schedule(() => {
        const leaseMs = Math.min(LEASE_MS, endsAt - clock.monotonic());
        if (leaseMs <= 0) return;
        renewLater();
        void this.#renew(leaseMs).then((isOurs) => {
          if (!isOurs) cancelTimer();
        });
      }, RENEW_MS);
    };
    renewLater();
    try {
      return await work();
    } finally {
      cancelTimer();
    }
  }

  /** Whether it may still be ours. */
  async #renew(leaseMs: number): Promise<boolean> {
    const askedAt = this.#context.now();
    const outcome = await this.#run('renew', (slot) => slot.renew({ owner: this.#owner, leaseMs }));
    if (outcome.kind !== 'done') return true;
    if (outcome.value) this.#confirmedAt = askedAt;
    return outcome.value;
  }

  /**
   * Whether it has run out, so that another process may hold it now. Either clock counts: the monotonic one stands still while
   * a Linux host is suspended.
   */
  hasRunOut(): boolean {
    const { now } = this.#context;
    return this.#confirmedAt === undefined || isPast(later(this.#confirmedAt, LEASE_MS), now());
  }

  async commit(
    { token, sentAt, lifetimeMs }: Minted,
    fence: number | undefined,
    write: (slot: TokenStoreSlot, request: CommitRequest) => Promise<CommitAnswer>,
  ): Promise<StoreOutcome<CommitAnswer>> {
    const { now, policy } = this.#context;
    const outcome = await this.#run('commit', (slot) =>
      write(slot, {
        owner: this.#owner,
        fence,
        token: { value: token.value, scope: token.scope, undated: lifetimeMs === undefined },
        remainingMs: msUntil(later(sentAt, lifetimeMs ?? policy.revalidateMs), now()),
      }),
    );
    if (outcome.kind === 'done') this.#mayBeHeld = false;
    return outcome;
  }

  /** Tells the other processes in the background, since our own callers need not wait for that. */
  fail(shared: FailureToShare): void {
    this.#mayBeHeld = false;
    void this.#run('fail', (slot) => slot.fail({ owner: this.#owner, ...shared }));
  }

  /** Gives it back if it is held, or if a request that seemed lost has taken it. Otherwise the others would wait until it runs out. */
  giveBack(): void {
    if (this.#mayBeHeld) void this.#run('release', (slot) => slot.release(this.#owner));
    const slot = this.#slot;
    for (const late of this.#late.splice(0)) {
      late
        .then((answer) => (answer.kind === 'lead' ? slot?.release(this.#owner) : undefined))
        .catch(() => undefined);
    }
  }

  #run<T>(
    operation: keyof TokenStoreSlot,
    work: (slot: TokenStoreSlot) => Promise<T>,
  ): Promise<StoreOutcome<T>> {
    const slot = this.#slot;
    return slot === undefined
      ? Promise.resolve({ kind: 'skipped' })
      : this.#context.store.run(operation, () => work(slot));
  }
}
