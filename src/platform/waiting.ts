import type { Clock } from './clock.js';

/** The part of a clock that a wait needs. */
type Timers = Pick<Clock, 'schedule'>;

/** How a wait ended. */
export type Waited<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'aborted' };

/** What may end a wait. It ends nothing else. */
export interface WaitLimits {
  readonly signal?: AbortSignal | undefined;
  /** When it ends, by the monotonic clock. */
  readonly until?: number | undefined;
  readonly clock: Clock;
}

/** No wait is longer: a flight is bounded, and this is only how long a waiting caller keeps the process alive. */
const LONGEST_WAIT_MS = 3_600_000;

/**
 * Waits for something shared on behalf of one caller, who may leave early without affecting the others.
 *
 * A refresh is shared, so it does not keep the process alive; a caller who waits for it does.
 */
export async function waitFor<T>(
  shared: Promise<T>,
  { signal, until, clock }: WaitLimits,
): Promise<Waited<T>> {
  const ms = until === undefined ? LONGEST_WAIT_MS : Math.max(0, until - clock.monotonic());
  const waited = await within(shared, { signal, timer: { clock, ms, keepAlive: true } });
  return waited.kind === 'timed-out' && until === undefined ? within(shared, { signal }) : waited;
}

/** Limits for work that may ignore them. */
export interface Bounds {
  readonly signal?: AbortSignal | undefined;
  readonly timer?:
    { readonly clock: Timers; readonly ms: number; readonly keepAlive?: boolean } | undefined;
}

/** Settles as `work` does, unless the signal aborts or the time is up first. */
export async function within<T>(work: Promise<T>, { signal, timer }: Bounds): Promise<Waited<T>> {
  let cancelTimer: (() => void) | undefined;
  let stopListening: (() => void) | undefined;
  try {
    return await new Promise((resolve, reject) => {
      cancelTimer = timer?.clock.schedule(() => resolve({ kind: 'timed-out' }), timer.ms, {
        keepAlive: timer.keepAlive === true,
      });
      stopListening = onAbort(signal, () => resolve({ kind: 'aborted' }));
      work.then((value) => resolve({ kind: 'done', value }), reject);
    });
  } finally {
    cancelTimer?.();
    stopListening?.();
  }
}

/** Waits that long, or until the signal aborts. */
export async function sleep(
  ms: number,
  { clock, signal }: { readonly clock: Timers; readonly signal: AbortSignal },
): Promise<void> {
  await within(new Promise(() => undefined), { signal, timer: { clock, ms } });
}

export interface BoundedSignal {
  readonly signal: AbortSignal;
  abort(): void;
  /** To be called when the work is done. */
  release(): void;
}

/** A signal that aborts with its parent, or after that many milliseconds. */
export function boundedSignal(
  parent: AbortSignal | undefined,
  ms: number,
  clock: Timers,
): BoundedSignal {
  const controller = new AbortController();
  const abort = () => controller.abort();
  // Two steps: after a stall of this process the answer may already be in the socket, but timers run first. The second
  // step lets it be read.
  let cancelTimer = clock.schedule(() => {
    cancelTimer = clock.schedule(abort, 0);
  }, ms);
  const stopListening = onAbort(parent, abort);
  return {
    signal: controller.signal,
    abort,
    release: () => {
      cancelTimer();
      stopListening();
    },
  };
}

/** Calls back when the signal aborts, or immediately if it has. The function returned stops listening. */
function onAbort(signal: AbortSignal | undefined, callback: () => void): () => void {
  if (signal?.aborted === true) callback();
  else signal?.addEventListener('abort', callback, { once: true });
  return () => signal?.removeEventListener('abort', callback);
}
