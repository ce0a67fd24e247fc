import { findSecrets, patternsOf, type Pattern, type Range } from './find-secrets.js';
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

const SPELLED_PLUS = String.raw`%2b|\\u002b|&#43;|&#x2b;|&plus;`;
const SPELLED_SLASH = String.raw`%2f|\\/|\\u002f|&#47;|&#x2f;|&sol;`;
const BASE64_WORD = new RegExp(`(?:[\\w+/-]|${SPELLED_PLUS}|${SPELLED_SLASH})+={0,2}`, 'gi');
const EACH_PLUS = new RegExp(`${SPELLED_PLUS}|-`, 'gi');
const EACH_SLASH = new RegExp(`${SPELLED_SLASH}|_`, 'gi');

/** The Base64 words that contain a secret. Base64 may follow a prefix of the same characters, such as a path. */
function base64Words(text: string, patterns: readonly Pattern[]): Range[] {
  return [...text.matchAll(BASE64_WORD)].flatMap(({ 0: word, index: from }) => {
    const plain = word.replace(/=+$/, '').replace(EACH_PLUS, '+').replace(EACH_SLASH, '/');
    const isHidden = [0, 1, 2, 3].some(
      (offset) => findSecrets(fromBase64(plain.slice(offset)), patterns).length > 0,
    );
    return isHidden ? [{ from, to: from + word.length }] : [];
  });
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
