import { quietly } from '../concealment/any-object.js';
import { TokenStoreError } from '../errors/index.js';
import { boundedSignal, within } from '../platform/waiting.js';
import { createBreaker, type Breaker } from './breaker.js';
import type { StoreClock, TokenIdentity, TokenStore, TokenStoreSlot } from './token-store.js';

/** The outcome of a store operation. A failure is a value, so that no store error reaches a request by accident. */
export type StoreOutcome<T> =
  | { readonly kind: 'done'; readonly value: T }
  /** It failed or took too long. The store may still carry it out: `late` resolves with the answer, if there is one. */
  | { readonly kind: 'failed'; readonly late: Promise<T> }
  /** The store was not asked, because it kept failing a moment ago. */
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

/** The limit of each operation, even if the client has longer ones. */
const OPERATION_TIMEOUT_MS = 250;
/** The limit for opening the records of an identity, which derives keys. */
const OPEN_TIMEOUT_MS = 5_000;

/** A store with a time limit on each operation and one breaker for all of them. */
export interface GuardedStore {
  open(identity: TokenIdentity): Promise<StoreOutcome<TokenStoreSlot>>;
  /** Runs one operation of a slot, unless the store is being left alone. */
  run<T>(operation: keyof TokenStoreSlot, work: () => Promise<T>): Promise<StoreOutcome<T>>;
  /** How long the store is still left alone, in milliseconds. */
  pausedForMs(): number;
  /** How long the store has not answered, in milliseconds; 0 while it does. */
  awayForMs(): number;
}

/** Guards a store. One guard serves all identities of a source, since an outage concerns them all. */
export function guardStore(
  store: TokenStore,
  { clock, watcher, longestPauseMs = LONGEST_PAUSE_MS }: GuardOptions,
): GuardedStore {
  const breaker = createBreaker(longestPauseMs);
  const health = createHealth(breaker, clock, watcher);
  const report = (problem: string) => watcher.failed(new TokenStoreError('record', problem));

  return {
    // Deriving keys says nothing about the store's health, so the breaker is not involved.
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

/**
 * Whether an operation stores something new. A full or read-only Redis still reads and deletes: after a failed write, only a write shows
 * that it works again.
 */
function isWrite(operation: keyof TokenStoreSlot): boolean {
  return operation === 'begin' || operation === 'commit';
}

/** Whether a write has really written something. */
function hasWritten(value: unknown): boolean {
  const kind = typeof value === 'object' && value !== null && 'kind' in value && value.kind;
  return kind === 'lead' || kind === 'committed';
}

/** Reports each outage once, however long it lasts. */
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
    const kept = safeCause(cause);
    const said = kept === undefined || kept.message === 'Error' ? '' : ` (${kept.message})`;
    verdict.failed(new TokenStoreError(operation, problem + said, { cause: kept }));
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

/** Treats a synchronous throw of the store as a rejection. */
async function startedSafely<T>(work: () => Promise<T>): Promise<T> {
  return work();
}

/** A cause without the client library's own text, which may hold the command with all its arguments. */
function safeCause(cause: unknown): Error | undefined {
  if (!(cause instanceof Error)) return undefined;
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  // An error of Redis begins with a word in capitals that says what is wrong; the rest may quote keys or arguments.
  const word = /^[A-Z]{2,20}\b/.exec(cause.message)?.[0];
  // Some clients name only the class, such as ClientClosedError.
  const name = cause.name === 'Error' ? quietly(() => cause.constructor.name) : cause.name;
  // Only what is a word: it becomes part of our message. A bundler shortens the names of classes to a letter.
  const isWord = (text: string | undefined) => /^[\w.-]{2,60}$/.test(text ?? '');
  return new Error([code, word, name].find(isWord) ?? 'Error');
}
