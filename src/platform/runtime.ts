/**
 * Whether this runtime ends everything that a request has started as soon as the request is answered.
 *
 * @see https://developers.cloudflare.com/workers/runtime-apis/web-standards/#navigatoruseragent
 */
export function endsWorkWithItsRequest(): boolean {
  return userAgent() === 'Cloudflare-Workers';
}

/**
 * Whether this runtime's fetch may forward `Authorization` when a redirect leads to another origin: on Cloudflare before the
 * compatibility date 2025-09-01; in Deno before August 2026, to a subdomain. Node and current browsers remove it.
 *
 * @see https://developers.cloudflare.com/workers/configuration/compatibility-flags/ `strip_authorization_on_cross_origin_redirect`
 * @see https://github.com/denoland/deno/pull/36361
 */
export function mayForwardAuthorization(): boolean {
  return /^(Cloudflare-Workers|Deno\/|Bun\/)/.test(userAgent());
}

/** Whether this is a browser, which follows redirects itself and exposes none of them. */
export function isBrowser(): boolean {
  return userAgent().startsWith('Mozilla/');
}

function userAgent(): string {
  const { navigator } = globalThis as { readonly navigator?: { readonly userAgent?: unknown } };
  return String(navigator?.userAgent);
}
