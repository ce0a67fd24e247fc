/** The library that axios uses to read `HTTP_PROXY` and similar variables. It has no types of its own. */
declare module 'proxy-from-env' {
  /** The address of the proxy for a URL; empty if there is none. */
  export function getProxyForUrl(url: string | URL): string;
}
