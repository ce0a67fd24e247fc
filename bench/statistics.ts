/** The middle of all values; half of them are smaller. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export interface Paired {
  /** Medians of either side alone. */
  readonly base: number;
  readonly other: number;
  /** Median of the paired differences. */
  readonly added: number;
  /** Median of the paired ratios, other to base. */
  readonly ratio: number;
  /** Half the distance between the quartiles of the differences: how far one pair is from the next. */
  readonly spread: number;
}

/** Fewer pairs than this say nothing. */
const FEWEST_PAIRS = 3;

/**
 * Measures two things in turn, first one ahead and then the other, so that whatever else the machine does falls on both.
 * On a machine that is busy with something else it stops when the time is up.
 */
export async function inPairs(
  pairs: number,
  base: () => Promise<number>,
  other: () => Promise<number>,
  limitMs = Infinity,
): Promise<Paired> {
  const endsAt = performance.now() + limitMs;
  const bases: number[] = [];
  const others: number[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    if (pair >= FEWEST_PAIRS && performance.now() > endsAt) break;
    if (pair % 2 === 0) {
      bases.push(await base());
      others.push(await other());
    } else {
      others.push(await other());
      bases.push(await base());
    }
  }
  const differences = others.map((value, pair) => value - (bases[pair] ?? Number.NaN));
  const ratios = others.map((value, pair) => value / (bases[pair] ?? Number.NaN));
  return {
    base: median(bases),
    other: median(others),
    added: median(differences),
    ratio: median(ratios),
    spread: (quantile(differences, 0.75) - quantile(differences, 0.25)) / 2,
  };
}
