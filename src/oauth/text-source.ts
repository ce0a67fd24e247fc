import { required, textOr, type Rule } from '../errors/option-rules.js';
import { misconfigured, type OptionPlace } from './signing/option-place.js';

/** A text, or a function that gets it before each token call. */
export type TextSource = string | (() => string | Promise<string>);

const judge: Rule = required(textOr('Pass the text, or a function that returns it.'));

/** @throws {@link MisconfigurationError} if it is neither a function nor a non-empty text without whitespace at its ends */
export function checkedText(source: TextSource, option: string, place: OptionPlace): TextSource {
  if (typeof source === 'function') return source;
  const fault = judge(source, {});
  if (fault === undefined) return source;
  throw misconfigured(place, option, fault.problem, fault.remedy);
}

/**
 * The text now.
 *
 * @throws {@link MisconfigurationError} if the function returns something that cannot be sent
 */
export async function textOf(
  source: TextSource,
  option: string,
  place: OptionPlace,
): Promise<string> {
  if (typeof source === 'string') return source;
  const text: unknown = await source();
  const fault = judge(text, {});
  if (fault === undefined) return text as string;
  throw misconfigured(place, `${option}()`, fault.problem, fault.remedy);
}
