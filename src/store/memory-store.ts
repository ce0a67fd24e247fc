import { checkOptions } from '../errors/check-options.js';
import { having } from '../errors/option-rules.js';
import { createSharedStore, type SharedStore } from '../sharing/shared-store.js';
import { MemoryRecords, type Records } from './memory-records.js';
import type {
  BeginAnswer,
  BeginRequest,
  CommitAnswer,
  CommitRequest,
  SharedFailure,
  StoreClock,
  StoredRecord,
  TokenIdentity,
  TokenInHand,
  TokenStoreSlot,
} from '../sharing/token-store.js';

/** Options of {@link createMemoryStore}. */
export interface MemoryStoreOptions {
  /** The clock, for tests. @defaultValue the system's monotonic clock */
  readonly clock?: Pick<StoreClock, 'monotonic'> | undefined;
}

/** How long rejected credentials are remembered after their cool-down, so that the next one is longer. */
const CREDENTIALS_MEMORY_MS = 600_000;

/**
 * Creates a store inside this process: token sources with the same store share their tokens.
 *
 * It keeps the records of at most 100,000 identities; expired and least recently used ones are dropped first. It is also the
 * shortest example of a store.
 *
 * @throws MisconfigurationError for an unknown option, or a clock without `monotonic()`
 */
export function createMemoryStore(options: MemoryStoreOptions = {}): SharedStore {
  checkOptions(options, { clock: having('monotonic') }, { of: 'a memory store', path: 'options.' });
  const clock = options.clock ?? { monotonic: () => performance.now() };
  const now = () => clock.monotonic();
  const all = new MemoryRecords(now);
  return createSharedStore({
    open(identity) {
      const key = canonicalIdentity(identity);
      const who = credentialsIn(identity);
      // Looked up at each operation: records that were dropped meanwhile are created again.
      const context: RulesContext = {
        now,
        who,
        tell: (fence) => all.tell(key, fence),
        nextFence: (above) => all.nextFence(above),
      };
      const work = <T>(operation: (rules: Rules) => T) =>
        // Asynchronous like every other store: a synchronous answer would hide races from tests.
        Promise.resolve().then(() => operation(rulesFor(all.use(key), context)));
      return {
        begin: (request) => work((rules) => rules.begin(request)),
        commit: (request) => work((rules) => rules.commit(request)),
        fail: (request) => work((rules) => rules.fail(request)),
        reject: (value) => work((rules) => rules.reject(value)),
        renew: (request) => work((rules) => rules.renew(request)),
        release: (owner) => work((rules) => rules.release(owner)),
        read: () => work((rules) => rules.read()),
        clear: () => work((rules) => rules.clear()),
        subscribe: (listener) => all.listen(key, listener),
      } satisfies TokenStoreSlot;
    },
  });
}

function canonicalIdentity(identity: TokenIdentity): string {
  const { provider, tokenUrl, publicParts, secretParts, request, paramsKey, cacheIdentity } =
    identity;
  return cacheIdentity === undefined
    ? JSON.stringify([provider, tokenUrl, publicParts, paramsKey, secretParts, request])
    : JSON.stringify([provider, tokenUrl, publicParts, paramsKey, { cacheIdentity }]);
}

/** With a `cacheIdentity`, tells apart credentials that share records; otherwise they are part of the key. */
function credentialsIn({ cacheIdentity, secretParts }: TokenIdentity): string {
  return cacheIdentity === undefined ? '' : JSON.stringify(secretParts);
}

interface RulesContext {
  readonly now: () => number;
  /** Names the credentials that the caller uses. */
  readonly who: string;
  /** Passes a hint to the listeners. */
  readonly tell: (fence: number) => void;
  /** A fence higher than any before and than `above`. */
  readonly nextFence: (above: number) => number;
}

type Cooling = NonNullable<Records['cooling']>;
type Rules = ReturnType<typeof rulesFor>;

