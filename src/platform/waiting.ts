import type { Clock } from './clock.js';

export interface WaitLimits {
  /** Ends this caller's wait, and nothing else. */
  readonly signal?: AbortSignal | undefined;
  /** Ends this caller's wait after that many milliseconds, with this error. */
  readonly timeout?: { readonly ms: number; readonly error: () => Error } | undefined;
  readonly clock: Clock;
}

/** No wait is longer: a flight is bounded, and this is only how long a waiting caller keeps the process alive. */
const LONGEST_WAIT_MS = 3_600_000;

/**
 * Waits for something shared on behalf of one caller, who may leave early without harm to the others.
 *
 * A refresh belongs to nobody and keeps no process alive; a caller who waits for it does.
 */
export async function waitFor<T>(
  shared: Promise<T>,
  { signal, timeout, clock }: WaitLimits,
): Promise<T> {
  signal?.throwIfAborted();
  const late = new AbortController();
  const cancelTimer = clock.schedule(
    () => late.abort(),
    Math.max(0, timeout?.ms ?? LONGEST_WAIT_MS),
    { keepAlive: true },
  );
  const inTime =
    timeout === undefined ? shared : orThrow(shared, late.signal, () => timeout.error());
  try {
    return await (signal === undefined
      ? inTime
      : // The reason is the caller's own, whatever it is: it goes back to the caller as it came.
        orThrow(inTime, signal, () => signal.reason as Error));
  } finally {
    cancelTimer();
  }
}

async function orThrow<T>(work: Promise<T>, signal: AbortSignal, error: () => Error): Promise<T> {
  const outcome = await unlessAborted(work, signal);
  if (outcome.kind === 'aborted') throw error();
  return outcome.value;
}

/** What `work` gives, or that the signal has aborted, whether `work` heeds the signal or not. */
export function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal,
): Promise<{ readonly kind: 'done'; readonly value: T } | { readonly kind: 'aborted' }> {
  return new Promise((resolve, reject) => {
    const abort = () => resolve({ kind: 'aborted' });
    const done = () => signal.removeEventListener('abort', abort);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    void work.then((value) => resolve({ kind: 'done', value }), reject).finally(done);
  });
}
