import type { InternalAxiosRequestConfig } from 'axios';

import { isProxiedInTheClear } from './env-proxy.js';

/** What axios takes for an absolute URL. */
const ABSOLUTE_URL = /^([a-z][a-z\d+\-.]*:)?\/\//i;

/**
 * Where a request goes: to an origin that a token may go to, to another one, or to a URL with credentials of its own,
 * which axios sends in place of any `Authorization` header.
 */
export type Destination = 'own' | 'foreign' | 'with-credentials';

/** Tells whether a request stays within the origins that a token may go to. */
export interface OriginGuard {
  destinationOf(config: InternalAxiosRequestConfig): Destination;
  /** Whether an absolute URL, such as that of an answer after redirects, lies within them. */
  allowsURL(url: string): boolean;
  /** The origin that a request goes to, for an error message. */
  originOf(config: InternalAxiosRequestConfig): string;
}

/**
 * A guard over the given origins. It follows axios in how `baseURL` and `url` become one, and parses a URL only
 * where comparing strings does not settle it: parsing costs more than everything else on the warm path.
 *
 * @param alwaysFolds - as `foldsAbsoluteURLs` tells
 */
export function createOriginGuard(
  allowedOrigins: readonly string[],
  alwaysFolds = true,
): OriginGuard {
  const prefixes = allowedOrigins.map((origin) => `${origin}/`);
  let lastBaseURL: string | undefined;
  let lastDestination: Destination = 'foreign';

  const allowsURL = (url: string): boolean => {
    const target = parsed(url);
    return target !== undefined && allowedOrigins.includes(target.origin);
  };

  const destination = (url: string): Destination => {
    if (prefixes.some((prefix) => url.startsWith(prefix))) return 'own';
    const target = parsed(url);
    if (target === undefined) return 'foreign';
    if (target.username !== '' || target.password !== '') return 'with-credentials';
    return allowedOrigins.includes(target.origin) ? 'own' : 'foreign';
  };

  const destinationOf = (config: InternalAxiosRequestConfig): Destination => {
    const { baseURL, url } = config;
    if (baseURL === lastBaseURL && baseURL !== undefined && isPath(url)) return lastDestination;
    const joinedTo = baseOf(config);
    // Then it may be sent as it is, too.
    const staysAbsolute = !alwaysFolds && joinedTo !== undefined && isAbsolute(url);
    if (staysAbsolute && destination(asText(url)) !== 'own') return 'foreign';
    if (joinedTo === undefined) return destination(asText(url));
    // Whatever is joined to a base URL stays on its origin, since axios puts a slash between the two.
    if (joinedTo !== lastBaseURL) {
      lastDestination = destination(joinedTo);
      lastBaseURL = joinedTo;
    }
    return lastDestination;
  };

  const isInTheClear = allowedOrigins.some((origin) => origin.startsWith('http:'));
  return {
    allowsURL,
    originOf: (config) => parsed(targetURL(config))?.origin ?? '(not a URL)',
    destinationOf: isInTheClear ? unlessProxied(destinationOf) : destinationOf,
  };
}

/** What a proxy of the environment would carry off in clear text goes to a foreign place, whatever its URL says. */
function unlessProxied(destinationOf: OriginGuard['destinationOf']): OriginGuard['destinationOf'] {
  return (config) => {
    const destination = destinationOf(config);
    const isOwn = destination === 'own';
    return isOwn && isProxiedInTheClear(targetURL(config), config) ? 'foreign' : destination;
  };
}

/** The base URL that axios joins the request's URL to; `undefined` if it sends that URL as it is. */
function baseOf(config: InternalAxiosRequestConfig): string | undefined {
  const { url, allowAbsoluteUrls } = config;
  const baseURL = asText(config.baseURL);
  if (baseURL === '') return undefined;
  return allowAbsoluteUrls !== false && isAbsolute(url) ? undefined : baseURL;
}

function isAbsolute(url: unknown): boolean {
  return ABSOLUTE_URL.test(asText(url));
}

/** Most URLs are told by their first two characters. */
function isPath(url: unknown): boolean {
  return typeof url === 'string' && url[0] === '/' && url[1] !== '/';
}

function targetURL(config: InternalAxiosRequestConfig): string {
  return baseOf(config) ?? asText(config.url);
}

/** axios also takes a URL object, which its types do not tell. What is no text at all leads nowhere we know. */
function asText(url: unknown): string {
  try {
    return String((url as string | URL | null | undefined) ?? '');
  } catch {
    return '';
  }
}

/** A URL taken apart; in a browser a relative one is taken against the page. `undefined` if it is none. */
function parsed(url: string): URL | undefined {
  const base = (globalThis as { location?: { href: string } }).location?.href;
  return URL.canParse(url, base) ? new URL(url, base) : undefined;
}
