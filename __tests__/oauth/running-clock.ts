import { systemClock, type Clock } from '../../src/platform/clock.js';

/** The real clock, for real servers and real signatures, which a test can set ahead: then a token's life is over. */
export interface RunningClock extends Clock {
  /** Sets both clocks ahead, like a host that time passes on. */
  skip(ms: number): void;
  /** Sets the monotonic clock alone ahead: lives end, while the time of day stays that of the server. */
  outlive(ms: number): void;
}

export function createRunningClock(): RunningClock {
  let wallMs = 0;
  let monoMs = 0;
  return {
    now: () => systemClock.now() + wallMs,
    monotonic: () => systemClock.monotonic() + monoMs,
    schedule: (callback, delayMs, options) => systemClock.schedule(callback, delayMs, options),
    skip(ms) {
      wallMs += ms;
      monoMs += ms;
    },
    outlive(ms) {
      monoMs += ms;
    },
  };
}
