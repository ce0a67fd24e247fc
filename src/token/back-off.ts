/** Exponential back-off: the first delay, doubled with each repetition, up to the longest. Milliseconds. */
export interface BackOff {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** The delay after `repetitions` earlier ones (0 for the first), without jitter. */
export function backOffMs({ firstMs, longestMs }: BackOff, repetitions: number): number {
  return Math.min(firstMs * 2 ** Math.min(repetitions, 30), longestMs);
}

/** `ms`, changed by up to a fifth either way; `random` is in [0, 1). */
export function jittered(ms: number, random: number): number {
  return ms * (0.8 + 0.4 * random);
}
