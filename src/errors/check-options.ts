import { read } from '../concealment/any-object.js';
import { givenOptions } from '../concealment/given-options.js';
import { MisconfigurationError } from './misconfiguration-error.js';

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
 * Refuses an unknown option, or event, and suggests the one that was probably meant. An unknown name with the value `undefined` passes.
 *
 * @throws {@link MisconfigurationError} naming the option
 */
export function refuseUnknownOptions(
  given: unknown,
  known: readonly string[],
  { of, provider, path = '', kind = 'option', advice = '' }: OptionsOwner,
): void {
  if (typeof given !== 'object' || given === null) {
    throw new MisconfigurationError({
      provider,
      option: path === '' ? 'options' : path.replace(/\.$/, ''),
      problem: 'is not an object',
      remedy: `Pass the options of ${of} as an object.`,
    });
  }
  const options = givenOptions(given as Record<string, unknown>);
  // Inherited options count too, as with `Object.create(defaults)`.
  for (const name in options) {
    if (known.includes(name) || options[name] === undefined) continue;
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

/** What the value of an option may be. */
export interface Rule {
  /** Asked only about an option that is set, unless it is required. */
  readonly allows: (value: unknown) => boolean;
  /** What is wrong with any other value. */
  readonly problem: string;
  /** @defaultValue to leave it out */
  readonly remedy?: string;
  /** @defaultValue false */
  readonly required?: boolean;
}

/** The rule for each option; `undefined` if only the types check it. */
export type Rules<Name extends string = string> = Readonly<Record<Name, Rule | undefined>>;

/** @throws {@link MisconfigurationError} naming the first option whose value is not allowed */
export function checkOptions(
  given: object,
  rules: Rules,
  { provider, path = '' }: Pick<OptionsOwner, 'provider' | 'path'>,
): void {
  for (const [name, rule] of Object.entries(rules)) {
    const value = (given as Readonly<Record<string, unknown>>)[name];
    if (rule === undefined || (value === undefined && rule.required !== true)) continue;
    if (rule.allows(value)) continue;
    const { problem, remedy = 'Leave it out for the default.' } = rule;
    throw new MisconfigurationError({ provider, option: `${path}${name}`, problem, remedy });
  }
}

/**
 * Refuses options that would have no effect here.
 *
 * @param names - those to look for
 * @throws {@link MisconfigurationError} naming the first that is given
 */
export function refuseOptions(
  given: object,
  names: readonly string[],
  { provider, path = '' }: Pick<OptionsOwner, 'provider' | 'path'>,
  problem: string,
  remedy: string,
): void {
  const name = names.find((one) => read(given, one) !== undefined);
  if (name === undefined) return;
  throw new MisconfigurationError({ provider, option: `${path}${name}`, problem, remedy });
}

export function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

export function atLeast(lowest: number): Rule {
  return {
    allows: (value) => typeof value === 'number' && Number.isFinite(value) && value >= lowest,
    problem: `must be a number of at least ${lowest}`,
    remedy: 'Pass it in milliseconds.',
  };
}

export function oneOf(...values: readonly [string, string]): Rule {
  return {
    allows: (value) => values.includes(value as string),
    problem: `must be '${values.join("' or '")}'`,
  };
}

export const aFunction: Rule = {
  allows: isFunction,
  problem: 'is not a function',
  remedy: 'Pass a function, or leave it out.',
};

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
