/**
 * Where the metadata of an authorization server may be: by RFC 8414, section 3, or else by OpenID Connect Discovery 1.0, section 4.
 */
export function issuerMetadataURLs(issuer: string): readonly string[] {
  const { origin } = new URL(issuer);
  return [
    wellKnownURL(issuer, 'oauth-authorization-server'),
    `${origin}${pathOf(issuer)}/.well-known/openid-configuration`,
  ];
}

/** Where the metadata of a protected resource is, unless its 401 names another place (RFC 9728, section 3.1). */
export function resourceMetadataURL(resource: string): string {
  return wellKnownURL(resource, 'oauth-protected-resource');
}

function wellKnownURL(url: string, name: string): string {
  const { origin, search } = new URL(url);
  return `${origin}/.well-known/${name}${pathOf(url)}${search}`;
}

/** Without a trailing slash. */
function pathOf(url: string): string {
  return new URL(url).pathname.replace(/\/$/, '');
}

/** The `resource_metadata` of a `WWW-Authenticate` header (RFC 9728, section 5.1). */
export function resourceMetadataIn(header: string | undefined): string | undefined {
  return /(?:^|[\s,])resource_metadata="([^"\\]*)"/i.exec(header ?? '')?.[1];
}
