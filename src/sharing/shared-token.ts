import type { StoreOutcome } from './guarded-store.js';
import type {
  CommitAnswer,
  CommitRequest,
  StoredRecord,
  TokenIdentity,
  TokenStoreSlot,
} from '../store/token-store.js';
import { jittered } from '../token/back-off.js';
import type { Instant } from '../token/instant.js';
import { randomHex } from '../token/random-hex.js';
import { adopted, type Adopted } from './adoption.js';
import { JointWork } from '../platform/joint-work.js';
import type { Minted } from '../token-call/mint.js';
import { acquireShared, type Acquired } from './shared-acquisition.js';
import type { HeldHere, SharedContext, SharedFlight } from './shared-flight.js';

/** What this token is to the source that shares it. */
export interface SharedTokenOwner {
  /** The token in hand. */
  held(): HeldHere | undefined;
  /** Takes up a token that was found outside a flight. */
  adopt(adopted: Adopted): void;
}

/** One refresh, as the source starts it. */
export interface Refresh extends Pick<SharedFlight, 'signal' | 'minRemainingMs' | 'standDown'> {
  readonly identity: TokenIdentity;
  mint(): Promise<Minted>;
}

/** How often a process that uses its token looks for a newer one. */
const RECHECK_MS = 60_000;
/** How many rejected tokens are remembered. */
const REJECTED_KEPT = 10;
/** How soon it looks again when something was wrong. */
const RECHECK_SOON_MS = 1_000;

/** One token of a source, shared with other processes through the store. Times are never compared between hosts. */
export class SharedToken {
  readonly #context: SharedContext;
  readonly #owner: SharedTokenOwner;
  #opened: Opened | undefined;
  #recheckAt = Infinity;
  #rechecking: JointWork<undefined> | undefined;
  /** The fence of the token in hand. */
  #fence = 0;
  /** The token in hand was minted while the store was away. */
  #uncommitted = false;
  /** Tokens that drew a 401 here or were replaced by a new one: a store may go on offering them, or get them late. */
  readonly #rejected = new Set<string>();
  /** Changes with `clear()`: what was asked before must not land after it. */
  #epoch = 0;
  #clearing: Promise<void> | undefined;
  /** `clear()` has not reached the store yet. */
  #mustClear = false;
  #isClosed = false;
  /** Flights and commits under way. */
  #asking = 0;
  /** The highest fence that a hint has told meanwhile. */
  #heard = 0;
  #wake: (() => void) | undefined;

  constructor(context: SharedContext, owner: SharedTokenOwner) {
    this.#context = context;
    this.#owner = owner;
  }

  /** From here on, by the monotonic clock, the next use looks at the store in the background. */
  get recheckAt(): number {
    return this.#recheckAt;
  }

  /** Finds or mints a token; throws what `acquireShared` throws. */
  async acquire(refresh: Refresh): Promise<Acquired> {
    this.#asking += 1;
    try {
      const acquired = await acquireShared(
        {
          signal: refresh.signal,
          minRemainingMs: refresh.minRemainingMs,
          standDown: (deferral) => refresh.standDown(deferral),
          mint: () => this.#mint(refresh),
          open: () => this.#slotOf(refresh),
          commit: (slot, request) => this.#commit(slot, request),
          held: () => this.#held(),
          wasRejected: (value) => this.#rejected.has(value),
          pause: (ms) => this.#pause(ms, refresh.signal),
        },
        this.#context,
      );
      if (refresh.signal.aborted) return acquired;
      if (acquired.from === 'hand') this.#recheckIn(RECHECK_MS);
      else this.#known(acquired.fence);
      return acquired;
    } catch (failure) {
      // What we could not get, another process may have brought by then.
      if (!refresh.signal.aborted) this.#recheckIn(RECHECK_SOON_MS);
      throw failure;
    } finally {
      this.#hasAsked();
    }
  }

