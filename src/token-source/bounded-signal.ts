import type { Clock } from './clock.js';

/** A signal that aborts with its parent, or after that many milliseconds. Release it when the work is done. */
export function boundedSignal(
  parent: AbortSignal,
  ms: number,
  clock: Clock,
): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const cancelTimer = clock.schedule(abort, ms);
  if (parent.aborted) abort();
  parent.addEventListener('abort', abort, { once: true });
  return {
    signal: controller.signal,
    release: () => {
      cancelTimer();
      parent.removeEventListener('abort', abort);
    },
  };
}
