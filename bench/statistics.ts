/** The middle value; half of the values are smaller. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export interface Paired {
  /** The median of each side alone. */
  readonly base: number;
  readonly other: number;
  /** Median of the paired differences. */
  readonly added: number;
  /** Median of the paired ratios, other to base. */
  readonly ratio: number;
  /** Half the distance between the quartiles of the differences: how much the pairs vary. */
  readonly spread: number;
}

/** Fewer pairs than this are meaningless. */
const FEWEST_PAIRS = 3;

/**
 * Measures two things in turn, alternating which goes first, so that other load on the machine affects both. On a busy
 * machine it stops when the time is up.
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
