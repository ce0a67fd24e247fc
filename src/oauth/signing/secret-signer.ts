import { utf8Bytes } from '../../platform/utf8.js';
import { bytesIn } from './base64url.js';
import { signedJWT } from './signed-jwt.js';
import type { SigningKey } from './signing-key.js';

/** Signs with a client secret, HS256 (RFC 7518, section 3.2). */
export function secretSigner(clientSecret: string): SigningKey['sign'] {
  const secret = bytesIn(utf8Bytes(clientSecret));
  return (claims) =>
    signedJWT({ alg: 'HS256' }, claims, async (data) => {
      const algorithm = { name: 'HMAC', hash: 'SHA-256' };
      const key = await crypto.subtle.importKey('raw', secret, algorithm, false, ['sign']);
      return new Uint8Array(await crypto.subtle.sign('HMAC', key, data));
    });
}
