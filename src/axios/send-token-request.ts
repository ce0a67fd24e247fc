import { Axios, AxiosError, type AxiosRequestConfig } from 'axios';

import { givenOptions } from '../concealment/given-options.js';
import { isLoopback } from '../platform/loopback.js';
import { within } from '../platform/waiting.js';
import {
  answered,
  LONGEST_ANSWER_BYTES,
  noAnswer,
  type SendTokenRequest,
} from '../token-call/token-endpoint.js';
import { detachedTransport } from './detached-transport.js';

/** Named, because axios would otherwise use `axios.defaults.adapter`, which the app may have replaced. */
const STANDARD_ADAPTERS = ['xhr', 'http', 'fetch'];

/**
 * Sends token requests through a separate axios instance, without interceptors or the app's `axios.defaults`: a 401 from the token
 * endpoint must never reach the code for the API's 401s, and an app-wide header or transform must not reach the token endpoint.
 *
 * @param ownTransport - axios options for each call
 */
export function axiosSender(ownTransport: AxiosRequestConfig): SendTokenRequest {
  return async (request, { signal }) => {
    const transport = givenOptions(ownTransport);
    try {
      const http = new Axios({
        adapter: STANDARD_ADAPTERS,
        ...withDetachedSockets(transport),
        ...proxyFor(request.url, transport),
        maxRedirects: 0,
        // With fetch, axios before 1.20 follows redirects whatever `maxRedirects` says.
        fetchOptions: { ...transport.fetchOptions, redirect: 'manual' },
        maxContentLength: LONGEST_ANSWER_BYTES,
        responseType: 'text',
        validateStatus: () => true,
      });
      const { url, method, headers, data } = request;
      // The user's own adapter may ignore the signal; the time limit holds anyway.
      const sent = http.request<unknown>({ url, method, headers, data, signal });
      const outcome = await within(sent, { signal });
      if (outcome.kind !== 'done') return noAnswer(AxiosError.ERR_CANCELED);
      const { status, headers: given, data: body } = outcome.value;
      return answered({
        status,
        headers: headersInLowerCase(given),
        setCookies: [given['set-cookie'] ?? []].flat(),
        text: typeof body === 'string' ? body : '',
      });
    } catch (error) {
      // An AxiosError holds the request with the secret in it, so only its code is kept.
      const { code } = Object(error) as { readonly code?: unknown };
      if (typeof code === 'string') return noAnswer(code, { advice: adviceOn(code, transport) });
      return noAnswer('ERR_NETWORK', {
        message: 'axios returned neither a response nor an error code; it may be mocked',
      });
    }
  };
}

/** A proxy from `HTTP_PROXY` would get in clear text what should stay on this machine. One that the user sets is the user's choice. */
function proxyFor(url: string, { proxy }: AxiosRequestConfig): AxiosRequestConfig {
  if (proxy !== undefined) return { proxy };
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && isLoopback(hostname) ? { proxy: false } : {};
}

/** The user's own adapter is used unchanged. */
function withDetachedSockets(transport: AxiosRequestConfig): AxiosRequestConfig {
  return transport.adapter === undefined
    ? { ...transport, transport: detachedTransport() }
    : transport;
}

/** OpenSSL and Node codes that can only mean TLS. */
const TLS_CODE = /CERT|SIGNATURE|_(TLS|SSL)_|^EPROTO$/;
const NO_WAY_THERE: readonly string[] = [
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
];

/** If the API can be reached and the token endpoint cannot, the instance often has an agent that token calls lack. */
function adviceOn(code: string, transport: AxiosRequestConfig): string | undefined {
  if (transport.adapter !== undefined) return undefined;
  if (TLS_CODE.test(code)) {
    return transport.httpsAgent === undefined
      ? 'If your instance has an httpsAgent that trusts the certificate, pass it in `transport` too.'
      : 'Check the certificates that the httpsAgent in `transport` trusts.';
  }
  return NO_WAY_THERE.includes(code) && Object.keys(transport).length === 0
    ? 'If your instance has a proxy or an agent, pass it in `transport` too.'
    : undefined;
}

function headersInLowerCase(headers: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter((entry): entry is [string, string] => typeof entry[1] === 'string')
      .map(([name, value]) => [name.toLowerCase(), value]),
  );
}
