import { describe, expect, it } from '@jest/globals';
import { createPublicKey, generateKeyPairSync, sign as signWith } from 'node:crypto';
import { decodeProtectedHeader, jwtVerify } from 'jose';

import { isBearerError } from '../../../src/errors/index.js';
import { signingKey, type SigningKeyOptions } from '../../../src/oauth/signing/signing-key.js';
import { misconfiguration } from '../../providers/conversation.js';
import { algorithms, cryptoKeyOf, jwkOf, keys, pemOf, publicJwkOf } from '../key-samples.js';

const PLACE = { provider: 'oauth2', path: 'clientAuthentication' };
const NOW = Date.UTC(2026, 0, 1);

const signed = (options: SigningKeyOptions) => signingKey(options, PLACE).sign({ sub: 'me' }, NOW);

const refusal = (options: SigningKeyOptions) => misconfiguration(() => signingKey(options, PLACE));

describe.each(algorithms)('%s', (algorithm) => {
  const key = keys[algorithm];
  const kms = (data: Uint8Array) =>
    Promise.resolve(
      new Uint8Array(
        algorithm === 'PS256'
          ? signWith('sha256', data, { key, padding: 6, saltLength: 32 })
          : signWith(algorithm === 'EdDSA' ? null : 'sha256', data, key),
      ),
    );

  it.each<[string, () => SigningKeyOptions['key'] | Promise<SigningKeyOptions['key']>]>([
    ['PEM', () => pemOf(key)],
    ['a JWK', () => jwkOf(key)],
    ['a JWK that names its algorithm', () => ({ ...jwkOf(key), alg: algorithm, use: 'sig' })],
    ['a CryptoKey', () => cryptoKeyOf(algorithm)],
    ['a function, whose signature may be DER', () => kms],
  ])('signs with %s, and jose verifies it', async (_, given) => {
    const jwt = await signed({ key: await given(), algorithm });

    const { payload, protectedHeader } = await jwtVerify(jwt, createPublicKey(key));
    expect(payload).toEqual({ sub: 'me' });
    expect(protectedHeader).toEqual({ typ: 'JWT', alg: algorithm });
  });
});

describe('the header', () => {
  it.each<[string, object, unknown]>([
    [
      'the key id that is given',
      { keyId: 'given', key: { ...jwkOf(keys.ES256), kid: 'own' } },
      'given',
    ],
    ['the key id of the JWK', { key: { ...jwkOf(keys.ES256), kid: 'own' } }, 'own'],
    ['no key id otherwise', { key: pemOf(keys.ES256) }, undefined],
  ])('has %s', async (_, options, kid) => {
    const jwt = await signed(options as SigningKeyOptions);

    expect(decodeProtectedHeader(jwt).kid).toBe(kid);
  });

  it.each([
    [pemOf(keys.RS256), 'RS256'],
    [pemOf(keys.ES256), 'ES256'],
    [pemOf(keys.EdDSA), 'EdDSA'],
    [{ ...jwkOf(keys.PS256), alg: 'PS256' }, 'PS256'],
  ])('names the algorithm that fits the key, if none is given', async (key, algorithm) => {
    expect(decodeProtectedHeader(await signed({ key })).alg).toBe(algorithm);
  });
});

