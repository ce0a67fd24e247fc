/**
 * Where a request goes: to an allowed origin, to another one, or to a URL that contains credentials, which HTTP clients send instead
 * of an `Authorization` header, or refuse.
 */
export type Destination = 'own' | 'foreign' | 'with-credentials';

/** Where an absolute URL, or in a browser one relative to the page, leads. */
export function destinationOf(url: string, allowedOrigins: readonly string[]): Destination {
  const target = parsedURL(url);
  if (target === undefined) return 'foreign';
  if (target.username !== '' || target.password !== '') return 'with-credentials';
  return allowedOrigins.includes(target.origin) ? 'own' : 'foreign';
}

/** Parses a URL, in a browser relative to the page. `undefined` if it is not a URL. */
export function parsedURL(url: string): URL | undefined {
  const base = (globalThis as { location?: { href: string } }).location?.href;
  return URL.canParse(url, base) ? new URL(url, base) : undefined;
}
