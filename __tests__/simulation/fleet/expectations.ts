/** What an edition of the library promises, in numbers; durations in milliseconds. */
export interface Expectations {
  /** The longest pause of the breaker, and what it takes to be sure that it is over. */
  readonly storeForgottenForMs: number;
  /** How long a caller waits at most: for the lease of another, and for a mint of its own afterwards. */
  readonly longestWaitMs: number;
  /** How long a flight waits for the lease of others before it mints without it. */
  readonly patienceMs: number;
  /** A process with callers that wait asks the store that often, unless it is at the token endpoint. */
  readonly asksEachMs: number;
  /** How long a process of a single-active provider waits for the store before it mints for itself; 0 if it does not. */
  readonly aloneAfterMs: number;
  /** Mints that a 401 forces: so many at once, one more each minute, never more than `inAMinute`. */
  readonly forcedMints: { readonly atOnce: number; readonly inAMinute: number } | undefined;
  /** How long a question to the store outlasts `close()`. */
  readonly closesWithinMs: number;
  /** Whether a wall clock that is set forward during a token call leaves its token good. */
  readonly survivesJumps: boolean;
  /** Whether time-outs that ran out while the process stood still say nothing about the endpoint. */
  readonly forgivesStandstill: boolean;
}

export const firstEdition: Expectations = {
  storeForgottenForMs: 12_000,
  longestWaitMs: 60_000,
  patienceMs: 17_000,
  asksEachMs: 12_000,
  aloneAfterMs: 0,
  forcedMints: undefined,
  closesWithinMs: 520,
  survivesJumps: false,
  forgivesStandstill: false,
};

export const secondEdition: Expectations = {
  storeForgottenForMs: 12_000,
  longestWaitMs: 60_000,
  patienceMs: 17_000,
  asksEachMs: 2_500,
  aloneAfterMs: 10_000,
  forcedMints: { atOnce: 6, inAMinute: 30 },
  closesWithinMs: 520,
  survivesJumps: true,
  forgivesStandstill: true,
};

/** What the code beside these tests promises. */
export const expected = secondEdition;
