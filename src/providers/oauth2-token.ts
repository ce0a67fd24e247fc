import { read } from '../concealment/any-object.js';
import type { ParsedToken, TokenResponse } from '../provider-definition/token-response.js';
import { epochMilliseconds } from '../token/lifetime.js';
import type { TokenParams } from '../token/token-params.js';

/** Reads a successful response of RFC 6749, section 5.1. */
export const parseOAuth2Token = ({ body }: TokenResponse): ParsedToken => ({
  accessToken: read(body, 'access_token'),
  tokenType: read(body, 'token_type'),
  expiresInSeconds: read(body, 'expires_in'),
  expiresAt: absoluteExpiry(body),
  scope: read(body, 'scope'),
});

/** In 2001, before OAuth. An earlier value is not a time of expiry. */
const LONG_AGO_MS = 1e12;

/**
 * The time of expiry, which some servers send with or instead of `expires_in`: Microsoft's `expires_on` is epoch seconds, and
 * `expires_at` is epoch seconds or ISO 8601. Values long ago are ignored: they may be a lifetime in seconds.
 *
 * @see https://learn.microsoft.com/en-us/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
 */
function absoluteExpiry(body: unknown): number | undefined {
  const ends = [read(body, 'expires_at'), read(body, 'expires_on')].map(epochMilliseconds);
  const readable = ends.map((end) => end ?? 0).filter((end) => end > LONG_AGO_MS);
  return readable.length === 0 ? undefined : Math.min(...readable);
}

/** `scope` is sent as one string (RFC 6749, section 3.3). Other lists are sent as repeated parameters. */
export function spaceSeparatedScope(params: TokenParams): TokenParams {
  const { scope } = params;
  return scope === undefined || typeof scope === 'string'
    ? params
    : { ...params, scope: scope.join(' ') };
}
