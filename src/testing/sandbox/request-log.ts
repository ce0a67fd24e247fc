import type { SandboxRequest } from './sandbox-request.js';

/** What arrived, oldest first, and who waits for the next arrival. */
export interface RequestLog {
  readonly entries: readonly SandboxRequest[];
  /** How many arrived since the start or the last reset, including those that the log no longer holds. */
  readonly count: number;
  record(request: SandboxRequest): void;
  next(): Promise<SandboxRequest>;
  reset(): void;
  close(): void;
}

interface Waiter {
  resolve(request: SandboxRequest): void;
  reject(error: Error): void;
}

/** Creates an empty log that keeps at most this many entries. */
export function createRequestLog(maxEntries: number): RequestLog {
  const entries: SandboxRequest[] = [];
  let count = 0;
  let waiters: Waiter[] = [];
  let closed = false;

  function takeWaiters(): Waiter[] {
    const waiting = waiters;
    waiters = [];
    return waiting;
  }

  return {
    entries,
    get count() {
      return count;
    },
    record(request) {
      count += 1;
      entries.push(request);
      // Drops the oldest tenth at once: dropping one entry per request would move the whole array each time.
      if (entries.length > maxEntries) entries.splice(0, Math.max(1, Math.ceil(maxEntries / 10)));
      if (waiters.length > 0) takeWaiters().forEach((waiter) => waiter.resolve(request));
    },
    next() {
      const promise = new Promise<SandboxRequest>((resolve, reject) => {
        if (closed) reject(closedError());
        else waiters.push({ resolve, reject });
      });
      // A test that stopped waiting must not end in an unhandled rejection; one that still waits sees it.
      promise.catch(() => undefined);
      return promise;
    },
    reset() {
      entries.length = 0;
      count = 0;
    },
    close() {
      closed = true;
      takeWaiters().forEach((waiter) => waiter.reject(closedError()));
    },
  };
}

function closedError(): Error {
  return new Error('The sandbox was closed before another request arrived.');
}