  /** Looks for a newer token if it is time to, or joins who is looking; never rejects. `undefined` if it is too early. */
  recheckIfDue(): Promise<undefined> | undefined {
    if (this.#rechecking?.isUnderWay !== true && this.#context.clock.monotonic() < this.#recheckAt)
      return undefined;
    return this.recheck();
  }

  /** A token drew a 401: it is not taken back, and a commit of it that comes late does not bring it to others. */
  remember(rejected: string): void {
    this.#rejected.add(rejected);
    const [oldest] = this.#rejected;
    if (this.#rejected.size > REJECTED_KEPT && oldest !== undefined) this.#rejected.delete(oldest);
  }

  /** Looks for a newer token; and tells the store, if the one in hand drew a 401. Never rejects. */
  recheck(rejected?: string): Promise<undefined> {
    if (rejected !== undefined) this.remember(rejected);
    const slot = this.#opened?.slot;
    if (slot === undefined) return Promise.resolve(undefined);
    this.#rechecking ??= new JointWork(this.#context.clock, () => undefined);
    return this.#rechecking.run(() => this.#look(slot, rejected));
  }

  async #look(slot: TokenStoreSlot, rejected: string | undefined): Promise<undefined> {
    this.#recheckIn(RECHECK_MS);
    const epoch = this.#epoch;
    if (this.#mustClear && !(await this.#hasCleared(slot))) {
      this.#recheckIn(this.#soonMs());
      return;
    }
    const sentAt = this.#context.now();
    const outcome =
      rejected === undefined
        ? await this.#run('read', () => slot.read())
        : await this.#run('reject', () => slot.reject(rejected));
    if (epoch !== this.#epoch) return;
    if (outcome.kind === 'done') await this.#compare(slot, outcome.value, sentAt);
    else this.#recheckIn(this.#soonMs());
  }

  /** Forgets the stored token, here and for all. Whoever asks afterwards waits for that. */
  clear(): void {
    this.#forget();
    const slot = this.#opened?.slot;
    if (slot === undefined) this.#mustClear = true;
    else this.#clearStored(slot);
  }

  /** Lets go of the store, and leaves the stored token to the others. */
  close(): void {
    this.#isClosed = true;
    this.#leave();
  }

  #leave(): void {
    this.#forget();
    this.#opened?.unsubscribe?.();
    this.#opened = undefined;
  }

  #forget(): void {
    this.#epoch += 1;
    this.#fence = 0;
    this.#uncommitted = false;
    this.#recheckAt = Infinity;
    this.#wake?.();
  }

