import { TokenStoreError } from '../errors/index.js';
import { boundedSignal, within } from '../platform/waiting.js';
import { createBreaker, type Breaker } from './breaker.js';
import type { StoreClock, TokenIdentity, TokenStore, TokenStoreSlot } from './token-store.js';

/** What became of a store operation. A failure is a value here: no store error may reach a request by accident. */
export type StoreOutcome<T> =
  | { readonly kind: 'done'; readonly value: T }
  /** It failed or took too long. The store may still carry it out: `late` yields the answer, if ever one comes. */
  | { readonly kind: 'failed'; readonly late: Promise<T> }
  /** The store was not asked, because it failed again and again a moment ago. */
  | { readonly kind: 'skipped' };

export interface StoreWatcher {
  /** The first failure of an outage, or a record that cannot be read. */
  failed(error: TokenStoreError): void;
  /** The store answers again. */
  recovered(): void;
}

export interface GuardOptions {
  readonly clock: StoreClock;
  readonly watcher: StoreWatcher;
  /** How long a failing store is left alone at most. @defaultValue 10000 */
  readonly longestPauseMs?: number | undefined;
}

const LONGEST_PAUSE_MS = 10_000;

/** Bound of each operation: no client library is trusted with it. */
const OPERATION_TIMEOUT_MS = 250;
/** Bound of opening the records of an identity, where keys are derived. */
const OPEN_TIMEOUT_MS = 5_000;

/** A store, with a time limit on each operation and a breaker before all of them. */
export interface GuardedStore {
  open(identity: TokenIdentity): Promise<StoreOutcome<TokenStoreSlot>>;
  /** Runs one operation of a slot, unless the store is being left alone. */
  run<T>(operation: keyof TokenStoreSlot, work: () => Promise<T>): Promise<StoreOutcome<T>>;
  /** How long the store is still left alone, in milliseconds. */
  pausedForMs(): number;
  /** How long the store has not answered, in milliseconds; 0 while it does. */
  awayForMs(): number;
}

/** Puts a store behind a guard. One guard serves all identities of a source: an outage concerns them all. */
export function guardStore(
  store: TokenStore,
  { clock, watcher, longestPauseMs = LONGEST_PAUSE_MS }: GuardOptions,
): GuardedStore {
  const breaker = createBreaker(longestPauseMs);
  const health = createHealth(breaker, clock, watcher);
  const report = (problem: string) => watcher.failed(new TokenStoreError('record', problem));

  return {
    // Deriving keys says nothing about the store's health, so the breaker stays out of it.
    open: (identity) =>
      bounded('open', async () => store.open(identity, report), OPEN_TIMEOUT_MS, clock, {
        done: () => undefined,
        failed: (error) => watcher.failed(error),
      }),
    async run(operation, work) {
      if (!breaker.allows(clock.monotonic(), isWrite(operation))) return { kind: 'skipped' };
      return bounded(operation, work, OPERATION_TIMEOUT_MS, clock, health(operation));
    },
    pausedForMs: () => breaker.pausedForMs(clock.monotonic()),
    awayForMs: () => breaker.awayForMs(clock.monotonic()),
  };
}

interface Verdict {
  done(value: unknown): void;
  failed(error: TokenStoreError): void;
}

/** A Redis that is full or read-only still reads and deletes: after a write has failed, only a write shows that it is well. */
function isWrite(operation: keyof TokenStoreSlot): boolean {
  return operation === 'begin' || operation === 'commit';
}

/** Whether a write has written anything. */
function hasWritten(value: unknown): boolean {
  const kind = typeof value === 'object' && value !== null && 'kind' in value && value.kind;
  return kind === 'lead' || kind === 'committed';
}

/** Tells an outage once, however long it lasts: a store that is away for an hour is one piece of news. */
function createHealth(
  breaker: Breaker,
  clock: StoreClock,
  watcher: StoreWatcher,
): (operation: keyof TokenStoreSlot) => Verdict {
  let outage: 'of writing' | 'of reading' | undefined;
  return (operation) => ({
    done(value) {
      if (outage !== 'of writing' || isWrite(operation)) breaker.succeeded();
      if (outage === undefined || (outage === 'of writing' && !hasWritten(value))) return;
      outage = undefined;
      watcher.recovered();
    },
    failed(error) {
      breaker.failed(clock.monotonic());
      if (outage === undefined) watcher.failed(error);
      outage = isWrite(operation) ? 'of writing' : (outage ?? 'of reading');
    },
  });
}

async function bounded<T>(
  operation: string,
  work: () => Promise<T>,
  timeoutMs: number,
  clock: StoreClock,
  verdict: Verdict,
): Promise<StoreOutcome<T>> {
  const late = startedSafely(work);
  const limit = boundedSignal(undefined, timeoutMs, clock);
  const failed = (problem: string, cause?: unknown): StoreOutcome<T> => {
    verdict.failed(new TokenStoreError(operation, problem, { cause: safeCause(cause) }));
    return { kind: 'failed', late };
  };
  try {
    const waited = await within(late, { signal: limit.signal });
    if (waited.kind !== 'done') return failed(`took longer than ${timeoutMs} ms`);
    verdict.done(waited.value);
    return waited;
  } catch (cause) {
    return failed('failed', cause);
  } finally {
    limit.release();
  }
}

/** A store that throws before it returns a promise is no worse than one that rejects. */
async function startedSafely<T>(work: () => Promise<T>): Promise<T> {
  return work();
}

/** What a client library puts into an error is its own affair, the command with all its arguments for instance. */
function safeCause(cause: unknown): Error | undefined {
  if (!(cause instanceof Error)) return undefined;
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  // Redis begins its errors with a word in capitals that says what is wrong; the rest may quote keys or arguments.
  const word = /^[A-Z]{2,20}\b/.exec(cause.message)?.[0];
  return new Error(code ?? word ?? cause.name);
}
