import type { ApiRequestOptions } from './request-options.js';

/** Waits for a turn of a rate limiter. A cancelled call stops waiting; axios then rejects it before anything is sent. */
export async function takeTurn(
  acquire: () => Promise<void>,
  signal: ApiRequestOptions['signal'],
): Promise<void> {
  if (signal?.aborted === true) return;
  const turn = acquire();
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
