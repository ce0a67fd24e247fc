// Every program that compiles this file needs these types, and none of them includes that file.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference
/// <reference path="./proxy-from-env.d.ts" />
import type { InternalAxiosRequestConfig } from 'axios';
import { getProxyForUrl } from 'proxy-from-env';

import { isLoopback } from '../platform/loopback.js';

type Sending = Pick<InternalAxiosRequestConfig, 'adapter' | 'proxy' | 'socketPath'>;

/**
 * Whether a proxy from the environment (`HTTP_PROXY`, `ALL_PROXY`) would carry a plain http request for loopback off this
 * machine. A proxy in the request's own config is the user's choice.
 *
 * Only axios's http adapter reads the environment, with the library used here. Only some versions of axios take `localhost` in
 * `NO_PROXY` to include `127.0.0.1`, so that is not assumed.
 */
export function isProxiedInTheClear(url: string, { adapter, proxy, socketPath }: Sending): boolean {
  if (proxy != null || socketPath != null || !hasEnvironment() || !mayBeHttp(adapter)) return false;
  if (!URL.canParse(url)) return false;
  const target = new URL(url);
  return (
    target.protocol === 'http:' && isLoopback(target.hostname) && getProxyForUrl(target) !== ''
  );
}

/** In a list, http may be chosen. A function may wrap the http adapter, for instance in a cache. */
function mayBeHttp(adapter: Sending['adapter']): boolean {
  return [adapter ?? 'http'].flat().some((one) => one === 'http' || typeof one === 'function');
}

/** False in a browser. */
function hasEnvironment(): boolean {
  return (globalThis as { process?: { env?: object } }).process?.env !== undefined;
}
