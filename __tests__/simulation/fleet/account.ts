/** Keeps account of token calls: each needs a reason of its own. */
export class Account {
  #calls = 0;
  #allowance = 1;
  readonly #counted = new Set<string>();
  readonly #reasons: string[] = ['the first'];

  allow(reason: string): void {
    this.#allowance += 1;
    this.#reasons.push(reason);
  }

  /** What is a reason once, however many processes come across it. */
  once(reason: string): void {
    if (this.#counted.has(reason)) return;
    this.#counted.add(reason);
    this.allow(reason);
  }

  /** What is wrong with one more call, if anything is. */
  call(): string | undefined {
    this.#calls += 1;
    return this.#calls <= this.#allowance
      ? undefined
      : `call ${this.#calls} of ${this.#allowance}: ${this.#reasons.slice(-6).join(', ')}`;
  }
}
