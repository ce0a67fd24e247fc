import * as v from 'valibot';

/** An id that goes into a path. `.`, `..` or a slash would lead to another path. */
export const pathId = v.pipe(
  v.string('must be a string'),
  v.regex(/^(?!\.{1,2}$)[^\s/\\?#]+$/, 'must be an id without spaces or slashes'),
);

/** Non-empty text. */
export const filledText = v.pipe(
  v.string('must be a string'),
  v.trim(),
  v.nonEmpty('must not be empty'),
);

/** A credential. Files often end with a line break, which an API would not recognise. */
export const credential = v.pipe(
  v.string('must be a string'),
  v.check((text) => text.trim() !== '', 'must not be empty'),
  v.check((text) => text.trim() === text, 'must not start or end with whitespace'),
);

/** Given as it is, or by a function, whose result is checked when it is used. */
export function givenOrAsked<Schema extends v.GenericSchema>(schema: Schema) {
  return v.optional(v.lazy((given) => (typeof given === 'function' ? v.unknown() : schema)));
}

/** What holds calls back. */
export const rateLimiterField = v.optional(
  v.custom(
    (given) => typeof (given as { acquire?: unknown } | null)?.acquire === 'function',
    'must have a function acquire()',
  ),
);

/** A whole number between two bounds. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER) {
  const range =
    most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  const message = `must be a whole number ${range}`;
  return v.pipe(
    v.number(message),
    v.integer(message),
    v.minValue(least, message),
    v.maxValue(most, message),
  );
}

/** An absolute http or https address. */
export const httpUrl = v.pipe(
  v.string('must be a string'),
  v.check(
    (text) => /^https?:\/\/\S+$/i.test(text) && URL.canParse(text),
    'must be an http or https URL',
  ),
);

/** One of a fixed set of words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return v.picklist(words, `must be one of: ${words.join(', ')}`);
}

/** A point in time. */
export const moment = v.pipe(
  v.date('must be a Date'),
  v.check((date) => !Number.isNaN(date.getTime()), 'must be a valid Date'),
);

/** At least one of the fields is given. */
export function somethingToChange<Changes extends object>(
  message = 'must have something to change',
) {
  return v.check<Changes, string>(
    (changes) => Object.values(changes).some((change) => change !== undefined),
    message,
  );
}

/** true or false. */
export const flag = v.boolean('must be true or false');
