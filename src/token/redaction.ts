/** What stands in place of a secret. */
export const REDACTED = '[redacted]';

/**
 * Replaces every occurrence of the given secrets in a text, as they are and as they look in a URL.
 *
 * The text of a token endpoint's error is not ours: some servers quote the request back.
 */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret.length >= 4)
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    .reduce((clean, secret) => clean.replaceAll(secret, REDACTED), text);
}
