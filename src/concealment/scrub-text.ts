import { readingsAt, type Reading } from './escapes.js';
import {
  findSecrets,
  patternsOf,
  SHORTEST_FRAGMENT,
  type Pattern,
  type Range,
} from './find-secrets.js';
import { REDACTED } from './redacted.js';

/**
 * Replaces secrets with {@link REDACTED} in a text from a server, since some servers quote the request.
 *
 * A secret is found unchanged, percent-encoded, form-encoded, escaped for JSON or HTML, and anywhere inside Base64 or Base64url, where
 * the whole word is replaced. Where the text was cut (at its start and end, and at `…`, `...` or `***`), eight characters next to the
 * cut are enough. A secret under six characters is found only as a whole word, and one under three not at all. Anything that looks like
 * an `Authorization` value or a JWT is replaced too.
 *
 * The work is linear in the length of the text.
 */
export function scrubText(text: string, secrets: readonly string[]): string {
  const patterns = patternsOf(secrets);
  const found =
    patterns.length === 0 ? [] : [...findSecrets(text, patterns), ...base64Words(text, patterns)];
  return withoutCredentialShapes(replaced(text, found));
}

/** Secrets that touch or overlap are replaced as one, so that nothing of either remains. */
function replaced(text: string, ranges: readonly Range[]): string {
  const hidden = new Uint8Array(text.length);
  for (const { from, to } of ranges) hidden.fill(1, from, to);
  let clean = '';
  for (let at = 0; at < text.length; at += 1) {
    if (hidden[at] === 0) clean += text.charAt(at);
    else if (at === 0 || hidden[at - 1] === 0) clean += REDACTED;
  }
  return clean;
}

// ---- Base64 ----------------------------------------------------------------------------------------------------

/** The Base64 words that contain a secret, in any spelling. Base64 may follow a prefix of the same characters, such as a path. */
function base64Words(text: string, patterns: readonly Pattern[]): Range[] {
  const found: Range[] = [];
  const fewest = Math.min(SHORTEST_FRAGMENT, ...patterns.map(({ units }) => units.length));
  for (let from = 0, to = 0; from < text.length; from = Math.max(to, from + 1)) {
    let word = '';
    to = from;
    for (let one = base64At(text, to); one !== undefined; one = base64At(text, to)) {
      word += one.value;
      to = one.end;
    }
    const plain = word.replaceAll('-', '+').replaceAll('_', '/');
    const isHidden =
      plain.length * 3 >= fewest * 4 &&
      [0, 1, 2, 3].some(
        (offset) => findSecrets(fromBase64(plain.slice(offset)), patterns).length > 0,
      );
    while (text[to] === '=') to += 1;
    if (isHidden) found.push({ from, to });
  }
  return found;
}

/** Only `+` and `/` need an escape. Any other escape may belong to the text before the word. */
function base64At(text: string, at: number): Reading | undefined {
  return readingsAt(text, at).find(({ value, end }) =>
    (end === at + 1 ? /^[\w+/-]$/ : /^[+/]$/).test(value),
  );
}

/** The decoded bytes, each as one character; from a cut word, only the complete ones. */
function fromBase64(word: string): string {
  return atob(word.length % 4 === 1 ? word.slice(0, -1) : word);
}

// ---- other credentials -----------------------------------------------------------------------------------------

/** Not in "Basic authentication is required": a credential has a digit, an inner dot or twenty characters. */
const AUTHORIZATION =
  /\b(Bearer|Basic)\s+(?=[\w~+/=-]*[\d.][\w~+/=-]|[\w~+/=-]{20})[\w.~+/=-]{4,}/gi;
const JWT = /(^|[^\w-])eyJ[\w-]+\.[\w-]+\.[\w-]*/g;

function withoutCredentialShapes(text: string): string {
  return text.replace(AUTHORIZATION, `$1 ${REDACTED}`).replace(JWT, `$1${REDACTED}`);
}
