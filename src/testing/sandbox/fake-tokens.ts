import { createHmac } from 'node:crypto';

const URL_SAFE = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const JWT_HEADER = toBase64Url({ alg: 'HS256', typ: 'JWT' });
const SIGNING_KEY = 'sandbox-signing-key-of-no-value';

/** When a token began and when it ends, in epoch milliseconds. */
interface TokenFacts {
  readonly serial: number;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** Returns a writer of JWTs with `iat` and `exp`; the signature is real but never checked. */
export function createJwtWriter(issuer: string): (facts: TokenFacts) => string {
  return ({ serial, issuedAt, expiresAt }) => {
    const signed = `${JWT_HEADER}.${toBase64Url({
      iss: issuer,
      jti: `sandbox-${serial}`,
      iat: Math.floor(issuedAt / 1000),
      exp: Math.floor(expiresAt / 1000),
    })}`;
    return `${signed}.${createHmac('sha256', SIGNING_KEY).update(signed).digest('base64url')}`;
  };
}

/**
 * Returns a writer of opaque tokens in the URL-safe alphabet. They begin with a readable serial number, which makes them
 * unique whatever the random source does.
 */
export function createOpaqueWriter(
  prefix: string,
  length: number,
  random: () => number,
): (facts: TokenFacts) => string {
  return ({ serial }) => {
    let token = `${prefix}_${serial}_`;
    while (token.length < length) token += URL_SAFE[Math.floor(random() * URL_SAFE.length)] ?? '_';
    return token;
  };
}

function toBase64Url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