describe('an unusable key is refused at creation', () => {
  const pkcs1 = keys.RS256.export({ type: 'pkcs1', format: 'pem' }) as string;
  const sec1 = keys.ES256.export({ type: 'sec1', format: 'pem' }) as string;
  const encrypted = keys.RS256.export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'pass',
  }) as string;
  const publicPEM = createPublicKey(keys.RS256).export({ type: 'spki', format: 'pem' }) as string;
  const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
  const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey;
  const x25519 = generateKeyPairSync('x25519').privateKey;
  const x448 = generateKeyPairSync('x448').privateKey;
  const brainpool = generateKeyPairSync('ec', { namedCurve: 'brainpoolP256r1' }).privateKey;
  const nameless = generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' });

  it.each<[string, unknown, RegExp]>([
    ['PKCS#1', pkcs1, /"BEGIN RSA PRIVATE KEY".*openssl pkcs8 -topk8 -nocrypt/],
    ['SEC1', sec1, /"BEGIN EC PRIVATE KEY".*openssl pkcs8 -topk8 -nocrypt/],
    ['an encrypted key', encrypted, /encrypted with a password.*openssl pkcs8/],
    ['the format of OpenSSH', block('OPENSSH PRIVATE KEY'), /OpenSSH.*ssh-keygen -p -m PKCS8/],
    ['a certificate', block('CERTIFICATE'), /is a certificate\. Pass the private key/],
    ['a public key', publicPEM, /is a public key\. Pass the private key/],
    ['a public JWK', publicJwkOf(keys.RS256), /is a public key/],
    ['a symmetric JWK', { kty: 'oct', k: 'c2VjcmV0' }, /symmetric.*client_secret_jwt/],
    ['a JWK of another type', { kty: 'AKP', d: 'x' }, /unknown type/],
    ['a path in place of a key', '/run/secrets/key.pem', /is not PEM/],
    [
      'line breaks written out',
      pemOf(keys.RS256).replaceAll('\n', '\\n'),
      /"\\n" instead of line breaks.*replaceAll/,
    ],
    ['half a key', halfOf(pemOf(keys.RS256)), /damaged or cut off/],
    ['no Base64', block('PRIVATE KEY', '!!!'), /damaged or cut off/],
    ['other DER', block('PRIVATE KEY', 'MAA='), /damaged or cut off/],
    ['a small RSA key', pemOf(small), /of 1024 bits.*2048 or more.*openssl genpkey/],
    ['a small RSA key as JWK', jwkOf(small), /of 1024 bits/],
    ['a curve that is not supported', pemOf(p384), /on the curve P-384.*Use an RSA key/],
    ['a curve that is not supported, as JWK', jwkOf(p384), /on the curve P-384/],
    ['a curve that we do not know', pemOf(brainpool), /is a key on an unsupported curve, which/],
    [
      'a curve without a name',
      pemOf(nameless.privateKey),
      /is a key on an unsupported curve, which/,
    ],
    ['a key of a type that we do not know', pemOf(x448), /is a key of an unsupported type, which/],
    ['a key for PSS alone', pemOf(pss), /an RSASSA-PSS key/],
    ['a key that cannot sign', pemOf(x25519), /on the curve X25519/],
    ['no key', undefined, /key is missing/],
    ['a number', 7, /is not a key/],
  ])('%s', (_, key, message) => {
    const error = refusal({ key } as SigningKeyOptions);

    expect(error.option).toBe('clientAuthentication.key');
    expect(error.message).toMatch(message);
    expect(error.message).not.toMatch(/MII|"d"|c2VjcmV0|run\/secrets/);
  });

  it.each<[string, unknown, string, RegExp]>([
    [
      'an RSA key for ES256',
      pemOf(keys.RS256),
      'ES256',
      /is an RSA key, which cannot sign ES256\. Set algorithm to RS256 or PS256/,
    ],
    [
      'an EC key for RS256',
      jwkOf(keys.ES256),
      'RS256',
      /on the curve P-256, which cannot sign RS256\. Set algorithm to ES256/,
    ],
    ['an Ed25519 key for ES256', pemOf(keys.EdDSA), 'ES256', /Set algorithm to EdDSA/],
  ])('%s', (_, key, algorithm, message) => {
    expect(refusal({ key, algorithm } as SigningKeyOptions).message).toMatch(message);
  });

  it('a CryptoKey for another algorithm, for another use, or a public one', async () => {
    const rs256 = await cryptoKeyOf('RS256');
    const pair = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, false, [
      'deriveBits',
    ]);

    expect(refusal({ key: rs256, algorithm: 'PS256' }).message).toMatch(
      /RSASSA-PKCS1-v1_5 with SHA-256, which cannot sign PS256\. Set algorithm to RS256/,
    );
    expect(refusal({ key: pair.privateKey }).message).toMatch(/may not be used to sign/);
    expect(refusal({ key: pair.publicKey }).message).toMatch(/public key/);
  });

  it('a function without its algorithm, and an algorithm that is not supported', () => {
    const key = () => Promise.resolve(new Uint8Array());

    expect(refusal({ key })).toMatchObject({ option: 'clientAuthentication.algorithm' });
    expect(refusal({ key, algorithm: 'RS512' as never }).message).toMatch(
      /algorithm is not supported\. Use one of: RS256, PS256, ES256, EdDSA/,
    );
  });
});

describe('what shows only when it signs is the same typed error', () => {
  it.each<[string, SigningKeyOptions, RegExp]>([
    [
      'a key with damaged numbers',
      { key: { ...jwkOf(keys.ES256), x: 'AAAA' } },
      /cannot be imported/,
    ],
    [
      'a function that returns text',
      { key: () => Promise.resolve('AAAA' as never), algorithm: 'RS256' },
      /returned no bytes/,
    ],
    [
      'a function that signs with another curve',
      { key: () => Promise.resolve(new Uint8Array(96)), algorithm: 'ES256' },
      /something other than a signature/,
    ],
  ])('%s', async (_, options, message) => {
    const error: unknown = await signed(options).catch((thrown: unknown) => thrown);

    expect(isBearerError(error, 'ERR_BEARER_MISCONFIGURED')).toBe(true);
    expect(error).toMatchObject({ option: 'clientAuthentication.key' });
    expect(error).not.toHaveProperty('cause');
    expect(String(error)).toMatch(message);
  });
});

function block(label: string, base64 = 'AAAA'): string {
  return `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`;
}

function halfOf(pem: string): string {
  const lines = pem.trim().split('\n');
  return [...lines.slice(0, 8), lines.at(-1)].join('\n');
}
