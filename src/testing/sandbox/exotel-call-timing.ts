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
  /** Calls back when a call placed just now is answered, and when it ends. Neither keeps the process alive. */
  start(onAnswered: () => void, onEnd: () => void): void;
  reset(): void;
}

export function createCallTimer(): CallTimer {
  let timing: ExotelCallTiming | undefined;
  const timers = new Set<NodeJS.Timeout>();

  function later(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
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
    start(onAnswered, onEnd) {
      if (timing === undefined) return;
      later(timing.ringMs, onAnswered);
      later(timing.ringMs + timing.talkMs, onEnd);
    },
    reset() {
      timers.forEach(clearTimeout);
      timers.clear();
      timing = undefined;
    },
  };
}
