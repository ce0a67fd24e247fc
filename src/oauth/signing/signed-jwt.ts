import { base64url, bytesIn } from './base64url.js';

/** Signs bytes. */
export type SignBytes = (data: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>;

/** A JWT in compact serialization (RFC 7515, section 7.1). Members that are `undefined` are left out. */
export async function signedJWT(
  header: Readonly<Record<string, unknown>>,
  claims: Readonly<Record<string, unknown>>,
  signBytes: SignBytes,
): Promise<string> {
  const parts = [{ typ: 'JWT', ...header }, claims].map((part) => base64url(JSON.stringify(part)));
  const input = parts.join('.');
  const signature = await signBytes(bytesIn(input));
  return `${input}.${base64url(signature)}`;
}
