import type { InternalAxiosRequestConfig } from 'axios';

import { isLoopback } from '../grants/define-provider.js';

type Environment = Readonly<Record<string, string | undefined>>;
type Sending = Pick<InternalAxiosRequestConfig, 'adapter' | 'proxy' | 'socketPath'>;

/**
 * Whether a proxy that only the environment names (`HTTP_PROXY`, `ALL_PROXY`) would carry a request for this very machine, in
 * clear text: what was to stay here then goes somewhere else. A proxy that the request names itself is the user's choice.
 *
 * axios's http adapter is the one that asks the environment. `NO_PROXY` counts where it names the host as the URL does,
 * which every version of axios heeds; that `localhost` means `127.0.0.1` as well is known to some of them only.
 */
export function isProxiedInTheClear(
  url: string,
  { adapter, proxy, socketPath }: Sending,
  environment = processEnvironment(),
): boolean {
  if (proxy != null || socketPath != null || environment === undefined) return false;
  if (valueOf('http_proxy', environment) === undefined || !mayBeHttp(adapter)) return false;
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, port } = new URL(url);
  if (protocol !== 'http:' || !isLoopback(hostname)) return false;
  const exceptions = valueOf('no_proxy', environment)?.toLowerCase() ?? '';
  return !exceptions.split(/[\s,]+/).some((entry) => names(entry, hostname, port || '80'));
}

/** A list is tried in turn, and in Node http stands before fetch. A function may be a wrapper, of a cache for instance. */
function mayBeHttp(adapter: Sending['adapter']): boolean {
  return [adapter ?? 'http'].flat().some((one) => one === 'http' || typeof one === 'function');
}

/** In either case, as axios reads them; small letters come first. */
function valueOf(name: 'http_proxy' | 'no_proxy', environment: Environment): string | undefined {
  const names = name === 'http_proxy' ? [name, 'all_proxy'] : [name];
  return names
    .flatMap((one) => [environment[one], environment[one.toUpperCase()]])
    .find((value) => value !== undefined && value !== '');
}

/** Whether an entry of `NO_PROXY` names a host: `host`, `host:port`, `.suffix`, `*.suffix` or `*`. */
function names(entry: string, hostname: string, port: string): boolean {
  const [, host = '', only] = /^(.+?)(?::(\d+))?$/.exec(entry) ?? [];
  if (host === '' || (only !== undefined && only !== port)) return false;
  return /^[.*]/.test(host) ? hostname.endsWith(host.replace('*', '')) : hostname === host;
}

/** There is none in a browser. */
function processEnvironment(): Environment | undefined {
  return (globalThis as { process?: { env?: Environment } }).process?.env;
}
