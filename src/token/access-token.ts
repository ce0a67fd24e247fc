/** What an access token is made of. */
export interface AccessTokenFields {
  readonly value: string;
  /** When it expires by the wall clock, in epoch milliseconds; absent if nobody knows. */
  readonly expiresAt?: number | undefined;
  /** The granted scope, where the token endpoint named one. */
  readonly scope?: string | undefined;
}

/**
 * An access token that does not show itself: logging, inspecting or serialising it prints everything but the value.
 *
 * Read `value` where the token itself is needed.
 */
export class AccessToken {
  readonly expiresAt: number | undefined;
  readonly scope: string | undefined;
  readonly #value: string;
  readonly #authorization: string;

  constructor(fields: AccessTokenFields) {
    this.#value = fields.value;
    this.#authorization = `Bearer ${fields.value}`;
    this.expiresAt = fields.expiresAt;
    this.scope = fields.scope;
    Object.freeze(this);
  }

  /** The token string itself. Keep it out of logs. */
  get value(): string {
    return this.#value;
  }

  /** The value of the `Authorization` header: `Bearer` and the token (RFC 6750, section 2.1). */
  get authorization(): string {
    return this.#authorization;
  }

  /** What `JSON.stringify` shows: everything but the value. */
  toJSON(): Record<string, unknown> {
    return { type: 'access token', expiresAt: this.expiresAt, scope: this.scope };
  }

  /** A placeholder, so that a template string or a log line never shows the value. */
  toString(): string {
    return '[access token]';
  }

  /** What Node's `util.inspect` shows, whatever it is told to look into. */
  [Symbol.for('nodejs.util.inspect.custom')](): Record<string, unknown> {
    return this.toJSON();
  }
}

/**
 * Tells whether a string can stand in an `Authorization` header: visible ASCII only, no space, no control character.
 *
 * Wider than the `b64token` of RFC 6750, since providers issue opaque strings; narrow enough that nothing can be injected.
 */
export function isSendableToken(value: string): boolean {
  return /^[\x21-\x7e]+$/.test(value);
}
