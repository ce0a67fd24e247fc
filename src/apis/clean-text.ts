const LONGEST_MESSAGE = 500;

/**
 * A server's words, fit for an error message: without the secrets that we sent, without anything that looks like
 * an Authorization value, and no longer than a message should be. Some servers quote the request back.
 */
export function cleanText(text: string, secrets: readonly string[]): string {
  const known = secrets
    .filter((secret) => secret.length >= 4)
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    // The longest first: where one secret begins with another, nothing of its end may remain.
    .sort((a, b) => b.length - a.length)
    .reduce((clean, secret) => clean.replaceAll(secret, '[redacted]'), text);
  const shaped = known
    .replace(/\b(Bearer|Basic)\s+[\w.~+/=-]{4,}/gi, '$1 [redacted]')
    .replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '[redacted]');
  return shaped.length > LONGEST_MESSAGE ? `${shaped.slice(0, LONGEST_MESSAGE)}…` : shaped;
}
