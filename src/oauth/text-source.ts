import { misconfigured, type OptionPlace } from './signing/option-place.js';

/** A text, or a function that gets it before each token call. */
export type TextSource = string | (() => string | Promise<string>);

/** @throws {@link MisconfigurationError} if it is neither a function nor a non-empty text without whitespace at its ends */
export function checkedText(source: TextSource, option: string, place: OptionPlace): TextSource {
  if (typeof source === 'function') return source;
  const problem = textProblem(source);
  if (problem === undefined) return source;
  throw misconfigured(place, option, problem.problem, problem.remedy);
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
  const text = await source();
  const problem = textProblem(text);
  if (problem === undefined) return text;
  throw misconfigured(place, `${option}()`, problem.problem, problem.remedy);
}

function textProblem(text: unknown): { problem: string; remedy: string } | undefined {
  if (typeof text !== 'string')
    return { problem: 'is not a string', remedy: 'Pass the text, or a function that returns it.' };
  if (text.trim() === '') return { problem: 'is empty', remedy: 'Check where it comes from.' };
  return text.trim() === text
    ? undefined
    : {
        problem: 'starts or ends with whitespace',
        remedy: 'Trim it: files often end with a line break.',
      };
}
