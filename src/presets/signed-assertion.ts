import { assertionClaims } from '../oauth/assertion.js';
import { signingKey } from '../oauth/signing/signing-key.js';
import type { TokenRequest, TokenRequestContext } from '../provider-definition/token-request.js';

/** A key and what it signs: the claims of an assertion, besides `iat`, `exp` and `jti`. */
interface Signed {
  readonly privateKey: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly lifetimeSeconds: number;
}

/**
 * A token request with an assertion signed by RS256 (RFC 7523, section 2.1).
 *
 * @throws MisconfigurationError for a key that cannot sign, synchronously
 */
export function withAssertion(
  provider: string,
  { privateKey, claims, lifetimeSeconds }: Signed,
  { now }: TokenRequestContext,
): Promise<Omit<TokenRequest, 'url'>> {
  const place = { provider, path: 'privateKey' };
  const key = signingKey({ key: privateKey, algorithm: 'RS256' }, place);
  const signed = key.sign(assertionClaims(claims, { lifetimeSeconds }, now()), now());
  return signed.then((assertion) => ({
    body: { form: { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion } },
  }));
}

/** Scopes as one text, for a claim. */
export function joined(scope: string | readonly string[]): string {
  return typeof scope === 'string' ? scope : scope.join(' ');
}
