/** The library by which axios reads `HTTP_PROXY` and its like; it has no types of its own. */
declare module 'proxy-from-env' {
  /** The address of the proxy for that URL; empty if there is none. */
  export function getProxyForUrl(url: string | URL): string;
}
