import { formEncode, utf8Bytes } from './utf8.js';

/** What stands in place of a secret. */
export const REDACTED = '[redacted]';

/**
 * Replaces every occurrence of the given secrets in a text: as they are, as they look in a URL, a form or JSON, and
 * within the Base64 of an `Authorization` header.
 *
 * The text of a token endpoint's error is not ours: some servers quote the request back.
 */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const spellings = secrets
    .filter((secret) => secret.length >= 4)
    .flatMap(spellingsOf)
    // The longest first: where one secret begins with another, nothing of its end may remain.
    .sort((a, b) => b.length - a.length);
  const inBytes = spellings.map(utf8Bytes);
  const holdsSecret = (word: string) => {
    const decoded = fromBase64(word);
    return inBytes.some((secret) => decoded.includes(secret));
  };
  return spellings
    .reduce((clean, secret) => clean.replaceAll(secret, REDACTED), text)
    .replace(/[\w+/-]{6,}={0,2}/g, (word) => (holdsSecret(word) ? REDACTED : word));
}

function spellingsOf(secret: string): string[] {
  return [
    secret,
    encodeURIComponent(secret),
    formEncode(secret),
    JSON.stringify(secret).slice(1, -1),
  ];
}

/** The bytes, each as one character. */
function fromBase64(word: string): string {
  try {
    return atob(word.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    return '';
  }
}
