import { scrubText } from './scrub-text.js';

/** No control character and nothing that reverses the text direction, since it goes into logs. */
const SHOWABLE = /^[^\p{C}\p{Zl}\p{Zp}]+$/u;

/** Some servers quote the request back, at any length. */
const MOST_READ = 4_000;

/** A server's words, fit for an error: without secrets, and cut between words if too long. `undefined` if nothing can be shown. */
export function printable(
  value: unknown,
  { longest, secrets }: { readonly longest: number; readonly secrets: readonly string[] },
): string | undefined {
  if (typeof value !== 'string' || !SHOWABLE.test(value)) return undefined;
  const clean = scrubText(value.slice(0, MOST_READ), secrets);
  const short = clean.length <= longest ? clean : cutBetweenWords(clean, longest);
  return short.trim() === '' ? undefined : short.trim();
}

/** Not with a pattern anchored at the end, which would try each word in turn. */
function cutBetweenWords(text: string, longest: number): string {
  return text.slice(0, text.lastIndexOf(' ', longest) + 1);
}
