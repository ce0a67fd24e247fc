import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

import type { SigningAlgorithm } from '../../src/oauth/signing/key-facts.js';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

/** A private key for each algorithm. */
export const keys: Readonly<Record<SigningAlgorithm, KeyObject>> = {
  RS256: rsa,
  PS256: rsa,
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  EdDSA: generateKeyPairSync('ed25519').privateKey,
};

export const algorithms = Object.keys(keys) as SigningAlgorithm[];

export function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }) as string;
}

export function jwkOf(key: KeyObject): Record<string, unknown> {
  return key.export({ format: 'jwk' });
}

export function publicJwkOf(key: KeyObject): Record<string, unknown> {
  return createPublicKey(key).export({ format: 'jwk' });
}

const PARAMETERS = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256' },
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  EdDSA: { name: 'Ed25519' },
};

export function cryptoKeyOf(
  algorithm: SigningAlgorithm,
  usages: KeyUsage[] = ['sign'],
): Promise<CryptoKey> {
  const der = keys[algorithm].export({ type: 'pkcs8', format: 'der' });
  return crypto.subtle.importKey('pkcs8', der, PARAMETERS[algorithm], false, usages);
}
