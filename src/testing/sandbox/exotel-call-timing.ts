/** How long a call takes when it runs automatically, in milliseconds by the sandbox's clock. */
export interface ExotelCallTiming {
  /** Until both parties have picked up. */
  ringMs: number;
  /** From then until the end. */
  talkMs: number;
  /** From the end until its price and duration are known. Exotel takes minutes; only Voice v1 has this delay. */
  settleMs?: number;
}

/** Verbs about calls that run automatically. */
export interface ExotelCallTimings {
  /** From now on calls ring, are answered and end automatically; `undefined` leaves that to the test, as at the start. */
  letCallsRun(timing: ExotelCallTiming | undefined): void;
}

/** The timing that is in force. */
export interface CallTimer {
  readonly verbs: ExotelCallTimings;
  readonly timing: ExotelCallTiming | undefined;
  /** Calls back when a call placed just now is answered, and when it ends, unless a test ends it first. Does not keep the process alive. */
  start(call: TimedCall, onAnswered: () => void, onEnd: () => void): void;
  reset(): void;
}

interface TimedCall {
  readonly endedAt: number | undefined;
}

export function createCallTimer(): CallTimer {
  let timing: ExotelCallTiming | undefined;
  const timers = new Set<NodeJS.Timeout>();

  function later(ms: number, call: TimedCall, act: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (call.endedAt === undefined) act();
    }, ms).unref();
    timers.add(timer);
  }

  return {
    verbs: {
      letCallsRun(next) {
        timing = next && { ...next };
      },
    },
    get timing() {
      return timing;
    },
    start(call, onAnswered, onEnd) {
      if (timing === undefined) return;
      later(timing.ringMs, call, onAnswered);
      later(timing.ringMs + timing.talkMs, call, onEnd);
    },
    reset() {
      timers.forEach(clearTimeout);
      timers.clear();
      timing = undefined;
    },
  };
}
