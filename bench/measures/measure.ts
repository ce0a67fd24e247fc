import type { MeasureResult } from '../report/results.js';
import type { Loopback } from '../servers/loopback.js';

/** What every measure is given. */
export interface BenchContext {
  /** A minute in total: fewer pairs, smaller storms. */
  readonly isQuick: boolean;
  readonly loopback: Loopback;
}

export type Measure = (context: BenchContext) => Promise<MeasureResult>;

/** The name of our own figures. */
export const OURS = 'axios-bearer';

export const shown = (value: number, digits = 2): string =>
  value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
