import { MisconfigurationError } from './misconfiguration-error.js';
import { noObject, type Rules } from './option-rules.js';

/** Whose options are checked, for the error message. */
export interface OptionsOwner {
  /** What takes them, with an article: `a token source`. */
  readonly of: string;
  readonly provider?: string | undefined;
  /** The prefix of an option's name: `options.`. @defaultValue none */
  readonly path?: string | undefined;
  /** What the names are. @defaultValue 'option' */
  readonly kind?: 'option' | 'event' | 'parameter' | undefined;
  /** What to do about a name that resembles none of them. @defaultValue nothing */
  readonly advice?: string | undefined;
}

/**
 * Refuses an unknown option, and a value that breaks the rule of its option.
 *
 * @param given - without properties from a polluted Object.prototype
 * @throws {@link MisconfigurationError} naming the option
 */
export function checkOptions(given: object, rules: Rules, owner: OptionsOwner): void {
  refuseUnknownOptions(given, Object.keys(rules), owner);
  checkValues(given, rules, owner);
}

/** The same for options among which are others, with rules of their own. */
export function checkValues(given: object, rules: Rules, owner: OptionsOwner): void {
  refuseNonObject(given, owner);
  const { provider, path = '' } = owner;
  for (const option of Object.keys(rules)) {
    const fault = rules[option]?.((given as Record<string, unknown>)[option], given);
    if (fault) throw new MisconfigurationError({ provider, option: `${path}${option}`, ...fault });
  }
}

/**
 * Refuses an unknown option, or event, and suggests the one that was probably meant. An unknown name with the value `undefined` passes.
 *
 * @throws {@link MisconfigurationError} naming the option
 */
export function refuseUnknownOptions(
  given: unknown,
  known: readonly string[],
  owner: OptionsOwner,
): void {
  refuseNonObject(given, owner);
  const { of, provider, path = '', kind = 'option', advice = '' } = owner;
  // Inherited options count, as with `Object.create(defaults)`, but not a polluted Object.prototype.
  for (const name in given) {
    if (Object.hasOwn(Object.prototype, name) && !Object.hasOwn(given, name)) continue;
    if (known.includes(name) || (given as Record<string, unknown>)[name] === undefined) continue;
    const meant = closest(name, known);
    const remedy = meant === undefined ? advice : `Did you mean \`${meant}\`?`;
    throw new MisconfigurationError({
      provider,
      option: `${path}${name}`,
      problem: `is not ${kind === 'parameter' ? 'a' : 'an'} ${kind} of ${of}`,
      remedy: `${remedy} Known ${kind}s: ${known.join(', ') || 'none'}.`.trimStart(),
    });
  }
}

/** @throws {@link MisconfigurationError} if it is not an object, or is a promise */
export function refuseNonObject(
  given: unknown,
  { of, provider, path = '' }: OptionsOwner,
): asserts given is object {
  const problem = noObject(given);
  if (problem === undefined) return;
  throw new MisconfigurationError({
    provider,
    option: path.replace(/\.$/, '') || 'options',
    problem,
    remedy: `Pass the options of ${of} as an object.`,
  });
}

/** The most similar candidate, if one run of at most a third of it differs: `scope` for `scopes`. */
function closest(word: string, candidates: readonly string[]): string | undefined {
  const distance = (candidate: string) => differing(letters(word), letters(candidate));
  const [best] = [...candidates].sort((a, b) => distance(a) - distance(b));
  return best !== undefined && distance(best) <= best.length / 3 ? best : undefined;
}

/** Ignores case and separators, so that `client_id` matches `clientID`. */
function letters(name: string): string {
  return name.replace(/[^a-z0-9]/gi, '').toLowerCase();
}

/** How many letters lie between the beginning and the end that both words share. */
function differing(one: string, other: string): number {
  if (one === '' || other === '') return one.length + other.length;
  if (one[0] === other[0]) return differing(one.slice(1), other.slice(1));
  if (one.at(-1) === other.at(-1)) return differing(one.slice(0, -1), other.slice(0, -1));
  return Math.max(one.length, other.length);
}
