/** What is wrong with an option, worded to follow its name, and what to do about it. */
export interface Fault {
  readonly problem: string;
  readonly remedy: string;
}

/** Judges the value of an option, which may depend on the options beside it. `undefined` is the default, and passes unless it is required. */
export type Rule = (value: unknown, beside: object) => Fault | undefined;

/** The options of something, each with its rule; `undefined` if it is checked elsewhere, or if any value will do. */
export type Rules<Option extends string = string> = Readonly<Record<Option, Rule | undefined>>;

/** The remedy of a rule that has none of its own. */
export const LEAVE_IT_OUT = 'Leave it out for the default.';

/** A rule that allows what passes a test. */
export function rule(
  allows: (value: unknown) => boolean,
  problem: string,
  remedy = LEAVE_IT_OUT,
): Rule {
  return (value) => (value === undefined || allows(value) ? undefined : { problem, remedy });
}

/** Rules that refuse these options if they are set. */
export function refused(options: readonly string[], problem: string, remedy: string): Rules {
  const never = rule(() => false, problem, remedy);
  return Object.fromEntries(options.map((option) => [option, never]));
}

/** The same rule for an option that has no default, with a remedy for where the rule has none of its own. */
export function required(judge: Rule, remedy?: string): Rule {
  return (value, beside) => {
    const fault = judge(value ?? null, beside);
    if (fault === undefined) return undefined;
    const isMissing = (value ?? undefined) === undefined;
    const isOurs = remedy !== undefined && (isMissing || fault.remedy === LEAVE_IT_OUT);
    return {
      problem: isMissing ? 'is missing' : fault.problem,
      remedy: isOurs ? remedy : fault.remedy,
    };
  };
}

export const flag = rule((value) => typeof value === 'boolean', 'must be true or false');

export const aFunction = rule(
  (value) => typeof value === 'function',
  'is not a function',
  'Pass a function.',
);

/** Recognises promises from other realms and libraries too. */
export function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

/** Why something cannot hold options; `undefined` if it can. */
export function noObject(value: unknown): string | undefined {
  if (isPromise(value)) return 'is a promise that was not awaited';
  const isOne = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isOne ? undefined : 'is not an object';
}

export const record: Rule = (value) => {
  const problem = value === undefined ? undefined : noObject(value);
  return problem === undefined ? undefined : { problem, remedy: 'Pass an object.' };
};

/** An object with these functions. */
export function having(...functions: readonly string[]): Rule {
  return rule(
    (value) =>
      functions.every(
        (name) => typeof (value as Record<string, unknown> | null)?.[name] === 'function',
      ),
    `must have ${functions.map((name) => `${name}()`).join(', ')}`,
  );
}

export function oneOf(values: readonly string[]): Rule {
  return (value) =>
    value === undefined || values.includes(value as string)
      ? undefined
      : {
          problem: typeof value === 'string' ? `"${value}" is not known` : 'is not known',
          remedy: `Use one of: ${values.join(', ')}.`,
        };
}

/** A number of at least `lowest`, and not infinite. */
export function atLeast(lowest: number, remedy?: string): Rule {
  return rule(
    (value) => Number.isFinite(value) && (value as number) >= lowest,
    `must be a number of at least ${lowest}`,
    remedy,
  );
}

/** A whole number of at least `lowest`. */
export function wholeNumber(lowest: number): Rule {
  return rule(
    (value) => Number.isInteger(value) && (value as number) >= lowest,
    `must be a whole number of at least ${lowest}`,
  );
}

export const seconds = rule(
  (value) => Number.isFinite(value) && (value as number) > 0,
  'is not a positive number',
  'Pass it in seconds.',
);

/** Text that is not empty. Files often end with a line break, which the other side would not recognise. */
export function textOr(remedy: string): Rule {
  return (value) => {
    if (value === undefined) return undefined;
    if (typeof value !== 'string') return { problem: 'is not a string', remedy };
    const trimmed = value.trim();
    if (trimmed === '') return { problem: 'is empty', remedy };
    // A value of several lines is a key, such as PEM.
    if (trimmed === value || /[\r\n]/.test(trimmed)) return undefined;
    const edge = value.trimStart() === value ? 'ends with whitespace' : 'starts with whitespace';
    return {
      problem: /[\r\n]$/.test(value) ? 'ends with a line break' : edge,
      remedy: 'Trim it: files often end with a line break.',
    };
  };
}

export const text = textOr('Check where it comes from.');

/** A list whose items pass a rule. */
export function listOf(item: Rule): Rule {
  return (value, beside) => {
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) return { problem: 'is not a list', remedy: "Pass a list: ['…']." };
    return value.map((one: unknown) => required(item)(one, beside)).find(Boolean);
  };
}
