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
  const holdsSecret = (word: string) => {
    const decoded = fromBase64(word);
    return spellings.some((secret) => decoded.includes(secret));
  };
  return spellings
    .reduce((clean, secret) => clean.replaceAll(secret, REDACTED), text)
    .replace(/[\w+/-]{6,}={0,2}/g, (word) => (holdsSecret(word) ? REDACTED : word));
}

function spellingsOf(secret: string): string[] {
  const inForm = new URLSearchParams([['', secret]]).toString().slice(1);
  return [secret, encodeURIComponent(secret), inForm, JSON.stringify(secret).slice(1, -1)];
}

function fromBase64(word: string): string {
  try {
    const bytes = atob(word.replaceAll('-', '+').replaceAll('_', '/'));
    return new TextDecoder().decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)));
  } catch {
    return '';
  }
}
