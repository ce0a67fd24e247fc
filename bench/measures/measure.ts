import type { MeasureResult } from '../report/results.js';
import type { Loopback } from '../servers/loopback.js';

/** What every measure is given. */
export interface BenchContext {
  /** A minute in all: fewer pairs, smaller storms. */
  readonly isQuick: boolean;
  readonly loopback: Loopback;
}

export type Measure = (context: BenchContext) => Promise<MeasureResult>;

/** The name under which our own figures stand. */
export const OURS = 'axios-bearer';

export const shown = (value: number, digits = 2): string =>
  value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
