/** What a measure found, in a form suitable for a page and a plot. */
export interface MeasureResult {
  readonly id: string;
  readonly title: string;
  /** How it was measured, for a reader who wants to judge it. */
  readonly about: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly plot?: Plot;
  readonly goals: readonly Goal[];
  /** Promises of ours that did not hold: counts, never times. */
  readonly broken: readonly string[];
}

export interface Goal {
  readonly goal: string;
  readonly figure: string;
  readonly isMet: boolean;
}

/** Lines over a growing amount of work. */
export interface Plot {
  readonly x: string;
  readonly y: string;
  readonly logarithmic: readonly ('x' | 'y')[];
  readonly points: readonly Point[];
}

export interface Point {
  readonly series: string;
  readonly x: number;
  readonly y: number;
}

/** Where the figures come from. No host name, no path. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly os: string;
  readonly node: string;
  readonly versions: Readonly<Record<string, string>>;
}

export interface BenchResults {
  readonly machine: Machine;
  readonly seconds: number;
  readonly measures: readonly MeasureResult[];
}
