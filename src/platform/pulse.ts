import { isPast, later, type Instant } from '../token/instant.js';
import { instantOf, type Clock } from './clock.js';

const BEAT_MS = 500;
/** A timer that fires this late was not just held up by a busy moment. */
const LATE_MS = 500;

/**
 * Beats while a flight is under way, which shows two things that timeouts alone cannot.
 *
 * To the flight: whether this process stood still meanwhile (a frozen function, a stopped container, a suspended laptop, a
 * blocked event loop). Running out of time then says nothing about the token endpoint. To callers waiting for the flight:
 * whether it can land at all. Some runtimes tie timers and promises to the request that made them, and once that request is
 * over the flight falls silent.
 */
export class Pulse {
  readonly #clock: Clock;
  #lastBeat: Instant;
  #stalls = 0;
  #cancelTimer: () => void = () => undefined;
  #onStall: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lastBeat = instantOf(clock);
    this.#expectNext();
  }

  /** How often this process has been found to have stood still since the flight began. */
  get stalls(): number {
    const now = instantOf(this.#clock);
    // The next beat may be overdue: sockets are served before timers.
    if (hasStoodStill(this.#lastBeat, now)) {
      this.#stalls += 1;
      this.#lastBeat = now;
    }
    return this.#stalls;
  }

  /** Calls `listener` when this process is found to have stood still; only the latest listener is called. */
  onStall(listener: (() => void) | undefined): void {
    this.#onStall = listener;
  }

  /** Whether the beat has stopped, or is late after a stall; then it comes before a timer set now. */
  isSilent(): boolean {
    return this.#clock.monotonic() - this.#lastBeat.monoMs > BEAT_MS + LATE_MS;
  }

  stop(): void {
    this.#cancelTimer();
  }

  #expectNext(): void {
    this.#cancelTimer = this.#clock.schedule(() => this.#beat(), BEAT_MS);
  }

  #beat(): void {
    const before = this.#stalls;
    const { stalls } = this;
    this.#lastBeat = instantOf(this.#clock);
    this.#expectNext();
    if (stalls > before) this.#onStall?.();
  }
}

/** By either clock: the monotonic one stands still while a Linux host is suspended. */
function hasStoodStill(lastBeat: Instant, now: Instant): boolean {
  return isPast(later(lastBeat, BEAT_MS + LATE_MS), now);
}
