import type { Expectations } from './expectations.js';

/** Rounding, and a moment more. */
const SLACK_MS = 1;
const MINUTE_MS = 60_000;

/** The mints of one process that a 401 has forced: counted anew, by what `reject()` answers. */
export class ForcedMintBook {
  #taken: number[] = [];
  #givenBack: number[] = [];
  /** When the endpoint insisted on a token that had drawn a 401: that spends all. */
  #spentAt = -Infinity;
  #startedAt: number;
  #total = 0;
  #totalGivenBack = 0;

  constructor(
    readonly now: () => number,
    readonly expected: Expectations['forcedMints'],
  ) {
    this.#startedAt = now();
  }

  /** What is wrong with one more, if anything is. */
  take(): string | undefined {
    if (this.expected === undefined) return undefined;
    this.#taken.push(this.now());
    this.#total += 1;
    const { atOnce, inAMinute } = this.expected;
    const inMinute = since(this.#taken, this.now() - MINUTE_MS + SLACK_MS);
    if (inMinute > inAMinute) return `${inMinute} in a minute`;
    const minutes = Math.floor((this.now() - this.#startedAt + SLACK_MS) / MINUTE_MS);
    const most = atOnce + minutes + this.#totalGivenBack;
    return this.#total > most ? `${this.#total} of ${most}` : undefined;
  }

  givenBack(): void {
    this.#givenBack.push(this.now());
    this.#totalGivenBack += 1;
  }

  sameTokenCame(): void {
    this.#spentAt = this.now();
  }

  /** Whether there may be none left now. */
  maySaySpent(): boolean {
    if (this.expected === undefined) return true;
    const { atOnce, inAMinute } = this.expected;
    const refilledSince = this.now() - atOnce * MINUTE_MS - SLACK_MS;
    if (this.#spentAt >= refilledSince) return true;
    if (since(this.#taken, this.now() - MINUTE_MS - SLACK_MS) >= inAMinute) return true;
    return since(this.#taken, refilledSince) - since(this.#givenBack, refilledSince) >= atOnce;
  }
}

function since(moments: readonly number[], moment: number): number {
  return moments.filter((at) => at >= moment).length;
}
