import { utf8Bytes } from '../../platform/utf8.js';

/** The bytes of a text with one character for each byte. */
export function bytesIn(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Base64url without padding, of a text or of bytes (RFC 7515, appendix C). */
export function base64url(data: string | Uint8Array): string {
  const bytes =
    typeof data === 'string'
      ? utf8Bytes(data)
      : Array.from(data, (byte) => String.fromCharCode(byte)).join('');
  return btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** The bytes of Base64. @throws DOMException if it is not Base64 */
export function base64Bytes(text: string): Uint8Array<ArrayBuffer> {
  return bytesIn(atob(text.replaceAll(/\s/g, '')));
}

/** SHA-256, in base64url. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}
