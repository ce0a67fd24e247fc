import { seconds, text, type Rules } from '../errors/option-rules.js';
import { randomHex } from '../platform/random-hex.js';

/** The parts of an assertion that differ between servers. */
export interface AssertionOptions {
  /** The claim `aud`. @defaultValue the issuer if discovery found it, otherwise the URL of the token endpoint */
  readonly audience?: string | undefined;
  /** How long an assertion is valid, in seconds. @defaultValue 60 */
  readonly lifetimeSeconds?: number | undefined;
}

const DEFAULT_LIFETIME_SECONDS = 60;

/** What these options may be. */
export const ASSERTION_RULES: Rules<keyof AssertionOptions> = {
  audience: text,
  lifetimeSeconds: seconds,
};

/**
 * The claims of an assertion that is valid once and for a short time (RFC 7523, section 3).
 *
 * @param nowMs - by the server's clock, since a server refuses an assertion issued in its future
 */
export function assertionClaims(
  who: Readonly<Record<string, unknown>>,
  { lifetimeSeconds = DEFAULT_LIFETIME_SECONDS }: Pick<AssertionOptions, 'lifetimeSeconds'>,
  nowMs: number,
): Readonly<Record<string, unknown>> {
  const iat = Math.floor(nowMs / 1000);
  return { ...who, jti: randomHex(), iat, exp: iat + Math.ceil(lifetimeSeconds) };
}
