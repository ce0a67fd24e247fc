import { quietly } from '../concealment/any-object.js';

/** Strings match too and stay unchanged: zeros in them may be part of a token. */
const STRING_OR_LEADING_ZEROS = /("(?:[^"\\]|\\.)*"?)|([:[,]\s*-?)0+(?=\d)/g;

/**
 * Reads a body as JSON, and once more with the leading zeros of numbers removed: SingleView documents
 * `"expires_in": 0000`, which is not JSON. `undefined` if it is not JSON either way.
 */
export function readJSON(text: string): unknown {
  const read = (json: string) => quietly((): unknown => JSON.parse(json));
  return read(text) ?? read(text.replace(STRING_OR_LEADING_ZEROS, '$1$2'));
}
