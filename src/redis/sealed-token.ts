import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

import type { StoredToken } from '../sharing/token-store.js';
import { isSendableToken } from '../token/access-token.js';
import type { EncryptionKey } from './identity-keys.js';

/** Where an encrypted token belongs: it cannot be decrypted anywhere else. */
export interface SealContext {
  /** The full Redis key. */
  readonly key: string;
  readonly version: string;
  readonly fence: number;
}

const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts a token with AES-256-GCM. The additional data binds it to its key, record version and fence: a record can
 * neither be copied to another key nor replayed as a newer one.
 *
 * @returns key id, IV, ciphertext and tag, in base64url, joined by dots
 * @see https://csrc.nist.gov/pubs/sp/800/38/d/final
 */
export function sealToken(
  token: StoredToken,
  { id, key }: EncryptionKey,
  context: SealContext,
): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(additionalData(context));
  const { value, scope, undated } = token;
  const text = Buffer.concat([
    cipher.update(JSON.stringify({ value, scope, undated }), 'utf8'),
    cipher.final(),
  ]);
  return [id, ...[iv, text, cipher.getAuthTag()].map((part) => part.toString('base64url'))].join(
    '.',
  );
}

/** Decrypts what `sealToken` made; `undefined` if it belongs elsewhere, was made with other keys, or is damaged. */
export function openToken(
  sealed: string,
  keys: readonly EncryptionKey[],
  context: SealContext,
): StoredToken | undefined {
  const [id, ...parts] = sealed.split('.');
  const [iv, text, tag] = parts.map((part) => Buffer.from(part, 'base64url'));
  const key = keys.find((candidate) => candidate.id === id)?.key;
  if (key === undefined || iv?.length !== IV_BYTES || tag?.length !== TAG_BYTES || !text)
    return undefined;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(additionalData(context)).setAuthTag(tag);
    return parseToken(Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8'));
  } catch {
    return undefined;
  }
}

function additionalData({ key, version, fence }: SealContext): Buffer {
  return Buffer.from(JSON.stringify([key, version, fence]));
}

function parseToken(text: string): StoredToken | undefined {
  const { value, scope, undated } = JSON.parse(text) as Record<keyof StoredToken, unknown>;
  if (typeof value !== 'string' || !isSendableToken(value)) return undefined;
  return {
    value,
    scope: typeof scope === 'string' ? scope : undefined,
    undated: undated === true,
  };
}
