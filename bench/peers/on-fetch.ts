import { Readable } from 'node:stream';

import type { PeerAnswer, PeerClient, PeerRequest } from './peer.js';

/** What a user of `fetch` throws, since the status has to be checked by hand. */
export class StatusError extends Error {
  constructor(readonly response: Response) {
    super(`status ${response.status}`);
  }
}

export type SendRequest = (url: string, init: RequestInit) => Promise<Response>;

/** A peer on `fetch`, or `fetch` itself. */
export function onFetch(
  baseURL: string,
  fetchIt: SendRequest,
  more: Pick<PeerClient, 'lookUp'> = {},
): PeerClient {
  const send = async (request: PeerRequest): Promise<PeerAnswer> => {
    const { url, method = 'GET', data, headers, signal, timeoutMs, anyStatus } = request;
    const signals = [signal, timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs)];
    const given = signals.filter((one) => one !== undefined);
    const response = await fetchIt(url.startsWith('http') ? url : baseURL + url, {
      method,
      ...bodyOf(data, headers),
      ...(given.length === 0 ? {} : { signal: AbortSignal.any(given) }),
    });
    if (!response.ok && anyStatus !== true) throw new StatusError(response);
    return { status: response.status, data: await jsonOf(response) };
  };
  return { get: (path) => send({ url: path }), send, ...more };
}

export function bareFetch(baseURL: string, fetchIt: typeof fetch, token: string): PeerClient {
  return onFetch(baseURL, (url, init) => {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${token}`);
    return fetchIt(new Request(url, { ...init, headers }));
  });
}

async function jsonOf(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function bodyOf(data: unknown, headers: Readonly<Record<string, string>> = {}): RequestInit {
  if (data === undefined) return { headers: { ...headers } };
  if (data instanceof URLSearchParams || data instanceof FormData || typeof data === 'string')
    return { body: data, headers: { ...headers } };
  if (data instanceof Uint8Array) return { body: new Uint8Array(data), headers: { ...headers } };
  if (data instanceof Readable) {
    return { body: Readable.toWeb(data), duplex: 'half', headers: { ...headers } } as RequestInit;
  }
  const json = { 'content-type': 'application/json', ...headers };
  return { body: JSON.stringify(data), headers: json };
}
