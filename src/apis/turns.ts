import pThrottle from 'p-throttle';
import type { ApiRequestOptions } from './request-options.js';

/** Turns of a rate limiter: at most `limit` in any span of `intervalMs`. */
export function turnsOf(limit: number, intervalMs: number): () => Promise<void> {
  // strict: the windowed algorithm would let twice the limit through around a window boundary.
  const throttle = pThrottle({ limit, interval: intervalMs, strict: true });
  return throttle(() => Promise.resolve());
}

/** Waits for a turn, if there is a limit. A cancelled call stops waiting; axios then rejects it before anything is sent. */
export async function takeTurn<Budget>(
  limiter: { acquire(budget: Budget): Promise<void> } | undefined,
  budget: Budget | undefined,
  signal: ApiRequestOptions['signal'],
): Promise<void> {
  if (limiter === undefined || budget === undefined || signal?.aborted === true) return;
  const turn = limiter.acquire(budget);
  if (signal?.addEventListener === undefined) return turn;
  let stopWaiting: (() => void) | undefined;
  const aborted = new Promise<void>((resolve) => {
    stopWaiting = resolve;
    signal.addEventListener?.('abort', stopWaiting);
  });
  try {
    await Promise.race([turn, aborted]);
  } finally {
    signal.removeEventListener?.('abort', stopWaiting);
  }
}
