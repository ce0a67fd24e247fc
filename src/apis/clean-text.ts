import { printable } from '../concealment/printable.js';

const LONGEST_MESSAGE = 500;

/** A server's message on one line, safe for an error; `undefined` if none of it can be shown. */
export function cleanText(
  text: string | undefined,
  secrets: readonly string[],
): string | undefined {
  return printable(text?.replace(/\s+/g, ' '), { longest: LONGEST_MESSAGE, secrets });
}
