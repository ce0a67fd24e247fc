import { MisconfigurationError } from './misconfiguration-error.js';

/** Whose options are checked, for the error message. */
export interface OptionsOwner {
  /** What takes them, with an article: `a token source`. */
  readonly of: string;
  readonly provider?: string | undefined;
  /** The prefix of an option's name: `options.`. @defaultValue none */
  readonly path?: string | undefined;
  /** What the names are. @defaultValue 'option' */
  readonly kind?: 'option' | 'event' | undefined;
}

/**
 * Refuses an unknown option, or event, and suggests the one that was probably meant. An unknown name with the value `undefined` passes.
 *
 * @throws {@link MisconfigurationError} naming the option
 */
export function refuseUnknownOptions(
  given: unknown,
  known: readonly string[],
  { of, provider, path = '', kind = 'option' }: OptionsOwner,
): void {
  if (typeof given !== 'object' || given === null) {
    throw new MisconfigurationError({
      provider,
      option: path === '' ? 'options' : path.replace(/\.$/, ''),
      problem: 'is not an object',
      remedy: `Pass the options of ${of} as an object.`,
    });
  }
  // Inherited options count, as with `Object.create(defaults)`, but not a polluted Object.prototype.
  for (const name in given) {
    if (Object.hasOwn(Object.prototype, name) && !Object.hasOwn(given, name)) continue;
    if (known.includes(name) || (given as Record<string, unknown>)[name] === undefined) continue;
    const meant = closest(name, known);
    throw new MisconfigurationError({
      provider,
      option: `${path}${name}`,
      problem: `is not an ${kind} of ${of}`,
      remedy: `${meant === undefined ? '' : `Did you mean \`${meant}\`? `}Known ${kind}s: ${known.join(', ')}.`,
    });
  }
}

/** The most similar candidate, if at most a third of its letters differ: `scope` for `scopes`. */
function closest(word: string, candidates: readonly string[]): string | undefined {
  // The work grows with the length, and no option name is this long.
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

/** Ignores case and separators, so that `client_id` matches `clientID`. */
function letters(name: string): string {
  return name.replace(/[^a-z0-9]/gi, '').toLowerCase();
}

/** The Levenshtein distance. */
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
