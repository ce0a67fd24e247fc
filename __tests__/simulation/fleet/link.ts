import type {
  TokenIdentity,
  TokenStore,
  TokenStoreSlot,
} from '../../../src/sharing/token-store.js';
import type { Host } from './host.js';
import type { Command, SimulatedRedis } from './redis.js';

/** How long a command, or an answer, is on its way where all is well. */
const LONGEST_UP_MS = 5;

/** A command on its way. */
export interface Sent {
  readonly command: Command;
  /** What the process sent, before a seeded bug has changed it. */
  readonly meant: Command;
  readonly at: number;
}

/** A store that only reads is not there. */
function isTelling({ meant: { operation } }: Sent): boolean {
  return operation === 'begin' || operation === 'commit';
}

/** Whether the process still waits for the answer; a few milliseconds are left to the way back. */
export function isInTime({ at }: Sent, now: number): boolean {
  return now - at < 245;
}

/** What lies between a process and the store. */
export type LinkMode =
  | 'up'
  /** Commands and answers arrive, some of them after the 250 ms that a source waits. */
  | 'slow'
  /** Every command fails at once. */
  | 'refused'
  /** Nothing arrives, and nothing comes back. */
  | 'black hole'
  /** The client keeps the commands, and sends them once the store can be reached again. */
  | 'offline queue'
  /** Commands are carried out, and the answers are lost. */
  | 'loses answers';

/** What a bug that is seeded on purpose makes of a command, or of its answer. */
export interface Tamper {
  readonly command?: (command: Command, host: Host) => Command;
  /** Commands that never get anywhere; the answer is given at once. */
  readonly swallow?: (command: Command, host: Host) => { readonly answer: unknown } | undefined;
}

/** The client of one process: what it sends arrives in order, and now and then too late or not at all. */
export class Link implements TokenStore {
  #mode: LinkMode = 'up';
  /** Since when everything has gone well on this link; by the true time. */
  upSince = -Infinity;
  /** The first questions that have not been answered in time since one was: for a lease or with a commit, and others. */
  readonly #unanswered: { telling?: number; other?: number } = {};
  /** When the process last asked for anything. */
  askedAt = -Infinity;
  #slowUntil = -Infinity;
  #arrivedUntil = 0;
  #answeredUntil = 0;
  #queue: (() => void)[] = [];
  readonly #subscriptions = new Set<() => void>();

  constructor(
    readonly host: Host,
    readonly redis: SimulatedRedis,
    readonly random: () => number,
    /** The part of the hints that get lost. */
    readonly lostHints: number,
    readonly tamper: Tamper = {},
    /** Processes with another `storeKey` have records of their own. */
    readonly storeKey = '',
  ) {}

  get mode(): LinkMode {
    return this.#mode;
  }

  set mode(mode: LinkMode) {
    if (mode === this.#mode) return;
    if (this.#mode === 'slow') this.#slowUntil = this.#now();
    this.#mode = mode;
    // What is under way still takes its time.
    this.upSince = mode === 'up' ? this.#allArriveBy() : Infinity;
    if (mode !== 'up' && mode !== 'slow' && mode !== 'loses answers') return;
    for (const send of this.#queue.splice(0)) send();
  }

  /** Whether it has been slow within so long. */
  hasBeenSlowIn(ms: number): boolean {
    return this.#mode === 'slow' || this.#now() - this.#slowUntil < ms;
  }

  #allArriveBy(): number {
    return Math.max(this.#now(), this.#arrivedUntil + LONGEST_UP_MS, this.#answeredUntil);
  }

  /** Since when the store has left this process without an answer in time. */
  get unansweredSince(): number {
    const { telling, other } = this.#unanswered;
    return Math.min(telling ?? Infinity, other ?? Infinity);
  }

  get subscriptions(): number {
    return this.#subscriptions.size;
  }

  /** The process is gone, and its connection with it. */
  end(): void {
    this.#queue = [];
    for (const unsubscribe of this.#subscriptions) unsubscribe();
    this.#subscriptions.clear();
  }

  open(given: TokenIdentity): TokenStoreSlot {
    const identity =
      this.storeKey === '' ? given : { ...given, provider: `${given.provider} ${this.storeKey}` };
    const send = (command: Command) => this.#send(identity, command) as Promise<never>;
    const slot = {
      begin: (argument) => send({ operation: 'begin', argument }),
      commit: (argument) => send({ operation: 'commit', argument }),
      fail: (argument) => send({ operation: 'fail', argument }),
      reject: (argument) => send({ operation: 'reject', argument }),
      renew: (argument) => send({ operation: 'renew', argument }),
      release: (argument) => send({ operation: 'release', argument }),
      read: () => send({ operation: 'read', argument: undefined }),
      clear: () => send({ operation: 'clear', argument: undefined }),
      subscribe: (listener) => this.#subscribe(identity, listener),
    } satisfies TokenStoreSlot;
    return slot;
  }

  #subscribe(identity: TokenIdentity, listener: (fence: number) => void): () => void {
    const leave = this.redis.subscribe(identity, (fence) => {
      const isHeard = this.#mode === 'up' || this.#mode === 'slow';
      if (!isHeard || this.random() < this.lostHints) return;
      this.#later(this.#delayMs(), () => this.host.deliver(() => listener(fence)));
    });
    const unsubscribe = () => {
      leave();
      this.#subscriptions.delete(unsubscribe);
    };
    this.#subscriptions.add(unsubscribe);
    return unsubscribe;
  }

  #send(identity: TokenIdentity, given: Command): Promise<unknown> {
    const swallowed = this.tamper.swallow?.(given, this.host);
    if (swallowed !== undefined) return Promise.resolve(swallowed.answer);
    const sent: Sent = {
      command: this.tamper.command?.(given, this.host) ?? given,
      meant: given,
      at: this.#now(),
    };
    this.askedAt = sent.at;
    this.#unanswered[isTelling(sent) ? 'telling' : 'other'] ??= sent.at;
    return new Promise((resolve, reject) => {
      const send = () => this.#transmit(identity, sent, resolve);
      switch (this.#mode) {
        case 'refused':
          this.#later(1, () => this.host.deliver(() => reject(new Error('ECONNREFUSED'))));
          break;
        case 'black hole':
          break;
        case 'offline queue':
          this.#queue.push(send);
          break;
        default:
          send();
      }
    });
  }

  #transmit(identity: TokenIdentity, sent: Sent, resolve: (answer: unknown) => void): void {
    this.#arrivedUntil = Math.max(this.#arrivedUntil, this.#now() + this.#delayMs());
    this.#later(this.#arrivedUntil - this.#now(), () => {
      void this.redis.execute(identity, this.host, sent).then((answer) => {
        if (this.#mode === 'loses answers') return;
        this.#answeredUntil = Math.max(this.#answeredUntil, this.#now() + this.#delayMs());
        this.#later(this.#answeredUntil - this.#now(), () =>
          this.host.deliver(() => {
            if (isInTime(sent, this.#now())) this.#isBack(sent);
            resolve(answer);
          }),
        );
      });
    });
  }

  #isBack(sent: Sent): void {
    // A clear() that gets through is but the first step of asking.
    if (sent.meant.operation !== 'clear') delete this.#unanswered.other;
    if (isTelling(sent)) delete this.#unanswered.telling;
  }

  #delayMs(): number {
    return this.#mode === 'slow'
      ? 50 + 700 * this.random()
      : 0.2 + (LONGEST_UP_MS - 1) * this.random();
  }

  #now(): number {
    return this.host.world.monotonic();
  }

  #later(ms: number, callback: () => void): void {
    this.host.world.schedule(callback, ms);
  }
}
