import {
  findSecrets,
  patternsOf,
  SHORTEST_FRAGMENT,
  type Pattern,
  type Range,
} from './find-secrets.js';
import { REDACTED } from './redacted.js';

/**
 * Takes secrets out of a text that is not ours: some servers quote the request back. In their place stands {@link REDACTED}.
 *
 * A secret is found as it is, percent-encoded, form-encoded, escaped for JSON or HTML, and anywhere within Base64 or
 * Base64url, of which the whole word goes. Where the text was cut (at its begin and end, and at `…`, `...` or `***`), eight
 * characters of a secret that touch the cut are enough. A secret under six characters counts as a whole word only, and one under
 * three not at all. What looks like an `Authorization` value or a JWT goes as well, whoever's it is.
 *
 * The work grows with the length of the text and no faster.
 */
export function scrubText(text: string, secrets: readonly string[]): string {
  const patterns = patternsOf(secrets);
  const found =
    patterns.length === 0 ? [] : [...findSecrets(text, patterns), ...base64Words(text, patterns)];
  return withoutCredentialShapes(replaced(text, found));
}

function replaced(text: string, ranges: Range[]): string {
  let clean = '';
  let copiedTo = 0;
  for (const { from, to } of merged(ranges)) {
    clean += text.slice(copiedTo, from) + REDACTED;
    copiedTo = to;
  }
  return clean + text.slice(copiedTo);
}

/** In order, and as one where they touch: secrets may overlap, and nothing of either may remain. */
function merged(ranges: Range[]): Range[] {
  const whole: { from: number; to: number }[] = [];
  for (const { from, to } of ranges.sort((a, b) => a.from - b.from)) {
    const last = whole.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else whole.push({ from, to });
  }
  return whole;
}

// ---- Base64 ----------------------------------------------------------------------------------------------------

const SPELLED_PLUS = String.raw`%2b|\\u002b|&#43;|&#x2b;|&plus;`;
const SPELLED_SLASH = String.raw`%2f|\\/|\\u002f|&#47;|&#x2f;|&sol;`;
const BASE64_WORD = new RegExp(`(?:[\\w+/-]|${SPELLED_PLUS}|${SPELLED_SLASH})+={0,2}`, 'gi');
const EACH_PLUS = new RegExp(`${SPELLED_PLUS}|-`, 'gi');
const EACH_SLASH = new RegExp(`${SPELLED_SLASH}|_`, 'gi');

/** The words in which a secret is hidden by Base64, which may begin behind a prefix of the same letters, a path for instance. */
function base64Words(text: string, patterns: readonly Pattern[]): Range[] {
  const fewest = Math.min(SHORTEST_FRAGMENT, ...patterns.map(({ units }) => units.length));
  const shortest = Math.ceil((fewest * 4) / 3);
  const words = text.matchAll(BASE64_WORD);
  return [...words].flatMap(({ 0: word, index: from }) => {
    if (word.length < shortest) return [];
    const plain = word.replace(/=+$/, '').replace(EACH_PLUS, '+').replace(EACH_SLASH, '/');
    const isHidden = [0, 1, 2, 3].some(
      (offset) => findSecrets(fromBase64(plain.slice(offset)), patterns).length > 0,
    );
    return isHidden ? [{ from, to: from + word.length }] : [];
  });
}

/** The bytes, each as one character; of a word that was cut, as many as are whole. */
function fromBase64(word: string): string {
  return atob(word.length % 4 === 1 ? word.slice(0, -1) : word);
}

// ---- credentials that are not ours -----------------------------------------------------------------------------

/** "Basic authentication is required" is no credential: a word is one if it has a digit, an inner dot or twenty characters. */
const AUTHORIZATION =
  /\b(Bearer|Basic)\s+(?=[\w~+/=-]*[\d.][\w~+/=-]|[\w~+/=-]{20})[\w.~+/=-]{4,}/gi;
const JWT = /(^|[^\w-])eyJ[\w-]+\.[\w-]+\.[\w-]*/g;

function withoutCredentialShapes(text: string): string {
  return text.replace(AUTHORIZATION, `$1 ${REDACTED}`).replace(JWT, `$1${REDACTED}`);
}
