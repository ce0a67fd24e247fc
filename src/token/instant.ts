/** A moment on both clocks: the wall clock in epoch milliseconds, the monotonic one from its own origin. */
export interface Instant {
  readonly wallMs: number;
  readonly monoMs: number;
}

/**
 * The moment `ms` later, on both clocks.
 *
 * A deadline is kept on both because each can be wrong: the wall clock may be set back, and the monotonic one stops while a
 * Linux host is suspended.
 */
export function later(from: Instant, ms: number): Instant {
  return { wallMs: from.wallMs + ms, monoMs: from.monoMs + ms };
}

/** Milliseconds until `deadline`, by the clock on which it is nearer. Zero or less once it has passed. */
export function msUntil(deadline: Instant, now: Instant): number {
  return Math.min(deadline.wallMs - now.wallMs, deadline.monoMs - now.monoMs);
}

/** Whether `deadline` has passed on either clock. */
export function isPast(deadline: Instant, now: Instant): boolean {
  return msUntil(deadline, now) <= 0;
}
