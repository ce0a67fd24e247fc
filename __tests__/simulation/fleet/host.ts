import type { FakeClock } from '../../../src/testing/fake-clock.js';
import type { Clock } from '../../../src/platform/clock.js';

/**
 * `stopped`: the process stands still while its clocks go on, as after SIGSTOP; `asleep`: the whole host does, and with it the
 * monotonic clock; `dead`: nothing of the process will ever run again.
 */
export type HostState = 'running' | 'stopped' | 'asleep' | 'dead';

interface Timer {
  /** By the host's own monotonic clock. */
  readonly dueAt: number;
  readonly callback: () => void;
  cancel: () => void;
}

/** How the clocks of one host differ from the true time. */
export interface ClockError {
  readonly wallOffsetMs: number;
  /** How fast they go; 1 is right. */
  readonly rate: number;
}

/** A host on which one process runs: it has clocks of its own, and nothing reaches the process while it stands still. */
export class Host implements Clock {
  #state: HostState = 'running';
  readonly #timers = new Set<Timer>();
  /** What has arrived while the process stood still. */
  #arrived: (() => void)[] = [];
  #sleptMs = 0;
  #stoppedAt = 0;
  #jumpedMs = 0;

  constructor(
    readonly world: FakeClock,
    readonly error: ClockError,
  ) {}

  get state(): HostState {
    return this.#state;
  }

  get isRunning(): boolean {
    return this.#state === 'running';
  }

  get pendingTimers(): number {
    return this.#timers.size;
  }

  now = (): number => this.world.now() + this.#driftMs() + this.error.wallOffsetMs + this.#jumpedMs;

  monotonic = (): number => {
    const until = this.#state === 'asleep' ? this.#stoppedAt : this.world.monotonic();
    return (until - this.#sleptMs) * this.error.rate;
  };

  schedule = (callback: () => void, delayMs: number): (() => void) => {
    const dueAt = this.monotonic() + Math.max(0, delayMs);
    const timer: Timer = { dueAt, callback, cancel: () => undefined };
    this.#timers.add(timer);
    if (this.isRunning) this.#arm(timer);
    return () => {
      timer.cancel();
      this.#timers.delete(timer);
    };
  };

  /** Something reaches the process from outside: at once, or when it runs again, or never. */
  deliver(callback: () => void): void {
    if (this.isRunning) callback();
    else if (this.#state !== 'dead') this.#arrived.push(callback);
  }

  jump(ms: number): void {
    this.#jumpedMs += ms;
  }

  stop(how: 'stopped' | 'asleep'): void {
    if (!this.isRunning) return;
    this.#disarm();
    this.#stoppedAt = this.world.monotonic();
    this.#state = how;
  }

  /** As an event loop does it: first the timers that are due, then what lies in the sockets. */
  goOn(): void {
    if (this.isRunning || this.#state === 'dead') return;
    if (this.#state === 'asleep') this.#sleptMs += this.world.monotonic() - this.#stoppedAt;
    this.#state = 'running';
    for (const timer of [...this.#timers].sort((a, b) => a.dueAt - b.dueAt)) this.#arm(timer);
    const arrived = this.#arrived;
    this.#arrived = [];
    for (const callback of arrived) this.world.schedule(() => this.deliver(callback), 0);
  }

  /** As by `kill -9`. */
  die(): void {
    this.#disarm();
    this.#timers.clear();
    this.#arrived = [];
    this.#state = 'dead';
  }

  #driftMs(): number {
    return this.world.monotonic() * (this.error.rate - 1);
  }

  #disarm(): void {
    for (const timer of this.#timers) timer.cancel();
  }

  #arm(timer: Timer): void {
    const delayMs = (timer.dueAt - this.monotonic()) / this.error.rate;
    timer.cancel = this.world.schedule(() => {
      this.#timers.delete(timer);
      timer.callback();
    }, delayMs);
  }
}
