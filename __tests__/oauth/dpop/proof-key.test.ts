import { describe, expect, test } from '@jest/globals';
import {
  calculateJwkThumbprint,
  decodeProtectedHeader,
  EmbeddedJWK,
  jwtVerify,
  type JWK,
} from 'jose';

import { proofKey, type DPoPOptions } from '../../../src/oauth/dpop/proof-key.js';
import { oauth2 } from '../../../src/oauth/index.js';
import { misconfiguration } from '../../providers/conversation.js';
import { algorithms, jwkOf, keys, pemOf, publicJwkOf } from '../key-samples.js';

const pairOf = (extractable = false) =>
  crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, extractable, [
    'sign',
    'verify',
  ]);

async function signedWith(given: true | DPoPOptions) {
  const key = proofKey(given, 'crm');
  const proof = await key.sign({ jti: 'j' });
  await jwtVerify(proof, EmbeddedJWK, { typ: 'dpop+jwt' });
  const { alg, jwk } = decodeProtectedHeader(proof) as { alg: string; jwk: JWK };
  expect(await key.thumbprint()).toBe(await calculateJwkThumbprint(jwk));
  return { alg, jwk };
}

describe('a proof verifies with the public key in it, and its thumbprint is that of RFC 7638', () => {
  test.each(algorithms)('with PEM and with a JWK, %s', async (algorithm) => {
    const key = keys[algorithm];
    const { kty, crv, x, y, n, e } = publicJwkOf(key) as JWK;
    const publicMembers = JSON.parse(JSON.stringify({ kty, crv, x, y, n, e })) as object;

    for (const given of [pemOf(key), { ...jwkOf(key), kid: 'k1', key_ops: ['sign'] }]) {
      const { alg, jwk } = await signedWith({ key: given, algorithm });
      expect(alg).toBe(algorithm);
      expect(jwk).toEqual(publicMembers);
    }
  });

  test('with a pair of CryptoKeys whose private key cannot be exported', async () => {
    const key = (await pairOf()) as never;

    expect((await signedWith({ key })).alg).toBe('ES256');
  });

  test('with a new key, which each provider has for itself', async () => {
    const [one, other] = [await signedWith(true), await signedWith(true)];

    expect(one.alg).toBe('ES256');
    expect(one.jwk.x).not.toBe(other.jwk.x);
  });
});

const hmacKey = () =>
  crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, true, ['sign']) as Promise<never>;

describe('what cannot sign proofs is refused at creation, naming the option and not the key', () => {
  test.each<[string, () => unknown, string, string]>([
    ['a word', () => 'on', 'dpop', 'is neither true nor an object'],
    ['no key', () => ({}), 'dpop.key', 'is missing'],
    [
      'another option',
      () => ({ key: pemOf(keys.ES256), keyId: 'k1' }),
      'dpop.keyId',
      'is not an option of dpop',
    ],
    ['a CryptoKey for HMAC', async () => ({ key: await hmacKey() }), 'dpop.key', 'is a symmetric'],
    ['a secret', () => ({ key: 'open sesame, open' }), 'dpop.key', 'is not PEM'],
    ['a function', () => ({ key: () => undefined }), 'dpop.key', 'is a function'],
    [
      'an unsupported algorithm',
      () => ({ key: pemOf(keys.ES256), algorithm: 'HS256' }),
      'dpop.algorithm',
      'is not supported',
    ],
    [
      'an algorithm that does not fit the key',
      () => ({ key: pemOf(keys.ES256), algorithm: 'RS256' }),
      'dpop.key',
      'which cannot sign RS256',
    ],
    [
      'a CryptoKey alone',
      async () => ({ key: (await pairOf()).privateKey }),
      'dpop.key',
      'is a CryptoKey alone',
    ],
    [
      'two private keys',
      async () => {
        const { privateKey } = await pairOf(true);
        return { key: { privateKey, publicKey: privateKey } };
      },
      'dpop.key.publicKey',
      'is not a public key',
    ],
  ])('%s', async (_, give, option, problem) => {
    const dpop = (await give()) as never;
    const create = () =>
      oauth2({
        ...{ baseURL: 'https://api.example', tokenUrl: 'https://idp.example/token' },
        ...{ clientId: 'crm', clientSecret: 'a secret', dpop },
      });

    const error = misconfiguration(create);
    expect(error.option).toBe(option);
    expect(error.message).toContain(problem);
    expect(error.message).not.toMatch(/open sesame|MIG/);
  });

  test('a token placement beside it', () => {
    const given = {
      ...{ baseURL: 'https://api.example', tokenUrl: 'https://idp.example/token' },
      ...{ clientId: 'crm', clientSecret: 'a secret', dpop: true },
      tokenPlacement: { scheme: 'Bearer' },
    };

    expect(() => oauth2(given)).toThrow(/tokenPlacement/);
  });
});
