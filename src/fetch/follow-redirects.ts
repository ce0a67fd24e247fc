import { discard } from './body-start.js';
import type { FetchCall } from './fetch-call.js';
import type { BodyFields } from './request-body.js';
import type { Fetch } from './send-token-request.js';

const REDIRECTS = [301, 302, 303, 307, 308];
const MOST_REDIRECTS = 20;
const ABOUT_THE_BODY = ['content-encoding', 'content-language', 'content-location', 'content-type'];
const FOR_ONE_ORIGIN = ['authorization', 'cookie', 'proxy-authorization'];

/**
 * Sends a request and follows its redirects as fetch does, and removes the token when one leads to another origin.
 *
 * @param init - what is sent first
 * @param again - the body for another send; `undefined` if it can be read only once and has been
 * @param tokenHeader - the header that holds the token
 * @see https://fetch.spec.whatwg.org/#http-redirect-fetch
 */
export async function sendFollowing(
  send: Fetch,
  { input, url, method, signal }: FetchCall,
  init: RequestInit,
  again: () => Promise<BodyFields | undefined>,
  tokenHeader: string,
): Promise<Response> {
  let response = await send(input, { ...init, redirect: 'manual' });
  let next: RequestInit = { ...init, method, signal: signal ?? null, redirect: 'manual' };
  let from = url;
  for (let count = 1; ; count += 1) {
    const location = response.headers.get('location');
    const { status } = response;
    if (!REDIRECTS.includes(status) || location === null)
      return count === 1
        ? response
        : Object.defineProperty(response, 'redirected', { value: true });
    discard(response.body);
    const to = URL.canParse(location, from) ? new URL(location, from) : undefined;
    if (to === undefined || !/^https?:$/.test(to.protocol)) throw failed('to an unusable URL');
    if (count > MOST_REDIRECTS) throw failed('too often');
    const headers = new Headers(next.headers);
    const body = becomesGet(status, next.method) ? null : await again();
    if (body === undefined) throw failed('with a body that can be read only once');
    if (body === null) for (const name of ABOUT_THE_BODY) headers.delete(name);
    if (to.origin !== new URL(from).origin)
      for (const name of [...FOR_ONE_ORIGIN, tokenHeader]) headers.delete(name);
    next = { ...next, headers, body: body?.body ?? null };
    if (body === null) next.method = 'GET';
    from = to.href;
    response = await send(from, next);
  }
}

function becomesGet(status: number, method = 'GET'): boolean {
  if (status === 303) return method !== 'GET' && method !== 'HEAD';
  return (status === 301 || status === 302) && method === 'POST';
}

function failed(how: string): TypeError {
  return new TypeError('fetch failed', { cause: new Error(`The API redirects ${how}.`) });
}