/** The protocol on the records of one identity. */
function rulesFor(records: Records, { now, who, tell, nextFence }: RulesContext) {
  const leaseOf = (owner: string) =>
    records.lease?.owner === owner && records.lease.until > now() ? records.lease : undefined;

  function unexpired(): (StoredRecord & { suspect: boolean }) | undefined {
    const { token: stored } = records;
    if (stored === undefined) return undefined;
    const remainingMs = stored.until - now();
    if (remainingMs <= 0) return undefined;
    const { token, fence, suspect } = stored;
    return { token, remainingMs, fence, suspect };
  }

  function usable(): StoredRecord | undefined {
    const found = unexpired();
    return found === undefined || found.suspect ? undefined : recordOf(found);
  }

  function flag({ value, rejected }: TokenInHand): void {
    const { token: stored } = records;
    if (!rejected || stored === undefined || stored.suspect || stored.token.value !== value) return;
    records.token = { ...stored, suspect: true };
    tell(stored.fence);
  }

  function giveBack(owner: string): boolean {
    if (leaseOf(owner) === undefined) return false;
    delete records.lease;
    return true;
  }

  /** The earlier failure that concerns the caller, which rejected credentials of others do not. */
  function cooling(): Cooling | undefined {
    const { cooling: failed } = records;
    if (failed === undefined || failed.memoryUntil <= now()) return undefined;
    return failed.failure.cause === 'credentials' && failed.who !== who ? undefined : failed;
  }

  function begin({ owner, leaseMs, inHand, minRemainingMs }: BeginRequest): BeginAnswer {
    if (inHand !== undefined) flag(inHand);
    const found = usable();
    if (
      found !== undefined &&
      found.token.value !== inHand?.value &&
      found.remainingMs > minRemainingMs
    ) {
      return { kind: 'token', ...found };
    }

    const failed = cooling();
    if (failed !== undefined && failed.until > now()) {
      const unusable = unexpired();
      const fallback = unusable === undefined ? undefined : recordOf(unusable);
      return {
        kind: 'cooling',
        failure: failed.failure,
        remainingMs: failed.until - now(),
        fallback,
      };
    }
    const { lease } = records;
    if (lease !== undefined && lease.until > now() && lease.owner !== owner) {
      return { kind: 'held', remainingMs: lease.until - now() };
    }
    records.lease = { owner, until: now() + leaseMs };
    return {
      kind: 'lead',
      fence: nextFence(records.token?.fence ?? 0),
      failures: failed?.failure.failures ?? 0,
    };
  }

  function commit(request: CommitRequest): CommitAnswer {
    const { owner, token, remainingMs, onlyIfAbsent = false } = request;
    const fence = request.fence ?? nextFence(records.token?.fence ?? 0);
    const stored = unexpired();
    const isInTheWay = onlyIfAbsent && !(stored?.suspect && stored.token.value !== token.value);
    const hadLease = giveBack(owner);
    const isBeingReplaced = onlyIfAbsent && (records.lease?.until ?? 0) > now();
    if (isBeingReplaced || (stored !== undefined && (isInTheWay || stored.fence >= fence))) {
      if (hadLease) tell(0);
      return { kind: 'superseded', record: usable() };
    }
    records.token = { token, fence, until: now() + remainingMs, suspect: false };
    delete records.cooling;
    tell(fence);
    return { kind: 'committed', fence };
  }

  function fail({ owner, failure, coolMs }: Parameters<TokenStoreSlot['fail']>[0]): void {
    if (!giveBack(owner)) return;
    if (coolMs > 0) records.cooling = afterFailure(failure, now() + coolMs);
    tell(0);
  }

  function afterFailure(failure: SharedFailure, until: number): Cooling {
    const earlier = cooling();
    if (earlier?.failure.cause === 'credentials' && failure.cause !== 'credentials') {
      // Rejected credentials stay rejected: another failure can only make their cool-down longer.
      const longer = Math.max(earlier.until, until);
      return {
        ...earlier,
        until: longer,
        memoryUntil: earlier.memoryUntil + longer - earlier.until,
      };
    }
    const memoryMs = failure.cause === 'credentials' ? CREDENTIALS_MEMORY_MS : 0;
    return { failure, who, until, memoryUntil: until + memoryMs };
  }

  return {
    begin,
    commit,
    fail,
    reject(value: string): StoredRecord | undefined {
      flag({ value, rejected: true });
      return usable();
    },
    renew({ owner, leaseMs }: Parameters<TokenStoreSlot['renew']>[0]): boolean {
      if (leaseOf(owner) === undefined) return false;
      records.lease = { owner, until: now() + leaseMs };
      return true;
    },
    release(owner: string): void {
      if (giveBack(owner)) tell(0);
    },
    read: usable,
    clear(): void {
      delete records.token;
      delete records.cooling;
    },
  };
}

function recordOf({ token, remainingMs, fence }: StoredRecord): StoredRecord {
  return { token, remainingMs, fence };
}
