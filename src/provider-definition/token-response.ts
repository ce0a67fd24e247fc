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
