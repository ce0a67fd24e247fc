import { RawJson } from './answers.js';

/** How a token answer writes the life of its token, whatever that life really is. */
export interface LifetimeSwitches {
  /**
   * Writes this JSON text, valid or not, in place of the token's lifetime: `'"3600"'`, `'0000'`, `'-1'`, `'null'`.
   *
   * The field is `expires_in`, `tokenValiditySec` at Udara360 and `created_at` at Truecaller.
   */
  writeLifetimeAs(jsonText: string): void;
  /** Leaves the field out. */
  omitLifetime(): void;
  /** Writes the true value again, in the provider's own notation. */
  writeTrueLifetime(): void;
}

/** The switches, and what a token answer needs from them. */
export interface LifetimeNotation extends LifetimeSwitches {
  /** What to put in the answer: the switch's text, nothing, or the true value. */
  field(trueValue: unknown): unknown;
  reset(): void;
}

/**
 * Creates the notation of one provider.
 *
 * @param initially - the JSON text that the documents show although it is not the true value
 */
export function createLifetimeNotation(initially?: string): LifetimeNotation {
  const first = initially === undefined ? 'true value' : new RawJson(initially);
  let notation: RawJson | 'omitted' | 'true value' = first;
  return {
    field(trueValue) {
      if (notation === 'omitted') return undefined;
      return notation === 'true value' ? trueValue : notation;
    },
    writeLifetimeAs(jsonText) {
      notation = new RawJson(jsonText);
    },
    omitLifetime() {
      notation = 'omitted';
    },
    writeTrueLifetime() {
      notation = 'true value';
    },
    reset() {
      notation = first;
    },
  };
}
