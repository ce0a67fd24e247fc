import { checkOptions } from '../errors/check-options.js';
import { aFunction } from '../errors/option-rules.js';
import {
  createSharedStore,
  type SharedStore,
  type TokenStore,
  type TokenStoreSlot,
} from '../store/index.js';
import { createSignal } from './signal.js';

/** The name of a store operation that can be disturbed. */
export type StoreOperation = Exclude<keyof TokenStoreSlot, 'subscribe'>;

/** An operation that is held until the test releases it. */
export interface HeldOperation {
  /** Resolves when the operation has been called and is held. */
  readonly arrived: Promise<void>;
  /** Passes it on to the store. */
  release(): void;
}

/** Ways to disturb a store. A disturbance lasts until {@link ChaosSwitches.recover}, or for the given number of times. */
export interface ChaosSwitches {
  /** Every operation reaches the store this many milliseconds late. */
  delay(ms: number): void;
  /** Every operation fails and does not reach the store. */
  fail(error?: Error): void;
  /** The next `times` operations, optionally only those with a given name, fail and do not reach the store. */
  failNext(times: number, operation?: StoreOperation): void;
  /** Every operation is carried out, but its answer never comes. */
  loseReplies(): void;
  /** The next `times` operations, optionally only those with a given name, are carried out, but their answers never come. */
  loseNextReplies(times: number, operation?: StoreOperation): void;
  /** No operation reaches the store, and no answer comes: a black hole. */
  hang(): void;
  /** Holds the next operation with this name, so that a test can control the order of events. */
  holdNext(operation: StoreOperation): HeldOperation;
  /** Ends every disturbance. Lost operations and answers stay lost. */
  recover(): void;
  /** The names of all called operations, oldest first, whatever their outcome. */
  readonly calls: readonly StoreOperation[];
}

/** A store that misbehaves on demand. */
export interface ChaosStore extends SharedStore, ChaosSwitches {}

/** Options of {@link createChaosStore}. */
export interface ChaosStoreOptions {
  /**
   * Waits this many milliseconds. Pass a fake clock's to control the time.
   *
   * @defaultValue real time
   */
  readonly schedule?: (callback: () => void, ms: number) => unknown;
}

type Fate = 'pass' | 'fail' | 'lose reply' | 'hang';

const never = new Promise<never>(() => undefined);

/**
 * Wraps a store so that it delays, fails and loses answers on demand, as over a network.
 *
 * @example
 * ```ts
 * const store = createChaosStore(createMemoryStore());
 * store.loseNextReplies(1, 'begin');
 * ```
 */
export function createChaosStore(store: TokenStore, options: ChaosStoreOptions = {}): ChaosStore {
  checkOptions(options, { schedule: aFunction }, { of: 'a chaos store' });
  const { schedule = setTimeout } = options;
  const calls: StoreOperation[] = [];
  let delayMs = 0;
  let standing: Fate = 'pass';
  let failure: Error | undefined;
  let next: {
    readonly fate: Fate;
    times: number;
    readonly operation: StoreOperation | undefined;
  }[] = [];
  let holds: {
    readonly operation: StoreOperation;
    arrive(): void;
    readonly over: Promise<void>;
  }[] = [];

  function fateOf(operation: StoreOperation): Fate {
    const planned = next.find((one) => (one.operation ?? operation) === operation);
    if (planned === undefined) return standing;
    planned.times -= 1;
    if (planned.times <= 0) next = next.filter((one) => one !== planned);
    return planned.fate;
  }

  function plan(fate: Fate, times: number, operation: StoreOperation | undefined): void {
    if (times > 0) next.push({ fate, times, operation });
  }

  async function held(operation: StoreOperation): Promise<void> {
    const hold = holds.find((one) => one.operation === operation);
    if (hold === undefined) return;
    holds = holds.filter((one) => one !== hold);
    hold.arrive();
    await hold.over;
  }

  async function disturbed<T>(operation: StoreOperation, work: () => Promise<T>): Promise<T> {
    calls.push(operation);
    const fate = fateOf(operation);
    if (fate === 'fail') throw failure ?? new Error('the chaos store fails on request');
    if (fate === 'hang') return never;
    await held(operation);
    if (delayMs > 0) await new Promise<void>((resolve) => void schedule(resolve, delayMs));
    const answer = await work();
    return fate === 'lose reply' ? never : answer;
  }

  function disturbedSlot(slot: TokenStoreSlot): TokenStoreSlot {
    return {
      begin: (request) => disturbed('begin', () => slot.begin(request)),
      commit: (request) => disturbed('commit', () => slot.commit(request)),
      fail: (request) => disturbed('fail', () => slot.fail(request)),
      reject: (value) => disturbed('reject', () => slot.reject(value)),
      renew: (request) => disturbed('renew', () => slot.renew(request)),
      release: (owner) => disturbed('release', () => slot.release(owner)),
      read: () => disturbed('read', () => slot.read()),
      clear: () => disturbed('clear', () => slot.clear()),
      ...(slot.subscribe && {
        subscribe: (listener) => slot.subscribe?.(listener) ?? (() => undefined),
      }),
    };
  }

  const disturbedStore: TokenStore = {
    check: (settings) => store.check?.(settings),
    open: async (identity, report) => disturbedSlot(await store.open(identity, report)),
  };

  return {
    ...createSharedStore(disturbedStore),
    calls,
    delay(ms) {
      delayMs = ms;
    },
    fail(error) {
      standing = 'fail';
      failure = error;
    },
    failNext: (times, operation) => plan('fail', times, operation),
    loseReplies() {
      standing = 'lose reply';
    },
    loseNextReplies: (times, operation) => plan('lose reply', times, operation),
    hang() {
      standing = 'hang';
    },
    holdNext(operation) {
      const arrived = createSignal();
      const over = createSignal();
      holds.push({ operation, arrive: arrived.resolve, over: over.promise });
      return { arrived: arrived.promise, release: over.resolve };
    },
    recover() {
      standing = 'pass';
      failure = undefined;
      delayMs = 0;
      next = [];
    },
  };
}
