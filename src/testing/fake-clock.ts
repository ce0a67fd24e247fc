import { nextTick } from 'node:process';
import { setImmediate } from 'node:timers';

import { checkOptions } from '../errors/check-options.js';
import { rule } from '../errors/option-rules.js';
import type { Clock } from '../platform/clock.js';

/** Options of {@link createFakeClock}. */
export interface FakeClockOptions {
  /**
   * Wall-clock time at the start, in epoch milliseconds.
   *
   * @defaultValue 2030-01-01T00:00:00Z
   */
  now?: number;
  /**
   * Monotonic milliseconds at the start.
   *
   * @defaultValue 0
   */
  monotonic?: number;
}

/** Options of {@link FakeClock.advanceAsync}. */
export interface AdvanceOptions {
  /**
   * How many turns of the real event loop to allow after each timer and at the end, so that sockets can be read and written. One
   * exchange over loopback takes several.
   *
   * @defaultValue 0: only promises and `process.nextTick` run
   */
  ioTurns?: number;
}

/** A clock that moves only when you move it. */
export interface FakeClock extends Clock {
  /** Wall-clock time in epoch milliseconds; may be passed as a function on its own. */
  readonly now: () => number;
  /** Monotonic milliseconds; may be passed as a function on its own. */
  readonly monotonic: () => number;
  /** Moves both clocks and runs the timers that become due, in order, without running promises in between. */
  advance(ms: number): void;
  /** Moves both clocks and runs the timers that become due; after each timer, pending promises run. */
  advanceAsync(ms: number, options?: AdvanceOptions): Promise<void>;
  /** Moves only the wall clock, forward or back, like a correction by NTP or by hand. No timer runs. */
  jumpWall(ms: number): void;
  /** Suspends the host: the wall clock moves, the monotonic clock and the timers stop. */
  suspend(ms: number): void;
  /**
   * Pauses the process, like a frozen function or a blocked event loop: both clocks move, and timers that become due meanwhile run
   * late, at the next advance.
   */
  stall(ms: number): void;
  /** The number of pending timers. */
  readonly pendingTimers: number;
  /** Milliseconds until the next timer; `undefined` if none is pending. */
  readonly msToNextTimer: number | undefined;
}

interface Timer {
  readonly dueAt: number;
  readonly callback: () => void;
}

/** A timer that reschedules itself with no delay would otherwise turn a test into an endless loop. */
const MOST_TIMERS_PER_ADVANCE = 100_000;

const anInstant = rule(Number.isFinite, 'is not a number', 'Pass milliseconds, or leave it out.');

/** Creates a clock for tests, which stands still until it is advanced, jumped, suspended or stalled. */
export function createFakeClock(options: FakeClockOptions = {}): FakeClock {
  checkOptions(options, { now: anInstant, monotonic: anInstant }, { of: 'a fake clock' });
  let wall = options.now ?? Date.UTC(2030, 0, 1);
  let monotonic = options.monotonic ?? 0;
  const timers = new Set<Timer>();

  /** The set keeps the order of insertion, so of two timers due at one moment the older one is found first. */
  function nextTimer(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of timers) {
      if (next === undefined || timer.dueAt < next.dueAt) next = timer;
    }
    return next;
  }

  function moveTo(instant: number): void {
    const step = Math.max(0, instant - monotonic);
    monotonic += step;
    wall += step;
  }

  /** Runs the next timer due by `end`; returns whether there was one. */
  function runNextTimer(end: number): boolean {
    const timer = nextTimer();
    if (timer === undefined || timer.dueAt > end) return false;
    timers.delete(timer);
    moveTo(timer.dueAt);
    timer.callback();
    return true;
  }

  return {
    now: () => wall,
    monotonic: () => monotonic,
    schedule(callback, delayMs) {
      const timer: Timer = { dueAt: monotonic + Math.max(0, delayMs), callback };
      timers.add(timer);
      return () => {
        timers.delete(timer);
      };
    },
    advance(ms) {
      const end = monotonic + requireForward(ms);
      const guard = createGuard();
      while (runNextTimer(end)) guard();
      moveTo(end);
    },
    async advanceAsync(ms, { ioTurns = 0 } = {}) {
      const end = monotonic + requireForward(ms);
      const guard = createGuard();
      await settle(ioTurns);
      while (runNextTimer(end)) {
        guard();
        await settle(ioTurns);
      }
      moveTo(end);
      await settle(ioTurns);
    },
    jumpWall(ms) {
      wall += ms;
    },
    suspend(ms) {
      wall += requireForward(ms);
    },
    stall(ms) {
      moveTo(monotonic + requireForward(ms));
    },
    get pendingTimers() {
      return timers.size;
    },
    get msToNextTimer() {
      const next = nextTimer();
      return next === undefined ? undefined : next.dueAt - monotonic;
    },
  };
}

function requireForward(ms: number): number {
  if (ms >= 0) return ms;
  throw new RangeError(
    `A fake clock only moves forward, not by ${ms} ms; use jumpWall to go back.`,
  );
}

function createGuard(): () => void {
  let ran = 0;
  return () => {
    if (++ran > MOST_TIMERS_PER_ADVANCE) {
      throw new Error(
        `${MOST_TIMERS_PER_ADVANCE} timers ran in one advance; does one reschedule itself with no delay?`,
      );
    }
  };
}

/**
 * Lets waiting promises run. A tick requested from inside a promise runs only once no promise is ready, so one tick
 * drains the queue however long its chains are; the second drains what the ticks themselves started.
 */
async function settle(ioTurns: number): Promise<void> {
  for (let tick = 0; tick < 2; tick += 1) {
    await new Promise<void>((resolve) => nextTick(resolve));
  }
  for (let turn = 0; turn < ioTurns; turn += 1) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
