import type { Clock } from './clock.js';

export interface BoundedSignal {
  readonly signal: AbortSignal;
  abort(): void;
  /** To be called when the work is done. */
  release(): void;
}

/** A signal that aborts with its parent, or after that many milliseconds. */
export function boundedSignal(parent: AbortSignal, ms: number, clock: Clock): BoundedSignal {
  const controller = new AbortController();
  const abort = () => controller.abort();
  // Two steps: after a stall of this process the answer may lie in the socket already, and timers come first. The second
  // step lets it be read.
  let cancelTimer = clock.schedule(() => {
    cancelTimer = clock.schedule(abort, 0);
  }, ms);
  if (parent.aborted) abort();
  parent.addEventListener('abort', abort, { once: true });
  return {
    signal: controller.signal,
    abort,
    release: () => {
      cancelTimer();
      parent.removeEventListener('abort', abort);
    },
  };
}
