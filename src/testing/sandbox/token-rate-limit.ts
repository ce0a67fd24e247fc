/** A limit on the number of tokens in a sliding window. */
export interface TokenRateLimit {
  /** Takes one of the window's places; returns whether there was one. */
  allow(): boolean;
  enforce(on: boolean): void;
  reset(): void;
}

/** Creates a limit of `most` tokens per sliding `windowMs`; at first it is enforced. */
export function createTokenRateLimit({
  now,
  most,
  windowMs,
}: {
  readonly now: () => number;
  readonly most: number;
  readonly windowMs: number;
}): TokenRateLimit {
  let taken: number[] = [];
  let enforced = true;
  return {
    allow() {
      const at = now();
      taken = taken.filter((instant) => instant > at - windowMs).slice(-most);
      if (enforced && taken.length >= most) return false;
      taken.push(at);
      return true;
    },
    enforce(on) {
      enforced = on;
    },
    reset() {
      taken = [];
      enforced = true;
    },
  };
}
