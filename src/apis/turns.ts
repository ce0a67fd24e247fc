import pThrottle from 'p-throttle';

/** Turns of a rate limiter: at most `limit` in any span of `intervalMs`. */
export function turnsOf(limit: number, intervalMs: number): () => Promise<void> {
  // strict: the windowed algorithm would let twice the limit through around a window boundary.
  const throttle = pThrottle({ limit, interval: intervalMs, strict: true });
  return throttle(() => Promise.resolve());
}
