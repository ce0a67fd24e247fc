/** The parts of an access token. */
export interface AccessTokenFields {
  readonly value: string;
  /** The time of expiry by the wall clock, in epoch milliseconds; absent if unknown. */
  readonly expiresAt?: number | undefined;
  /** The granted scope, if the token endpoint named it. */
  readonly scope?: string | undefined;
  /** What is sent. @defaultValue `Bearer` and the value */
  readonly authorization?: string | undefined;
}

/**
 * An access token that hides its value: logging, inspecting or serialising it prints everything else.
 *
 * Read `value` to get the token string.
 */
export class AccessToken {
  readonly expiresAt: number | undefined;
  readonly scope: string | undefined;
  readonly #value: string;
  readonly #authorization: string;

  constructor(fields: AccessTokenFields) {
    this.#value = fields.value;
    this.#authorization = fields.authorization ?? `Bearer ${fields.value}`;
    this.expiresAt = fields.expiresAt;
    this.scope = fields.scope;
    Object.freeze(this);
  }

  /** The token string itself. Keep it out of logs. */
  get value(): string {
    return this.#value;
  }

  /** The value to send: by default `Bearer` and the token, for the `Authorization` header (RFC 6750, section 2.1). */
  get authorization(): string {
    return this.#authorization;
  }

  /** Everything but the value, for `JSON.stringify`. */
  toJSON(): Record<string, unknown> {
    return { type: 'access token', expiresAt: this.expiresAt, scope: this.scope };
  }

  /** A placeholder, so that a template string or a log line never shows the value. */
  toString(): string {
    return '[access token]';
  }

  /** Everything but the value, for Node's `util.inspect`. */
  [Symbol.for('nodejs.util.inspect.custom')](): Record<string, unknown> {
    return this.toJSON();
  }
}

/**
 * Whether a string is safe in an `Authorization` header: only visible ASCII, without spaces or control characters.
 *
 * Wider than the `b64token` of RFC 6750, since providers issue opaque strings, but narrow enough to prevent header injection.
 */
export function isSendableToken(value: string): boolean {
  return /^[\x21-\x7e]+$/.test(value);
}
