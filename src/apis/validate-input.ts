import * as v from 'valibot';
import { ApiInputError, type ApiName } from './api-input-error.js';

/** The API and the function that the input was passed to. */
export interface InputPlace {
  api: ApiName;
  operation: string;
  /** The input's path, if it is part of what the caller passed: `contacts.3`. */
  within?: string | undefined;
}

/**
 * Returns `input` as the schema describes it.
 *
 * @throws ApiInputError for the first field that does not fit.
 */
export function validateInput<const Schema extends v.GenericSchema>(
  schema: Schema,
  input: unknown,
  place: InputPlace,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, input, { abortEarly: true });
  if (result.success) return result.output;
  const issue = result.issues[0];
  const { api, operation, within } = place;
  const path = [within, v.getDotPath(issue)].filter((part) => typeof part === 'string');
  const field = path.length === 0 ? 'input' : path.join('.');
  throw new ApiInputError({ api, operation, field, problem: problemOf(issue) });
}

const TYPES: Readonly<Record<string, string>> = { Object: 'an object', Array: 'a list' };

/** The schema library's own messages quote the value, which may be a secret: only messages that we wrote are kept. */
function problemOf(issue: v.BaseIssue<unknown>): string {
  if (issue.kind === 'schema' && issue.expected === 'never') {
    return 'is not a field of this call; remove it, or check its spelling';
  }
  if (issue.kind === 'schema' && issue.received === 'undefined') return 'is required';
  if (!issue.message.startsWith('Invalid ')) return issue.message;
  const { expected } = issue;
  return expected === null ? 'is not valid' : `must be ${TYPES[expected] ?? expected}`;
}
