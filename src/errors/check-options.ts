import { MisconfigurationError } from './misconfiguration-error.js';

/** Whose options are checked, for the words of the error. */
export interface OptionsOwner {
  /** Who takes them, with an article: `a token source`. */
  readonly of: string;
  readonly provider?: string | undefined;
  /** What stands before the name of an option: `options.`. @defaultValue nothing */
  readonly path?: string | undefined;
}

/**
 * Refuses an option that is not known, and says which one was probably meant. A name whose value is `undefined` passes, so
 * that a variable that is not set can be passed on.
 *
 * @throws {@link MisconfigurationError} naming the option
 */
export function refuseUnknownOptions(
  given: unknown,
  known: readonly string[],
  { of, provider, path = '' }: OptionsOwner,
): void {
  if (typeof given !== 'object' || given === null) {
    throw new MisconfigurationError({
      provider,
      option: path === '' ? 'options' : path.replace(/\.$/, ''),
      problem: 'is not an object',
      remedy: `Pass the options of ${of} as an object.`,
    });
  }
  // Those of `Object.create(defaults)` too, but not what somebody has written to Object.prototype.
  for (const name in given) {
    if (Object.hasOwn(Object.prototype, name) && !Object.hasOwn(given, name)) continue;
    if (known.includes(name) || (given as Record<string, unknown>)[name] === undefined) continue;
    const meant = closest(name, known);
    throw new MisconfigurationError({
      provider,
      option: `${path}${name}`,
      problem: `is not an option of ${of}`,
      remedy:
        meant === undefined
          ? `Known options: ${known.join(', ')}.`
          : `Did you mean \`${meant}\`? Known options: ${known.join(', ')}.`,
    });
  }
}

/** The candidate that differs least, if it differs by a third of its letters at most: `scope` for `scopes`. */
function closest(word: string, candidates: readonly string[]): string | undefined {
  // Nobody mistypes a name of that length, and the work grows with it.
  if (word.length > 50) return undefined;
  const [best] = candidates
    .map((candidate) => ({
      candidate,
      distance: editDistance(letters(word), letters(candidate)),
    }))
    .filter(({ candidate, distance }) => distance <= candidate.length / 3)
    .sort((a, b) => a.distance - b.distance);
  return best?.candidate;
}

/** Spellings that differ in case and separators only are the same word: `client_id`, `clientID`. */
function letters(name: string): string {
  return name.replace(/[^a-z0-9]/gi, '').toLowerCase();
}

/** Levenshtein's: how many letters have to be added, taken away or replaced to get from one word to the other. */
function editDistance(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [row, letter] of Array.from(from).entries()) {
    let diagonal = row;
    let left = row + 1;
    const cells = above.slice(1).map((over, column) => {
      const replaced = diagonal + (letter === to[column] ? 0 : 1);
      diagonal = over;
      left = Math.min(replaced, over + 1, left + 1);
      return left;
    });
    above = [row + 1, ...cells];
  }
  return above.at(-1) ?? 0;
}
