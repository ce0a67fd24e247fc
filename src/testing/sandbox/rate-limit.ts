/** A limit on what happens in a sliding window, for each key. */
export interface RateLimit {
  /** Takes one of the window's places; returns whether there was one. */
  allow(key?: string): boolean;
  enforce(on: boolean): void;
  reset(): void;
}

/** Creates a limit of `most` per sliding `windowMs`; at first it is enforced. */
export function createRateLimit({
  now,
  most,
  windowMs,
}: {
  readonly now: () => number;
  readonly most: number;
  readonly windowMs: number;
}): RateLimit {
  const taken = new Map<string, readonly number[]>();
  let enforced = true;
  return {
    allow(key = '') {
      const at = now();
      const recent = (taken.get(key) ?? []).filter((instant) => instant > at - windowMs);
      if (enforced && recent.length >= most) return false;
      taken.set(key, [...recent, at].slice(-most));
      return true;
    },
    enforce(on) {
      enforced = on;
    },
    reset() {
      taken.clear();
      enforced = true;
    },
  };
}
