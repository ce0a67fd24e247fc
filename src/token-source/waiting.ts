import type { Clock } from './clock.js';

export interface WaitLimits {
  /** Ends this caller's wait, and nothing else. */
  readonly signal?: AbortSignal | undefined;
  /** Ends this caller's wait after that many milliseconds. */
  readonly timeoutMs?: number | undefined;
  /** The error that an elapsed `timeoutMs` gives. */
  readonly onTimeout: (timeoutMs: number) => Error;
  readonly clock: Clock;
}

/** No wait is longer: a flight is bounded, and this is only how long a waiting caller keeps the process alive. */
const LONGEST_WAIT_MS = 3_600_000;

/**
 * Waits for something shared on behalf of one caller, who may leave early without harm to the others.
 *
 * A refresh belongs to nobody and keeps no process alive; a caller who waits for it does.
 */
export async function waitFor<T>(shared: Promise<T>, limits: WaitLimits): Promise<T> {
  const { signal, timeoutMs, clock, onTimeout } = limits;
  signal?.throwIfAborted();
  let leave: (() => void) | undefined;
  let cancelTimer: (() => void) | undefined;
  const early = new Promise<never>((_, reject) => {
    // The reason is the caller's own, whatever it is: it goes back to the caller as it came.
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    leave = () => reject(signal?.reason);
    signal?.addEventListener('abort', leave, { once: true });
    cancelTimer = clock.schedule(
      () => {
        if (timeoutMs !== undefined) reject(onTimeout(timeoutMs));
      },
      Math.max(0, timeoutMs ?? LONGEST_WAIT_MS),
      { keepAlive: true },
    );
  });
  try {
    return await Promise.race([shared, early]);
  } finally {
    cancelTimer?.();
    if (leave !== undefined) signal?.removeEventListener('abort', leave);
  }
}
