import { REDACTED } from './redacted.js';

/**
 * A header value that is sent but not shown. Everything that prints, walks, serialises or clones it finds the mask; only
 * turning it into text on purpose, `String(value)`, as axios does with every header it is given, yields the value. So
 * a config with it in its headers can be sent again, by any axios.
 *
 * It is a String, so that an error handler which takes header values for text does not trip over it.
 */
export class ConcealedValue extends String {
  readonly #value: string;

  constructor(value: unknown) {
    super(REDACTED);
    // A deep clone makes one out of the object it clones, and must not bring the value into the open.
    this.#value = typeof value === 'string' ? value : REDACTED;
  }

  /** `String(value)` and template strings ask for text; concatenation, comparison and arithmetic do not. */
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
