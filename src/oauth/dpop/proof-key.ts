import { isObject, read } from '../../concealment/any-object.js';
import { givenOptions } from '../../concealment/given-options.js';
import { refuseUnknownOptions } from '../../errors/check-options.js';
import { MisconfigurationError } from '../../errors/index.js';
import { inContextOfNoRequest } from '../../platform/async-context.js';
import { bytesIn, sha256 } from '../signing/base64url.js';
import type { SigningAlgorithm } from '../signing/key-facts.js';
import { misconfigured, type OptionPlace } from '../signing/option-place.js';
import { signedJWT } from '../signing/signed-jwt.js';
import {
  checkAlgorithm,
  fittingAlgorithm,
  importedKey,
  isCryptoKey,
  signBytesWith,
  WEB_CRYPTO,
  type Key,
  type PrivateCryptoKey,
  type PrivateJWK,
} from '../signing/signing-key.js';

/** A pair of keys of Web Crypto, as `crypto.subtle.generateKey` returns it. The private key need not be extractable. */
export interface ProofKeyPair {
  readonly privateKey: PrivateCryptoKey;
  readonly publicKey: object;
}

/** The key that proofs are signed with. */
export interface DPoPOptions {
  /** The private key: PEM (PKCS#8), a JWK, or a pair of CryptoKeys, since the public key goes into each proof. */
  readonly key: string | PrivateJWK | ProofKeyPair;
  /** @defaultValue what fits the key: RS256, ES256 or EdDSA */
  readonly algorithm?: SigningAlgorithm | undefined;
}

/** A key to sign proofs with. */
export interface ProofKey {
  /** The thumbprint of the public key (RFC 7638), which names the key. */
  thumbprint(): Promise<string>;
  /** A proof with these claims (RFC 9449, section 4.2). */
  sign(claims: Readonly<Record<string, unknown>>): Promise<string>;
}

/** An imported key. */
interface Opened {
  readonly privateKey: CryptoKey;
  readonly jwk: Readonly<Record<string, unknown>>;
  readonly thumbprint: string;
}

/**
 * The key for proofs; `true` is a new one with ES256, which lives as long as the provider.
 *
 * @throws {@link MisconfigurationError} naming the option, never the key
 */
export function proofKey(given: true | DPoPOptions, provider: string): ProofKey {
  const { algorithm, open } = given === true ? NEW_KEY : fromOptions(given, provider);
  let opening: Promise<Opened> | undefined;
  const opened = () => (opening ??= inContextOfNoRequest(() => open().then(openedKey)));
  return {
    thumbprint: async () => (await opened()).thumbprint,
    async sign(claims) {
      const { privateKey, jwk } = await opened();
      return signedJWT({ typ: 'dpop+jwt', alg: algorithm, jwk }, claims, (data) =>
        signBytesWith(privateKey, algorithm, data),
      );
    },
  };
}

/** A private key, and the public one or an object that contains it. */
interface Pair {
  readonly privateKey: CryptoKey;
  readonly publicKey: Readonly<Record<string, unknown>>;
}

interface KeySource {
  readonly algorithm: SigningAlgorithm;
  readonly open: () => Promise<Pair>;
}

const NEW_KEY: KeySource = {
  algorithm: 'ES256',
  async open() {
    const { privateKey, publicKey } = await crypto.subtle.generateKey(WEB_CRYPTO.ES256, false, [
      'sign',
      'verify',
    ]);
    return { privateKey, publicKey: await exported(publicKey) };
  },
};

function fromOptions(given: DPoPOptions, provider: string): KeySource {
  const place = { provider, path: 'dpop' };
  if (!isObject(given))
    throw new MisconfigurationError({
      provider,
      option: 'dpop',
      problem: 'is neither true nor an object with a key',
      remedy: 'Pass true for a new key, or { key }.',
    });
  refuseUnknownOptions(given, ['key', 'algorithm'], { of: 'dpop', provider, path: 'dpop.' });
  const { key, algorithm: asked } = givenOptions(given);
  checkAlgorithm(asked, place);
  return isPair(key) ? fromPair(key, asked, place) : fromPrivateKey(key, asked, place);
}

function isPair(key: unknown): key is ProofKeyPair {
  return isObject(read(key, 'privateKey'));
}

function fromPair(
  { privateKey, publicKey }: ProofKeyPair,
  asked: SigningAlgorithm | undefined,
  place: OptionPlace,
): KeySource {
  const algorithm = fittingAlgorithm(privateKey, asked, place);
  if (read(publicKey, 'type') !== 'public' || read(publicKey, 'extractable') !== true)
    throw misconfigured(
      place,
      'key.publicKey',
      'is not a public key that can be exported',
      'Pass the pair that crypto.subtle.generateKey returned.',
    );
  return {
    algorithm,
    open: async () => ({
      privateKey: await importedKey(privateKey, algorithm, place),
      publicKey: await exported(publicKey as CryptoKey),
    }),
  };
}

function fromPrivateKey(
  key: Key,
  asked: SigningAlgorithm | undefined,
  place: OptionPlace,
): KeySource {
  const fail = (problem: string, remedy: string): never => {
    throw misconfigured(place, 'key', problem, remedy);
  };
  // A proof is signed for each request, and needs the public key.
  if (typeof key === 'function') fail('is a function', 'Pass the key itself.');
  const algorithm = fittingAlgorithm(key, asked, place);
  if (isObject(key) && isCryptoKey(key))
    fail('is a CryptoKey alone', 'Pass the pair, { privateKey, publicKey }.');
  return {
    algorithm,
    async open() {
      const privateKey = await importedKey(key, algorithm, place, true);
      return { privateKey, publicKey: await exported(privateKey) };
    },
  };
}

async function exported(key: CryptoKey): Promise<Pair['publicKey']> {
  return { ...(await crypto.subtle.exportKey('jwk', key)) };
}

/** The members of a public key, in the order of RFC 7638, section 3.2. */
const PUBLIC_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
  RSA: ['e', 'kty', 'n'],
};

async function openedKey({ privateKey, publicKey }: Pair): Promise<Opened> {
  const members = PUBLIC_MEMBERS[String(publicKey['kty'])] ?? [];
  const jwk = Object.fromEntries(members.map((member) => [member, publicKey[member]]));
  return { privateKey, jwk, thumbprint: await sha256(bytesIn(JSON.stringify(jwk))) };
}
