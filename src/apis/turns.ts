import pThrottle from 'p-throttle';

/** Turns of a rate limiter: at most so many in any such span of time. */
export function turnsOf(limit: number, intervalMs: number): () => Promise<void> {
  // strict: the windowed algorithm would let twice the limit through around the turn of a window.
  const throttle = pThrottle({ limit, interval: intervalMs, strict: true });
  return throttle(() => Promise.resolve());
}
