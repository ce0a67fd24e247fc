import { isSendableToken } from '../token/access-token.js';

/** An answer of the token endpoint, as far as the HTTP layer could read it. */
export interface TokenResponse {
  readonly status: number;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed JSON body; `undefined` if it is not JSON. */
  readonly body: unknown;
}

/** What a provider reads out of a successful answer. Wire names end here. */
export interface ParsedToken {
  /** The access token as it came; checked before use. */
  readonly accessToken: unknown;
  /** Life in seconds as it came: number, numeric string or nonsense. */
  readonly expiresInSeconds?: unknown;
  /** Absolute expiry as it came: epoch seconds, epoch milliseconds or ISO 8601. */
  readonly expiresAt?: unknown;
  /** When the provider made the token, epoch milliseconds by its own clock. */
  readonly issuedAt?: number | undefined;
  readonly scope?: unknown;
  /** The `token_type` as it came (RFC 6749, section 7.1). @defaultValue taken for `Bearer` */
  readonly tokenType?: unknown;
}

/** Why an answer of the token endpoint cannot be used. Never quotes the answer. */
export type MalformedReason =
  | 'is not JSON'
  | 'is empty'
  | 'has no access token'
  | 'has an access token that is not a string'
  | 'has an access token with the scheme "Bearer" in it'
  | 'has an access token with white space around it'
  | 'has an access token with characters that no header may carry'
  | 'has an access token of more than 16,384 characters, which no header carries';

/** Node takes headers of 16 kB altogether, nginx of 8, Apache of 8. */
const LONGEST_TOKEN = 16_384;

/** Checks the access token that a provider's parser found. */
export function accessTokenProblem(accessToken: unknown): MalformedReason | undefined {
  if (accessToken === undefined || accessToken === null || accessToken === '')
    return 'has no access token';
  if (typeof accessToken !== 'string') return 'has an access token that is not a string';
  if (accessToken.length > LONGEST_TOKEN)
    return 'has an access token of more than 16,384 characters, which no header carries';
  if (isSendableToken(accessToken)) return undefined;
  if (/^\s*Bearer\s/i.test(accessToken))
    return 'has an access token with the scheme "Bearer" in it';
  return isSendableToken(accessToken.trim())
    ? 'has an access token with white space around it'
    : 'has an access token with characters that no header may carry';
}

/**
 * The type of a token that is no bearer token, if it is one of those that have a scheme of their own. Every other word passes: some
 * servers write their own (eBay says `Application Access Token`) and want `Bearer` all the same.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-7.1 — a client must not use a type that it does not understand
 */
export function unusableTokenType(tokenType: unknown): string | undefined {
  return typeof tokenType === 'string' && /^(dpop|mac|pop)$/i.test(tokenType.trim())
    ? tokenType.trim()
    : undefined;
}

/** Strings are matched too, and put back as they are: what looks like leading zeros may be part of a token. */
const STRING_OR_LEADING_ZEROS = /("(?:[^"\\]|\\.)*"?)|([:[,]\s*-?)0+(?=\d)/g;

/**
 * Reads a body as JSON, and once more with the leading zeros of numbers removed: one provider documents
 * `"expires_in": 0000`, which is not JSON. `undefined` if it is no JSON either way.
 */
export function readJSON(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    try {
      return JSON.parse(text.replace(STRING_OR_LEADING_ZEROS, '$1$2'));
    } catch {
      return undefined;
    }
  }
}

/** The value at a path of an unknown structure; `undefined` where the path ends early. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, name)
        ? (inner as Record<string, unknown>)[name]
        : undefined,
    value,
  );
}
