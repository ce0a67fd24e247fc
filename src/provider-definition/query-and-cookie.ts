import { MisconfigurationError } from '../errors/index.js';
import type { Place } from './token-placement.js';

/**
 * Puts the token into the query: `?access_token=…`. URLs end up in the logs of servers and proxies, so use it only where the API
 * takes nothing else.
 *
 * @example
 * ```ts
 * const tokenPlacement = inQuery('access_token'); // ?access_token=…
 * ```
 * @param name - the name of the parameter
 * @throws MisconfigurationError for a name that cannot be sent
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-2.3
 */
export function inQuery(name: string): Place {
  check('inQuery()', name, /^[\w.~$:@[\]-]+$/);
  const key = encodeURIComponent(name);
  const part = `${literal(key)}=([^&#]*)`;
  const text = partOf(new RegExp(`\\?${part}(?=#|$)|(?<=[?&])${part}&?`, 'g'));
  return {
    id: `?${name}`,
    // A URL parser writes an apostrophe like this, and encodeURIComponent does not.
    written: (token) => encodeURIComponent(token).replaceAll("'", '%27'),
    find(_headers, carrier) {
      const { url, baseURL, params } = carrier as Fields;
      return [
        ...[url, baseURL].flatMap((one) => text.values(asText(one))),
        ...inParams(params, name),
      ];
    },
    write(carrier, written) {
      const fields = carrier as Fields;
      // axios would put a slash between the base URL and a URL that is only a query.
      const at = fields['url'] ? 'url' : 'baseURL';
      // In front, so that removing the token restores the exact URL.
      fields[at] = asText(fields[at]).replace(
        /[?#]|$/,
        (mark) => `?${key}=${written}${mark === '?' ? '&' : mark}`,
      );
    },
    remove(carrier, isGone) {
      for (const at of URLS) text.remove(carrier as Fields, at, isGone);
    },
    arrivedIn: ({ url }, written) => url === undefined || text.values(url).includes(written),
  };
}

/**
 * Puts the token into a cookie, alongside the request's other cookies. Browsers do not let programs set the `Cookie` header.
 *
 * @example
 * ```ts
 * const tokenPlacement = inCookie('sid'); // Cookie: sid=…
 * ```
 * @param name - the name of the cookie
 * @throws MisconfigurationError for a name that cannot be sent
 * @see https://www.rfc-editor.org/rfc/rfc6265#section-4.2
 */
export function inCookie(name: string): Place {
  check('inCookie()', name, /^[\w!#$%&'*+.^`|~-]+$/);
  const text = partOf(new RegExp(`(?<=^|; *)${literal(name)}=([^;]*)(?:; *)?`, 'g'));
  return {
    id: `;${name}`,
    // What a cookie may not contain (RFC 6265, section 4.1.1). The rest is sent as the server wrote it.
    written: (token) => token.replace(/[",;\\]/g, encodeURIComponent),
    find: (headers) =>
      cookieHeaders(headers)
        .map((spelled) => (headers as Fields)[spelled])
        .filter((value) => value !== undefined)
        .flatMap((value) => (value ? text.values(asText(value)) : [value])),
    write({ headers }, written) {
      const fields = headers as Fields;
      const spelled = cookieHeaders(fields).find((one) => fields[one] !== undefined) ?? 'Cookie';
      const others = asText(fields[spelled]);
      fields[spelled] = `${name}=${written}${others && `; ${others}`}`;
    },
    remove({ headers = {} }, isGone) {
      for (const spelled of cookieHeaders(headers)) text.remove(headers as Fields, spelled, isGone);
    },
    arrivedIn({ header }, written) {
      const cookies = header('cookie');
      return cookies === written || text.values(asText(cookies)).includes(written);
    },
  };
}

type Fields = Record<string, unknown>;

/** Where a config, and the request that a redirect leads to, keep their URL. */
const URLS = ['url', 'baseURL', 'href', 'path', 'search'];

/** One part of a text. The pattern captures its value. */
function partOf(pattern: RegExp) {
  const valueIn = (captured: readonly unknown[]) =>
    captured.find((one) => typeof one === 'string') as string;
  return {
    values: (text: string) => [...text.matchAll(pattern)].map(([, ...found]) => valueIn(found)),
    /** Removes values from a text, and the property if nothing is left. */
    remove(holder: Fields, name: string, isGone: (value: unknown) => boolean) {
      const text = asText(holder[name]);
      const left = text.replace(pattern, (match, ...found: unknown[]) =>
        isGone(valueIn(found)) ? '' : match,
      );
      if (left === text) return;
      if (left === '') Reflect.deleteProperty(holder, name);
      else holder[name] = left;
    },
  };
}

/** What the caller put into axios's `params`; a list, since it is never ours: our tokens go into the URL. */
function inParams(params: unknown, name: string): unknown[] {
  const value: unknown =
    params instanceof URLSearchParams
      ? (params.get(name) ?? undefined)
      : (params as Fields | undefined)?.[name];
  return value === undefined ? [] : [[value]];
}

function cookieHeaders(headers: object): string[] {
  return Object.keys(headers).filter((name) => name.toLowerCase() === 'cookie');
}

/** Several `Cookie` headers count as one, as Node sends them. */
function asText(value: unknown): string {
  return [value ?? ''].flat().map(String).join('; ');
}

function literal(name: string): string {
  return name.replace(/\W/g, '\\$&');
}

function check(option: string, name: unknown, legal: RegExp): void {
  if (typeof name === 'string' && legal.test(name)) return;
  throw new MisconfigurationError({
    option,
    problem: 'was given a name that cannot be sent',
    remedy:
      'Pass the name from the documentation of the API: letters, digits, hyphens and underscores.',
  });
}
