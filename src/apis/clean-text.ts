import { scrubText } from '../concealment/scrub-text.js';

const LONGEST_MESSAGE = 500;
/** Some servers quote the request back, at any length. */
const MOST_READ = 4_000;

/** A server's words, fit for an error message: without secrets, and no longer than a message should be. */
export function cleanText(text: string, secrets: readonly string[]): string {
  const clean = scrubText(text.slice(0, MOST_READ), secrets);
  return clean.length > LONGEST_MESSAGE ? `${clean.slice(0, LONGEST_MESSAGE)}…` : clean;
}
