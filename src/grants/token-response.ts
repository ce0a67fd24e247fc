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
}

/** Why an answer of the token endpoint cannot be used. Never quotes the answer. */
export type MalformedReason =
  | 'is not JSON'
  | 'is empty'
  | 'has no access token'
  | 'has an access token that is not a string'
  | 'has an access token with characters that no header may carry';

/** Checks the access token that a provider's parser found. */
export function accessTokenProblem(accessToken: unknown): MalformedReason | undefined {
  if (accessToken === undefined || accessToken === null || accessToken === '')
    return 'has no access token';
  if (typeof accessToken !== 'string') return 'has an access token that is not a string';
  return isSendableToken(accessToken)
    ? undefined
    : 'has an access token with characters that no header may carry';
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
      typeof inner === 'object' && inner !== null
        ? (inner as Record<string, unknown>)[name]
        : undefined,
    value,
  );
}
