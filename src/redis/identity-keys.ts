import { createHash, createHmac, hkdfSync, scrypt } from 'node:crypto';

import { inContextOfNoRequest } from '../platform/async-context.js';
import type { TokenIdentity } from '../sharing/token-store.js';

/** Everything that is derived for one identity. */
export interface IdentityKeys {
  /** 128 bits that name the records. They reveal nothing about the identity without its secrets. */
  readonly kid: string;
  /** The first encrypts, any decrypts. */
  readonly encryption: readonly EncryptionKey[];
  /** A hash that names a token without revealing it: 128 bits. */
  hashOf(token: string): string;
  /** With a `cacheIdentity`, a hash that names the credentials in use, which are not part of the key names then; otherwise ''. */
  readonly credentialsHash: string;
}

export interface EncryptionKey {
  /** Says which key encrypted a payload. Safe to show. */
  readonly id: string;
  readonly key: Buffer;
}

const VERSION = 'axios-bearer|v1';

/**
 * The cost of guessing a weak secret from a key name: 32 MiB and about 0.1 s for each guess. Names do not depend on the store
 * key, so that its rotation does not split a fleet between two sets of records.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7914
 */
const SCRYPT_COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };

/** How many sets of credentials are remembered. A source has one, unless its secrets rotate. */
const MOST_ROOTS = 50;

/** Derives the keys of identities. The slow step is done once for each set of credentials, whatever the parameters. */
export function createKeyring(
  storeKeys: readonly Buffer[],
): (identity: TokenIdentity) => Promise<IdentityKeys> {
  const roots = new Map<string, Promise<Buffer>>();

  function rootOf(identity: TokenIdentity): Promise<Buffer> {
    const [secret, salt] = [secretOf(identity), saltOf(identity)];
    const key = createHash('sha256')
      .update(JSON.stringify([secret, salt]))
      .digest('base64');
    const known = roots.get(key);
    if (known !== undefined) return known;
    const root = inContextOfNoRequest(() => slowRoot(secret, salt));
    roots.set(key, root);
    root.catch(() => roots.delete(key));
    const [oldest] = roots.keys();
    if (roots.size > MOST_ROOTS && oldest !== undefined) roots.delete(oldest);
    return root;
  }

  return async (identity) => {
    const root = await rootOf(identity);
    const context = JSON.stringify([identity.provider, identity.request, identity.paramsKey]);
    const derive = (purpose: string, bytes: number) => hkdf(root, context, purpose, bytes);
    const kid = derive('name', 16).toString('base64url');
    const tokenHashKey = derive('token hash', 32);
    const sealing = storeKeys.length === 0 ? [root] : storeKeys;
    return {
      kid,
      encryption: sealing.map((key) => encryptionKey(key, kid)),
      hashOf: (token) => hmac128(tokenHashKey, token),
      credentialsHash: credentialsHash(storeKeys[0], identity),
    };
  };
}

function secretOf({ cacheIdentity, secretParts }: TokenIdentity): string {
  return JSON.stringify(
    cacheIdentity === undefined ? ['secret', secretParts] : ['named', cacheIdentity],
  );
}

function saltOf({ tokenUrl, publicParts }: TokenIdentity): string {
  return JSON.stringify([VERSION, tokenUrl, publicParts]);
}

function slowRoot(secret: string, salt: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, 32, SCRYPT_COST, (error, root) => {
      if (error === null) resolve(root);
      else reject(error);
    });
  });
}

/** The kid is part of it, so that no two identities share a key, even with the same store key. */
function encryptionKey(from: Buffer, kid: string): EncryptionKey {
  return {
    key: hkdf(from, kid, 'encryption', 32),
    id: hkdf(from, kid, 'key id', 6).toString('base64url'),
  };
}

/** Only a store key makes this safe to publish, since it skips scrypt; a `cacheIdentity` is refused without one. */
function credentialsHash(storeKey: Buffer | undefined, identity: TokenIdentity): string {
  if (storeKey === undefined || identity.cacheIdentity === undefined) return '';
  const key = hkdf(storeKey, saltOf(identity), 'credentials', 32);
  return hmac128(key, JSON.stringify(identity.secretParts));
}

function hkdf(key: Buffer, salt: string, purpose: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, `${VERSION}|${purpose}`, bytes));
}

function hmac128(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest().subarray(0, 16).toString('base64url');
}
