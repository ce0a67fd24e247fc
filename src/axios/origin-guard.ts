import type { InternalAxiosRequestConfig } from 'axios';

import {
  destinationOf as destinationOfURL,
  parsedURL,
  type Destination,
} from '../resource-call/origins.js';
import { isProxiedInTheClear } from './env-proxy.js';

/** axios's own test for an absolute URL. */
const ABSOLUTE_URL = /^([a-z][a-z\d+\-.]*:)?\/\//i;

/** Checks whether a request stays within the allowed origins. */
export interface OriginGuard {
  destinationOf(config: InternalAxiosRequestConfig): Destination;
  /** Whether an absolute URL is within the allowed origins, for instance the URL of a response after redirects. */
  allowsURL(url: string): boolean;
  /** The origin of a request, for an error message. */
  originOf(config: InternalAxiosRequestConfig): string;
}

/**
 * A guard for the given origins. It joins `baseURL` and `url` as axios does, and parses a URL only if comparing strings is not
 * enough: parsing costs more than everything else on the warm path.
 *
 * @param alwaysFolds - the result of `foldsAbsoluteURLs`
 */
export function createOriginGuard(
  allowedOrigins: readonly string[],
  alwaysFolds = true,
): OriginGuard {
  const prefixes = allowedOrigins.map((origin) => `${origin}/`);
  let lastBaseURL: string | undefined;
  let lastDestination: Destination = 'foreign';

  const allowsURL = (url: string): boolean => {
    const target = parsedURL(url);
    return target !== undefined && allowedOrigins.includes(target.origin);
  };

  const destination = (url: string): Destination => {
    if (prefixes.some((prefix) => url.startsWith(prefix))) return 'own';
    return destinationOfURL(url, allowedOrigins);
  };

  const destinationOf = (config: InternalAxiosRequestConfig): Destination => {
    const { baseURL, url } = config;
    if (baseURL === lastBaseURL && baseURL !== undefined && isPath(url)) return lastDestination;
    const joinedTo = baseOf(config);
    // Some adapters then send the absolute URL unchanged.
    const staysAbsolute = !alwaysFolds && joinedTo !== undefined && isAbsolute(url);
    if (staysAbsolute && destination(asText(url)) !== 'own') return 'foreign';
    if (joinedTo === undefined) return destination(asText(url));
    // A URL joined to a base URL stays on its origin, since axios puts a slash between the two.
    if (joinedTo !== lastBaseURL) {
      lastDestination = destination(joinedTo);
      lastBaseURL = joinedTo;
    }
    return lastDestination;
  };

  const isInTheClear = allowedOrigins.some((origin) => origin.startsWith('http:'));
  return {
    allowsURL,
    originOf: (config) => parsedURL(targetURL(config))?.origin ?? '(not a URL)',
    destinationOf: isInTheClear ? unlessProxied(destinationOf) : destinationOf,
  };
}

/** A request that a proxy from the environment would carry in plain text counts as foreign, whatever its URL. */
function unlessProxied(destinationOf: OriginGuard['destinationOf']): OriginGuard['destinationOf'] {
  return (config) => {
    const destination = destinationOf(config);
    const isOwn = destination === 'own';
    return isOwn && isProxiedInTheClear(targetURL(config), config) ? 'foreign' : destination;
  };
}

/** The base URL that axios joins the request's URL to; `undefined` if it sends the URL unchanged. */
function baseOf(config: InternalAxiosRequestConfig): string | undefined {
  const { url, allowAbsoluteUrls } = config;
  const baseURL = asText(config.baseURL);
  if (baseURL === '') return undefined;
  return allowAbsoluteUrls !== false && isAbsolute(url) ? undefined : baseURL;
}

function isAbsolute(url: unknown): boolean {
  return ABSOLUTE_URL.test(asText(url));
}

/** A quick check by the first two characters. */
function isPath(url: unknown): boolean {
  return typeof url === 'string' && url[0] === '/' && url[1] !== '/';
}

function targetURL(config: InternalAxiosRequestConfig): string {
  return baseOf(config) ?? asText(config.url);
}

/** axios also accepts a URL object, although its types do not say so. Anything unprintable becomes the empty string. */
function asText(url: unknown): string {
  try {
    return String((url as string | URL | null | undefined) ?? '');
  } catch {
    return '';
  }
}
