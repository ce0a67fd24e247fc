// Every program that compiles this file needs these types, and none of them lists the file.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference
/// <reference path="./proxy-from-env.d.ts" />
import type { InternalAxiosRequestConfig } from 'axios';
import { getProxyForUrl } from 'proxy-from-env';

import { isLoopback } from '../platform/loopback.js';

type Sending = Pick<InternalAxiosRequestConfig, 'adapter' | 'proxy' | 'socketPath'>;

/**
 * Whether a proxy that only the environment names (`HTTP_PROXY`, `ALL_PROXY`) would carry a request for this very machine, in
 * clear text: what was to stay here then goes somewhere else. A proxy that the request names itself is the user's choice.
 *
 * axios's http adapter is the one that asks the environment, by the library that is asked here. That `localhost` in
 * `NO_PROXY` means `127.0.0.1` as well is known to some versions of axios only, so it does not count.
 */
export function isProxiedInTheClear(url: string, { adapter, proxy, socketPath }: Sending): boolean {
  if (proxy != null || socketPath != null || !hasEnvironment() || !mayBeHttp(adapter)) return false;
  if (!URL.canParse(url)) return false;
  const target = new URL(url);
  return (
    target.protocol === 'http:' && isLoopback(target.hostname) && getProxyForUrl(target) !== ''
  );
}

/** A list is tried in turn, and in Node http stands before fetch. A function may be a wrapper, of a cache for instance. */
function mayBeHttp(adapter: Sending['adapter']): boolean {
  return [adapter ?? 'http'].flat().some((one) => one === 'http' || typeof one === 'function');
}

/** There is none in a browser. */
function hasEnvironment(): boolean {
  return (globalThis as { process?: { env?: object } }).process?.env !== undefined;
}
