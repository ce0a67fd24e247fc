import { printable } from '../concealment/printable.js';

const LONGEST_MESSAGE = 500;

/** A server's words in one line, fit for an error message; `undefined` if nothing of them can be shown. */
export function cleanText(text: string, secrets: readonly string[]): string | undefined {
  return printable(text.replace(/\s+/g, ' '), { longest: LONGEST_MESSAGE, secrets });
}
