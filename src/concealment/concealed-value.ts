import { REDACTED } from './redacted.js';

/**
 * A header value that is sent but not shown. Code that prints, walks, serialises or clones it gets the mask. Only explicit
 * conversion with `String(value)`, as axios does with every header, returns the value. So a config with it in its headers can be
 * sent again by any axios.
 *
 * It extends String, so that error handlers that expect strings in headers still work.
 */
export class ConcealedValue extends String {
  readonly #value: string;

  constructor(value: unknown) {
    super(REDACTED);
    // A deep clone calls this constructor with the cloned object, and must not expose the value.
    this.#value = typeof value === 'string' ? value : REDACTED;
  }

  /** The hint is `string` for `String(value)` and template strings, but not for concatenation, comparison and arithmetic. */
  [Symbol.toPrimitive](hint: string): string {
    return hint === 'string' && #value in this ? this.#value : REDACTED;
  }

  override toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }
}
