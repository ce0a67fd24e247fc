import { utf8Bytes } from '../../platform/utf8.js';

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
  return Uint8Array.from(atob(text.replaceAll(/\s/g, '')), (character) => character.charCodeAt(0));
}
