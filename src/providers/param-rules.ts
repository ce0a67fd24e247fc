import { LEAVE_IT_OUT, listOf, record, text, type Rule } from '../errors/option-rules.js';
import { isParamValue } from '../token/token-params.js';

const texts = listOf(text);

/** A text, or a list of texts, such as scopes. */
export const textOrTexts: Rule = (value, beside) => {
  if (Array.isArray(value))
    return value.length === 0
      ? { problem: 'is an empty list', remedy: LEAVE_IT_OUT }
      : texts(value, beside);
  return value === undefined || typeof value === 'string'
    ? text(value, beside)
    : {
        problem: 'is neither a string nor a list of strings',
        remedy: 'Convert it.',
      };
};

/** Parameters of a token request. */
export const params: Rule = (given, beside) => {
  const fault = record(given, beside);
  if (fault || given === undefined) return fault;
  const wrong = Object.entries(given as object).find(
    ([, value]) => value !== undefined && !isParamValue(value),
  );
  return (
    wrong && {
      problem: `has a parameter \`${wrong[0]}\` that is neither a string nor a list of strings`,
      remedy: 'Convert it.',
    }
  );
};
