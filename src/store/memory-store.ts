import { refuseUnknownOptions } from '../errors/check-options.js';
import type {
  BeginAnswer,
  BeginRequest,
  CommitAnswer,
  CommitRequest,
  SharedFailure,
  StoreClock,
  StoredRecord,
  StoredToken,
  TokenIdentity,
  TokenInHand,
  TokenStore,
  TokenStoreSlot,
} from './token-store.js';

/** Settings of {@link createMemoryStore}. */
export interface MemoryStoreOptions {
  /** Time, for tests. @defaultValue the system's monotonic clock */
  readonly clock?: Pick<StoreClock, 'monotonic'> | undefined;
}

/** The records of one identity. Deadlines are absolute, by the store's own clock. */
interface Records {
  token?: {
    readonly token: StoredToken;
    readonly fence: number;
    readonly until: number;
    readonly suspect: boolean;
  };
  lease?: { readonly owner: string; readonly until: number };
  cooling?: { readonly failure: SharedFailure; readonly until: number };
  lastFence: number;
  readonly listeners: Set<(fence: number) => void>;
}

/** Rejected credentials are remembered that long after their cool-down, so that the next one is longer. */
const CREDENTIALS_MEMORY_MS = 600_000;

/**
 * Creates a store inside this process: token sources that are given the same one share their tokens.
 *
 * It is also the shortest description of what any other store has to do.
 *
 * @throws MisconfigurationError for an option that is not known
 */
export function createMemoryStore(options: MemoryStoreOptions = {}): TokenStore {
  refuseUnknownOptions(options, ['clock'], { of: 'a memory store', path: 'options.' });
  const clock = options.clock ?? { monotonic: () => performance.now() };
  const byIdentity = new Map<string, Records>();

  function recordsOf(key: string): Records {
    const records = byIdentity.get(key) ?? { lastFence: 0, listeners: new Set() };
    byIdentity.set(key, records);
    return records;
  }

  return {
    open(identity) {
      for (const [key, records] of byIdentity)
        if (isSpent(records, clock.monotonic())) byIdentity.delete(key);
      const key = canonicalIdentity(identity);
      return createSlot(() => rulesFor(recordsOf(key), () => clock.monotonic()));
    },
  };
}

/** Nothing in it matters to anybody any more. */
function isSpent({ token, lease, cooling, listeners }: Records, now: number): boolean {
  const ends = [token?.until, lease?.until, cooling && cooling.until + CREDENTIALS_MEMORY_MS];
  return listeners.size === 0 && ends.every((end) => end === undefined || end <= now);
}

/** Asynchronous like every other store: an answer in the same tick would hide races from the tests. */
function createSlot(rules: () => Rules): TokenStoreSlot {
  return {
    begin: (request) => soon(() => rules().begin(request)),
    commit: (request) => soon(() => rules().commit(request)),
    fail: (request) => soon(() => rules().fail(request)),
    reject: (value) => soon(() => rules().reject(value)),
    release: (owner) => soon(() => rules().release(owner)),
    read: () => soon(() => rules().read()),
    clear: () => soon(() => rules().clear()),
    subscribe: (listener) => rules().subscribe(listener),
  };
}

function soon<T>(work: () => T): Promise<T> {
  return Promise.resolve().then(work);
}

type Rules = ReturnType<typeof rulesFor>;

function canonicalIdentity(identity: TokenIdentity): string {
  const { provider, tokenUrl, publicParts, secretParts, request, paramsKey, cacheIdentity } =
    identity;
  return cacheIdentity === undefined
    ? JSON.stringify([provider, tokenUrl, publicParts, paramsKey, secretParts, request])
    : JSON.stringify([provider, tokenUrl, publicParts, paramsKey, { cacheIdentity }]);
}

function rulesFor(records: Records, now: () => number) {
  const tell = (fence: number) => {
    for (const listener of records.listeners) listener(fence);
  };
  const leaseOf = (owner: string) =>
    records.lease?.owner === owner && records.lease.until > now();

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

  function giveBack(owner: string): void {
    if (!leaseOf(owner)) return;
    delete records.lease;
    tell(0);
  }

  function nextFence(): number {
    records.lastFence += 1;
    return records.lastFence;
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

    const { cooling, lease } = records;
    if (cooling !== undefined && cooling.until > now()) {
      const unusable = unexpired();
      const fallback = unusable === undefined ? undefined : recordOf(unusable);
      const remainingMs = cooling.until - now();
      return { kind: 'cooling', failure: cooling.failure, remainingMs, fallback };
    }
    if (lease !== undefined && lease.until > now() && lease.owner !== owner) {
      return { kind: 'held', remainingMs: lease.until - now() };
    }
    records.lease = { owner, until: now() + leaseMs };
    const remembered =
      cooling?.failure.cause === 'credentials' && cooling.until + CREDENTIALS_MEMORY_MS > now();
    return {
      kind: 'lead',
      fence: nextFence(),
      failures: remembered ? cooling.failure.failures : 0,
    };
  }

  function commit(request: CommitRequest): CommitAnswer {
    const { owner, token, remainingMs, onlyIfAbsent = false } = request;
    const fence = request.fence ?? nextFence();
    const stored = unexpired();
    const isInTheWay = onlyIfAbsent && !(stored?.suspect && stored.token.value !== token.value);
    const stands = stored !== undefined && (isInTheWay || stored.fence >= fence);
    if (!stands) {
      records.token = { token, fence, until: now() + remainingMs, suspect: false };
      delete records.cooling;
    }
    giveBack(owner);
    if (stands) return { kind: 'superseded', record: usable() };
    tell(fence);
    return { kind: 'committed', fence };
  }

  return {
    begin,
    commit,
    fail({ owner, failure, coolMs }: Parameters<TokenStoreSlot['fail']>[0]): void {
      if (!leaseOf(owner)) return;
      if (coolMs > 0) records.cooling = { failure, until: now() + coolMs };
      giveBack(owner);
    },
    reject(value: string): StoredRecord | undefined {
      flag({ value, rejected: true });
      return usable();
    },
    release: giveBack,
    read: usable,
    clear(): void {
      delete records.token;
      delete records.cooling;
    },
    subscribe(listener: (fence: number) => void): () => void {
      records.listeners.add(listener);
      return () => void records.listeners.delete(listener);
    },
  };
}

function recordOf({ token, remainingMs, fence }: StoredRecord): StoredRecord {
  return { token, remainingMs, fence };
}
