import type { InternalAxiosRequestConfig } from 'axios';

/** What axios takes for an absolute URL. */
const ABSOLUTE_URL = /^([a-z][a-z\d+\-.]*:)?\/\//i;

/** Tells whether a request stays within the origins that a token may go to. */
export interface OriginGuard {
  allows(config: InternalAxiosRequestConfig): boolean;
  /** Whether an absolute URL, such as that of an answer after redirects, lies within them. */
  allowsURL(url: string): boolean;
  /** The origin that a request goes to, for an error message. */
  originOf(config: InternalAxiosRequestConfig): string;
}

/**
 * A guard over the given origins. It follows axios in how `baseURL` and `url` become one, and parses a URL only
 * where comparing strings does not settle it: parsing costs more than everything else on the warm path.
 */
export function createOriginGuard(allowedOrigins: readonly string[]): OriginGuard {
  const prefixes = allowedOrigins.map((origin) => `${origin}/`);
  let lastBaseURL: string | undefined;
  let lastVerdict = false;

  const allowsURL = (url: string): boolean =>
    prefixes.some((prefix) => url.startsWith(prefix)) || allowedOrigins.includes(originOfURL(url));

  return {
    allowsURL,
    originOf: (config) => originOfURL(targetURL(config)),
    allows(config) {
      const { baseURL } = config;
      if (baseURL === undefined || baseURL === '' || leavesBaseURL(config))
        return allowsURL(config.url ?? '');
      // Whatever is joined to a base URL stays on its origin, since axios puts a slash between the two.
      if (baseURL !== lastBaseURL) {
        lastVerdict = allowsURL(baseURL);
        lastBaseURL = baseURL;
      }
      return lastVerdict;
    },
  };
}

function leavesBaseURL({ url, allowAbsoluteUrls }: InternalAxiosRequestConfig): boolean {
  return url !== undefined && allowAbsoluteUrls !== false && ABSOLUTE_URL.test(url);
}

function targetURL(config: InternalAxiosRequestConfig): string {
  const { baseURL, url = '' } = config;
  return baseURL === undefined || baseURL === '' || leavesBaseURL(config) ? url : baseURL;
}

/** The origin of a URL; in a browser a relative one is taken against the page. Unreadable: an origin that nothing has. */
function originOfURL(url: string): string {
  const base = (globalThis as { location?: { href: string } }).location?.href;
  return URL.canParse(url, base) ? new URL(url, base).origin : '(not a URL)';
}
