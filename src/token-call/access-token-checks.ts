import { isSendableToken } from '../token/access-token.js';

/** What is wrong with an access token. Never quotes it. */
export type AccessTokenProblem =
  | 'has no access token'
  | 'has an access token that is not a string'
  | 'has an access token with the scheme "Bearer" in it'
  | 'has an access token with whitespace around it'
  | 'has an access token with characters that are not allowed in a header'
  | 'has an access token that is longer than 16,384 characters, too long for a header';

/** Node accepts 16 kB of headers in total, nginx and Apache 8. */
const LONGEST_TOKEN = 16_384;

/** Checks the access token that a provider's parser found. */
export function accessTokenProblem(accessToken: unknown): AccessTokenProblem | undefined {
  if (accessToken === undefined || accessToken === null || accessToken === '')
    return 'has no access token';
  if (typeof accessToken !== 'string') return 'has an access token that is not a string';
  if (accessToken.length > LONGEST_TOKEN)
    return 'has an access token that is longer than 16,384 characters, too long for a header';
  if (isSendableToken(accessToken)) return undefined;
  if (/^\s*Bearer\s/i.test(accessToken))
    return 'has an access token with the scheme "Bearer" in it';
  return isSendableToken(accessToken.trim())
    ? 'has an access token with whitespace around it'
    : 'has an access token with characters that are not allowed in a header';
}

/**
 * The type of a token that is not a bearer token, if that type has its own scheme. Any other word passes: some servers have
 * their own (eBay says `Application Access Token`) and still want `Bearer`.
 *
 * @param authorization - what will be sent: a definition that uses the type as its scheme understands it
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-7.1 — a client must not use a type that it does not understand
 */
export function unusableTokenType(tokenType: unknown, authorization: string): string | undefined {
  const type = typeof tokenType === 'string' ? tokenType.trim() : '';
  const isUnderstood = authorization.toLowerCase().startsWith(`${type.toLowerCase()} `);
  return /^(dpop|mac|pop)$/i.test(type) && !isUnderstood ? type : undefined;
}
