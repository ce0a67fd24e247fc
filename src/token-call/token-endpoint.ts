import { Axios, AxiosError, type AxiosRequestConfig } from 'axios';

import { givenOptions } from '../concealment/given-options.js';
import { isLoopback } from '../platform/loopback.js';
import type { EncodedTokenRequest } from './encode-token-request.js';
import { readJSON } from './read-json.js';
import type { TokenResponse } from '../provider-definition/token-response.js';
import { detachedTransport } from '../platform/detached-transport.js';
import { within } from '../platform/waiting.js';

/** An answer, and what was needed to judge it. */
export interface TokenEndpointAnswer extends TokenResponse {
  readonly isEmpty: boolean;
  /** The server's own clock, from its `Date` header, in epoch milliseconds. */
  readonly serverNow: number | undefined;
}

/** Refused, reset, unresolvable, or out of time. Holds nothing of the request. */
export interface NoAnswer {
  readonly kind: 'no-answer';
  readonly reason: string;
  readonly message: string;
}

export type CallOutcome =
  { readonly kind: 'answered'; readonly answer: TokenEndpointAnswer } | NoAnswer;

/** A token response is a few hundred bytes; whatever is longer is none. */
const LONGEST_ANSWER_BYTES = 1_000_000;

/** Named, because axios would otherwise take `axios.defaults.adapter`, which the app may have replaced. */
const STANDARD_ADAPTERS = ['xhr', 'http', 'fetch'];

/**
 * Sends one token request and hands back whatever answer comes.
 *
 * It goes out through an axios of its own, with no interceptors and none of the app's `axios.defaults`: a 401 of the
 * token endpoint must never reach the logic for 401s of the API, and an app-wide header or transform must not
 * reach the token endpoint. Redirects are not followed, since the body holds the secret.
 */
export async function callTokenEndpoint(
  request: EncodedTokenRequest,
  options: { readonly signal: AbortSignal; readonly transport: AxiosRequestConfig },
): Promise<CallOutcome> {
  const transport = givenOptions(options.transport);
  try {
    const http = new Axios({
      adapter: STANDARD_ADAPTERS,
      ...withDetachedSockets(transport),
      ...proxyFor(request.url, transport),
      maxRedirects: 0,
      // By fetch, axios before 1.20 follows redirects whatever `maxRedirects` says.
      fetchOptions: { ...transport.fetchOptions, redirect: 'manual' },
      maxContentLength: LONGEST_ANSWER_BYTES,
      responseType: 'text',
      validateStatus: () => true,
    });
    const { url, method, headers, data } = request;
    // An adapter of the user's own may be deaf to the signal; the time bound holds all the same.
    const sent = http.request<unknown>({ url, method, headers, data, signal: options.signal });
    const outcome = await within(sent, { signal: options.signal });
    if (outcome.kind !== 'done') return noAnswer(AxiosError.ERR_CANCELED);
    const response = outcome.value;
    const text = typeof response.data === 'string' ? response.data : '';
    const lowerCase = headersInLowerCase(response.headers);
    const date = Date.parse(lowerCase['date'] ?? '');
    const answer = {
      status: response.status,
      headers: lowerCase,
      setCookies: [response.headers['set-cookie'] ?? []].flat(),
      body: readJSON(text),
      text,
      isEmpty: text.trim() === '',
      serverNow: Number.isNaN(date) ? undefined : date,
    };
    return { kind: 'answered', answer };
  } catch (error) {
    // An AxiosError holds the request with the secret in it: only its code goes on.
    const { code } = Object(error) as { readonly code?: unknown };
    if (typeof code === 'string') return noAnswer(code);
    return noAnswer(
      'ERR_NETWORK',
      'axios gave neither an answer nor an error code, so it may be mocked',
    );
  }
}

function noAnswer(reason: string, message = reasonInWords(reason)): NoAnswer {
  return { kind: 'no-answer', reason, message };
}

/** One named by `HTTP_PROXY` would get in clear text what was to stay on this machine. A proxy that the user sets is the user's. */
function proxyFor(url: string, { proxy }: AxiosRequestConfig): AxiosRequestConfig {
  if (proxy !== undefined) return { proxy };
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && isLoopback(hostname) ? { proxy: false } : {};
}

/** An adapter of the user's own is taken as it is. */
function withDetachedSockets(transport: AxiosRequestConfig): AxiosRequestConfig {
  return transport.adapter === undefined
    ? { ...transport, transport: detachedTransport() }
    : transport;
}

function reasonInWords(code: string): string {
  switch (code) {
    case 'ECONNREFUSED':
      return 'the connection was refused';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'the connection was reset';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'its host name could not be resolved';
    case 'ERR_CANCELED':
    case 'ECONNABORTED':
    case 'ETIMEDOUT':
      return 'it did not answer in time';
    case 'ERR_BAD_RESPONSE':
      return 'its answer was cut off or too long';
    default:
      return `the network failed (${code})`;
  }
}

function headersInLowerCase(headers: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter((entry): entry is [string, string] => typeof entry[1] === 'string')
      .map(([name, value]) => [name.toLowerCase(), value]),
  );
}
