import type {
  BeginAnswer,
  TokenIdentity,
  TokenStore,
  TokenStoreSlot,
} from '../../../src/sharing/token-store.js';
import type { FakeClock } from '../../../src/testing/fake-clock.js';
import type { Host } from './host.js';
import { createMemoryStore } from './library.js';
import type { Sent } from './link.js';

/** What a client may ask of the store, with its argument and its answer. */
export type Operation = Exclude<keyof TokenStoreSlot, 'subscribe'>;
export type Argument<Name extends Operation> = Parameters<NonNullable<TokenStoreSlot[Name]>>[0];
export type Answer<Name extends Operation> = Awaited<ReturnType<NonNullable<TokenStoreSlot[Name]>>>;

/** One command, as the store carries it out. */
export type Command = {
  readonly [Name in Operation]: {
    readonly operation: Name;
    readonly argument: Argument<Name>;
  };
}[Operation];

/** A command that has been carried out. */
export type Executed = {
  readonly [Name in Operation]: {
    readonly operation: Name;
    readonly argument: Argument<Name>;
    readonly answer: Answer<Name>;
  };
}[Operation];

export interface StoreObserver {
  executed(namespace: string, by: Host, executed: Executed, sent: Sent): void;
}

interface Logged {
  readonly at: number;
  readonly identity: TokenIdentity;
  readonly command: Command;
}

/**
 * The one store of a fleet: the rules of the memory store, which every other store keeps too, with what only a server has:
 * a clock of its own, a failover to a replica that lacks the last writes, and somebody who types FLUSHALL.
 */
export class SimulatedRedis {
  #store: TokenStore;
  readonly #slots = new Map<string, TokenStoreSlot>();
  /** What was done to the records, so that it can be done anew without the last of it. */
  #log: Logged[] = [];
  readonly #identities = new Map<string, TokenIdentity>();
  readonly #listeners = new Map<string, Set<(fence: number) => void>>();
  /** Whose hints this store passes on. */
  readonly #heard = new Set<string>();
  #replayedAt: number | undefined;
  /** Who was granted a lease last. */
  #holder = '';

  constructor(
    readonly world: FakeClock,
    /** How fast its clock goes; 1 is right. */
    readonly rate: number,
    readonly observer: StoreObserver,
    /** A bug that is seeded on purpose: whoever gives a lease back frees that of the holder. */
    readonly releasedByAnybody = false,
  ) {
    this.#store = this.#empty();
  }

  async execute(identity: TokenIdentity, by: Host, sent: Sent): Promise<unknown> {
    const { command } = sent;
    const namespace = namespaceOf(identity);
    this.#identities.set(namespace, identity);
    if (command.operation !== 'read') this.#log.push({ at: this.#now(), identity, command });
    const answer = await this.#carryOut(identity, command);
    this.observer.executed(namespace, by, { ...command, answer } as Executed, sent);
    return answer;
  }

  subscribe(identity: TokenIdentity, listener: (fence: number) => void): () => void {
    const namespace = namespaceOf(identity);
    this.#identities.set(namespace, identity);
    this.#slot(identity);
    const listeners = this.#listeners.get(namespace) ?? new Set();
    this.#listeners.set(namespace, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  get subscriptions(): number {
    return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** A usable token, as anybody would find it now. */
  async stored(namespace: string): Promise<string | undefined> {
    const identity = this.#identities.get(namespace);
    if (identity === undefined) return undefined;
    const slot = this.#slot(identity);
    return (await slot.read())?.token.value;
  }

  async flush(): Promise<void> {
    await this.failover(Infinity);
  }

  /** A replica takes over that lacks the last writes. */
  async failover(lost: number): Promise<void> {
    this.#store = this.#empty();
    this.#slots.clear();
    this.#heard.clear();
    this.#log = this.#log.slice(0, Math.max(0, this.#log.length - lost));
    for (const { at, identity, command } of this.#log) {
      this.#replayedAt = at;
      await this.#carryOut(identity, command);
    }
    this.#replayedAt = undefined;
    for (const namespace of this.#listeners.keys()) {
      const identity = this.#identities.get(namespace);
      if (identity !== undefined) this.#slot(identity);
    }
  }

  #now(): number {
    return this.world.monotonic() * this.rate;
  }

  #empty(): TokenStore {
    return createMemoryStore({ clock: { monotonic: () => this.#replayedAt ?? this.#now() } });
  }

  async #carryOut(identity: TokenIdentity, { operation, argument }: Command): Promise<unknown> {
    const slot = this.#slot(identity);
    if (this.releasedByAnybody && operation === 'release') return slot.release(this.#holder);
    const answer = await (slot[operation] as (argument: unknown) => Promise<unknown>)(argument);
    if (operation === 'begin' && (answer as BeginAnswer).kind === 'lead')
      this.#holder = argument.owner;
    return answer;
  }

  #slot(identity: TokenIdentity): TokenStoreSlot {
    const key = JSON.stringify(identity);
    const known = this.#slots.get(key);
    if (known !== undefined) return known;
    const slot = this.#store.open(identity, () => undefined) as TokenStoreSlot;
    this.#slots.set(key, slot);
    this.#listen(namespaceOf(identity), slot);
    return slot;
  }

  /** Once for all whose records these are. */
  #listen(namespace: string, slot: TokenStoreSlot): void {
    if (this.#heard.has(namespace)) return;
    this.#heard.add(namespace);
    slot.subscribe?.((fence) => {
      if (this.#replayedAt !== undefined) return;
      for (const listener of this.#listeners.get(namespace) ?? []) listener(fence);
    });
  }
}

/** Whose records they are. */
export function namespaceOf(identity: TokenIdentity): string {
  const { cacheIdentity } = identity;
  return JSON.stringify(
    cacheIdentity === undefined ? identity : { ...identity, secretParts: [], request: '' },
  );
}
