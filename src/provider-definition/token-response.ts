/** A response of the token endpoint. */
export interface TokenResponse {
  readonly status: number;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The `Set-Cookie` headers, one by one. */
  readonly setCookies: readonly string[];
  /** The parsed JSON body; `undefined` if it is not JSON. */
  readonly body: unknown;
  /** The body as it came. */
  readonly text: string;
}

/** What `parseToken` reads from a successful response. The values may be unchecked. */
export interface ParsedToken {
  /** The access token. */
  readonly accessToken: unknown;
  /** The lifetime in seconds: a number or a numeric string. Anything else counts as absent. */
  readonly expiresInSeconds?: unknown;
  /** The time of expiry: epoch seconds, epoch milliseconds, a Date or ISO 8601. */
  readonly expiresAt?: unknown;
  /** When the token was issued, in epoch milliseconds by the provider's clock. */
  readonly issuedAt?: number | undefined;
  readonly scope?: unknown;
  /** The `token_type` (RFC 6749, section 7.1). @defaultValue `Bearer` */
  readonly tokenType?: unknown;
}