  async #compare(
    slot: TokenStoreSlot,
    found: StoredRecord | undefined,
    sentAt: Instant,
  ): Promise<void> {
    const held = this.#held();
    if (found !== undefined && found.token.value === held?.value) {
      this.#known(found.fence);
      // It drew its 401 while the store was asked.
      if (held.rejected) await this.#run('reject', () => slot.reject(held.value));
    } else if (found !== undefined && this.#isNewer(found, held)) {
      this.#known(found.fence);
      this.#owner.adopt(adopted(found, sentAt));
    } else if (this.#uncommitted && held !== undefined && !held.rejected) {
      await this.#writeBack(slot, held, found === undefined);
    }
  }

  /** A fence says so; but the counter may have been lost with the rest of the store, and a longer life says so too. */
  #isNewer(found: StoredRecord, held: HeldHere | undefined): boolean {
    if (this.#rejected.has(found.token.value)) return false;
    if (held === undefined || held.rejected) return true;
    if (found.remainingMs > (held.remainingMs ?? Infinity)) return true;
    return !this.#uncommitted && found.fence > this.#fence;
  }

  /** A token that was minted while the store was away is shared as soon as the store is back. */
  async #writeBack(slot: TokenStoreSlot, held: HeldHere, onlyIfAbsent: boolean): Promise<void> {
    const { value, scope, remainingMs } = held;
    const outcome = await this.#run('commit', () =>
      this.#commit(slot, {
        owner: randomHex(),
        fence: undefined,
        token: { value, scope, undated: remainingMs === undefined },
        remainingMs: remainingMs ?? this.#context.policy.revalidateMs,
        onlyIfAbsent,
      }),
    );
    if (outcome.kind !== 'done' || outcome.value.kind === 'superseded')
      this.#recheckIn(this.#soonMs());
  }

  /**
   * Commits a token. A client may keep that during an outage and send it when all is over: if the token has drawn a 401 by
   * then, the store is told so at once, and gets the token in hand back, whose place it may have taken.
   */
  async #commit(slot: TokenStoreSlot, request: CommitRequest): Promise<CommitAnswer> {
    const { value } = request.token;
    this.#asking += 1;
    try {
      const answer = await slot.commit(request);
      if (answer.kind !== 'committed') return answer;
      if (this.#rejected.has(value)) {
        const record = await slot.reject(value);
        if (record === undefined) this.#known(undefined);
        return { kind: 'superseded', record };
      }
      if (this.#held()?.value === value) this.#known(answer.fence);
      return answer;
    } finally {
      this.#hasAsked();
    }
  }

  /** What the endpoint has just issued is alive, even if it is what it issued before. */
  async #mint(refresh: Refresh): Promise<Minted> {
    const minted = await refresh.mint();
    const held = this.#held();
    // The one that it replaces, or has just killed, may have a commit on its way.
    if (held !== undefined) this.remember(held.value);
    this.#rejected.delete(minted.token.value);
    return minted;
  }

  #held(): HeldHere | undefined {
    const held = this.#owner.held();
    if (held?.rejected === true) this.remember(held.value);
    return held;
  }

  /** The token in hand is the one with this fence; without one the store does not have it. */
  #known(fence: number | undefined): void {
    this.#uncommitted = fence === undefined;
    this.#fence = fence ?? this.#fence;
    this.#recheckIn(this.#uncommitted ? this.#soonMs() : RECHECK_MS);
  }

  #recheckIn(ms: number): void {
    if (this.#opened === undefined) return;
    const { clock, random } = this.#context;
    this.#recheckAt = clock.monotonic() + jittered(ms, random());
  }

  /** Not before the store may be asked again. */
  #soonMs(): number {
    return Math.max(RECHECK_SOON_MS, this.#context.store.pausedForMs() * 1.25);
  }

  /** Waits for the next poll, or for a hint that it is worth asking now. */
  #pause(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        cancelTimer();
        signal.removeEventListener('abort', done);
        if (this.#wake === done) this.#wake = undefined;
        resolve();
      };
      const cancelTimer = this.#context.clock.schedule(done, ms);
      this.#wake = done;
      signal.addEventListener('abort', done, { once: true });
      if (signal.aborted) done();
    });
  }

  async #slotOf(refresh: Refresh): Promise<TokenStoreSlot | undefined> {
    const key = keyOf(refresh.identity);
    if (this.#opened?.key !== key) {
      // Records of credentials that are no more: nothing is taken from there, and nothing written to them.
      const records = recordsOf(refresh.identity);
      if (this.#opened !== undefined && this.#opened.records !== records) this.#leave();
      const outcome = await this.#context.store.open(refresh.identity);
      if (outcome.kind !== 'done' || this.#isClosed || refresh.signal.aborted) return undefined;
      this.#opened?.unsubscribe?.();
      const slot = outcome.value;
      const unsubscribe = slot.subscribe?.((fence) => this.#hint(fence));
      this.#opened = { key, records, slot, unsubscribe };
    }
    const { slot } = this.#opened;
    return (await this.#hasCleared(slot)) ? slot : undefined;
  }

  /** Whether the token that `clear()` was about is gone from the store; until then nothing is taken from there. */
  async #hasCleared(slot: TokenStoreSlot): Promise<boolean> {
    if (this.#mustClear) this.#clearStored(slot);
    await this.#clearing;
    return !this.#mustClear;
  }

  #clearStored(slot: TokenStoreSlot): void {
    this.#mustClear = false;
    const clearing = this.#run('clear', () => slot.clear()).then(({ kind }) => {
      if (this.#clearing === clearing) this.#clearing = undefined;
      // Asked again by the next who needs the store: it may be back by then.
      this.#mustClear ||= kind !== 'done';
    });
    this.#clearing = clearing;
  }

  #hint(fence: number): void {
    this.#wake?.();
    // Of our own commit we hear as well, and a flight asks the store itself.
    if (this.#asking > 0) this.#heard = Math.max(this.#heard, fence);
    else if (fence > this.#fence && this.#recheckAt !== Infinity) void this.recheck();
  }

  /** A token newer than the one that was asked for is looked up at the next use. */
  #hasAsked(): void {
    this.#asking -= 1;
    if (this.#asking > 0) return;
    if (this.#heard > this.#fence) this.#recheckIn(0);
    this.#heard = 0;
  }

  #run<T>(operation: keyof TokenStoreSlot, work: () => Promise<T>): Promise<StoreOutcome<T>> {
    return this.#context.store.run(operation, work);
  }
}

function keyOf(identity: TokenIdentity): string {
  return JSON.stringify(identity);
}

/** With a `cacheIdentity` the same records serve one secret after another. */
function recordsOf(identity: TokenIdentity): string {
  const isNamed = identity.cacheIdentity !== undefined;
  return keyOf(isNamed ? { ...identity, secretParts: [] } : identity);
}

interface Opened {
  readonly key: string;
  readonly records: string;
  readonly slot: TokenStoreSlot;
  readonly unsubscribe: (() => void) | undefined;
}
