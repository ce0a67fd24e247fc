import { isObject, read } from '../../concealment/any-object.js';
import { text, type Rules } from '../../errors/option-rules.js';
import { inContextOfNoRequest } from '../../platform/async-context.js';
import { base64Bytes } from './base64url.js';
import { checkedCertificate, type Certificate } from './certificate.js';
import { joseSignature } from './der.js';
import {
  algorithmFor,
  judgeCryptoKey,
  judgeJWK,
  judgePEM,
  pemBlocks,
  type Judged,
  type KeyProblem,
  type SigningAlgorithm,
} from './key-facts.js';
import { misconfigured, type OptionPlace } from './option-place.js';
import { signedJWT, type SignBytes } from './signed-jwt.js';

/** A private key as a JSON Web Key (RFC 7517). */
export type PrivateJWK = { readonly kty?: string; readonly kid?: string } & Readonly<
  Record<string, unknown>
>;

/** A private key of Web Crypto, described by its members, since the global type has different names on different platforms. */
export interface PrivateCryptoKey {
  readonly type: string;
  readonly algorithm: { readonly name: string };
  readonly usages: readonly string[];
}

/**
 * Signs bytes with a private key that cannot be exported, as in a key management service. For ES256 the signature may be DER, as
 * such services return it, or the two numbers side by side.
 */
export type SignFunction = (data: Uint8Array) => Promise<Uint8Array>;

/** What an assertion is signed with. */
export interface SigningKeyOptions {
  /** The private key: PEM (PKCS#8), a JWK or a CryptoKey; or a function that signs, for instance with a key management service. */
  readonly key: string | PrivateJWK | PrivateCryptoKey | SignFunction;
  /** Required with a function. @defaultValue the one that fits the key: RS256, ES256 or EdDSA */
  readonly algorithm?: SigningAlgorithm | undefined;
  /** The `kid` in the header, by which the server finds the public key. @defaultValue the JWK's own; otherwise none */
  readonly keyId?: string | undefined;
  /**
   * The certificate that belongs to the key, as PEM, for servers that find it by its thumbprint in the header `x5t#S256` (RFC 7515,
   * section 4.1.8), such as Microsoft Entra ID. @defaultValue none
   */
  readonly certificate?: string | undefined;
}

/** What these options may be. The others are checked with the key. */
export const SIGNING_KEY_RULES: Rules<keyof SigningKeyOptions> = {
  keyId: text,
  ...{ key: undefined, algorithm: undefined, certificate: undefined },
};

/** A key that has been checked as far as possible without importing it. */
export interface SigningKey {
  readonly algorithm: SigningAlgorithm;
  /**
   * A JWT with these claims, in compact serialization.
   *
   * @throws {@link MisconfigurationError} if the key cannot be imported, or the certificate has expired
   */
  readonly sign: (claims: Readonly<Record<string, unknown>>, nowMs: number) => Promise<string>;
}

const ALGORITHMS: readonly SigningAlgorithm[] = ['RS256', 'PS256', 'ES256', 'EdDSA'];

/**
 * Checks a key as far as possible without importing it, which is asynchronous.
 *
 * @throws {@link MisconfigurationError} naming the option, never the key
 */
export function signingKey(options: SigningKeyOptions, place: OptionPlace): SigningKey {
  const { key, algorithm: asked, keyId, certificate: pem } = options;
  checkAlgorithm(asked, place);
  const certificate = pem === undefined ? undefined : checkedCertificate(pem, place);
  if (typeof key === 'function') {
    if (asked === undefined)
      throw misconfigured(
        place,
        'algorithm',
        'is missing',
        'Name the algorithm that the function signs with.',
      );
    const header = { alg: asked, kid: keyId };
    return { algorithm: asked, sign: signerOf(header, byFunction(key, asked, place), certificate) };
  }
  const algorithm = fittingAlgorithm(key, asked, place);
  const header = { alg: algorithm, kid: keyId ?? keyIdIn(key) };
  return { algorithm, sign: signerOf(header, byKey(key, algorithm, place), certificate) };
}

/** A key that Web Crypto can import. */
export type Key = Exclude<SigningKeyOptions['key'], SignFunction>;

/** @throws {@link MisconfigurationError} if it is not one of ours */
export function checkAlgorithm(asked: SigningAlgorithm | undefined, place: OptionPlace): void {
  if (asked === undefined || ALGORITHMS.includes(asked)) return;
  const remedy = `Use one of: ${ALGORITHMS.join(', ')}.`;
  throw misconfigured(place, 'algorithm', 'is not supported', remedy);
}

/**
 * The algorithm to sign with, of a key that can be used.
 *
 * @throws {@link MisconfigurationError} naming the option, never the key
 */
export function fittingAlgorithm(
  key: Key,
  asked: SigningAlgorithm | undefined,
  place: OptionPlace,
): SigningAlgorithm {
  const fail = ({ problem, remedy }: KeyProblem): never => {
    throw misconfigured(place, 'key', problem, remedy);
  };
  const judged = judge(key);
  if ('problem' in judged) return fail(judged);
  const fitting = algorithmFor(judged.facts, asked ?? algorithmIn(key));
  return 'problem' in fitting ? fail(fitting) : fitting.algorithm;
}

function judge(key: unknown): Judged {
  if (typeof key === 'string') return judgePEM(key);
  if (!isObject(key))
    return {
      problem: key === undefined ? 'is missing' : 'is not a key',
      remedy: 'Pass PEM (PKCS#8), a JWK, a CryptoKey, or a function that signs.',
    };
  return isCryptoKey(key) ? judgeCryptoKey(key) : judgeJWK(key as PrivateJWK);
}

export function isCryptoKey(key: object): key is PrivateCryptoKey {
  return read(key, 'kty') === undefined && read(key, 'algorithm') !== undefined;
}

/** A JWK may say which algorithm it is for. */
function algorithmIn(key: Key): SigningAlgorithm | undefined {
  const own = typeof key === 'string' ? undefined : read(key, 'alg');
  return own === 'Ed25519' ? 'EdDSA' : ALGORITHMS.find((algorithm) => algorithm === own);
}

function keyIdIn(key: Key): string | undefined {
  const kid = typeof key === 'string' ? undefined : read(key, 'kid');
  return typeof kid === 'string' ? kid : undefined;
}

function signerOf(
  header: { readonly alg: SigningAlgorithm; readonly kid: string | undefined },
  signBytes: SignBytes,
  certificate: Certificate | undefined,
): SigningKey['sign'] {
  return async (claims, nowMs) => {
    const thumbprint = await certificate?.thumbprint(nowMs);
    return signedJWT({ ...header, 'x5t#S256': thumbprint }, claims, signBytes);
  };
}

function byFunction(
  sign: SignFunction,
  algorithm: SigningAlgorithm,
  place: OptionPlace,
): SignBytes {
  return async (data) => {
    const signature: unknown = await sign(data);
    if (!(signature instanceof Uint8Array))
      throw misconfigured(
        place,
        'key',
        'returned no bytes',
        'Return the signature as a Uint8Array.',
      );
    if (algorithm !== 'ES256') return signature;
    try {
      return joseSignature(signature, 32);
    } catch {
      throw misconfigured(
        place,
        'key',
        'returned something other than a signature on the curve P-256',
        'Check which algorithm and key it signs with.',
      );
    }
  };
}

/** The algorithms by their names in Web Crypto, to import a key and to sign. */
export const WEB_CRYPTO = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256', saltLength: 32 },
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  EdDSA: { name: 'Ed25519' },
} as const;

/** Imports the key when it first signs. */
function byKey(key: Key, algorithm: SigningAlgorithm, place: OptionPlace): SignBytes {
  let imported: Promise<CryptoKey> | undefined;
  return async (data) => {
    imported ??= inContextOfNoRequest(() => importedKey(key, algorithm, place));
    return signBytesWith(await imported, algorithm, data);
  };
}

/** The signature over bytes, as JOSE wants it. */
export async function signBytesWith(
  key: CryptoKey,
  algorithm: SigningAlgorithm,
  data: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign(WEB_CRYPTO[algorithm], key, data));
}

/**
 * The key of Web Crypto.
 *
 * @param extractable - whether it can be exported
 * @throws {@link MisconfigurationError} if it cannot be imported
 */
export function importedKey(
  key: Key,
  algorithm: SigningAlgorithm,
  place: OptionPlace,
  extractable = false,
): Promise<CryptoKey> {
  return importKey(key, algorithm, extractable).catch(() => {
    // The platform's own error may quote what it has read.
    throw misconfigured(
      place,
      'key',
      'cannot be imported by Web Crypto',
      'Check where it comes from; `openssl pkey -in key.pem -check -noout` checks a file.',
    );
  });
}

async function importKey(
  key: Key,
  algorithm: SigningAlgorithm,
  extractable: boolean,
): Promise<CryptoKey> {
  const usage = WEB_CRYPTO[algorithm];
  if (typeof key === 'string') {
    const { base64 = '' } = pemBlocks(key).find(({ label }) => label === 'PRIVATE KEY') ?? {};
    return crypto.subtle.importKey('pkcs8', base64Bytes(base64), usage, extractable, ['sign']);
  }
  if (isCryptoKey(key)) return key as unknown as CryptoKey;
  // Platforms accept different names here, and the algorithm has been checked.
  const jwk = { ...key, alg: undefined } as object;
  return crypto.subtle.importKey('jwk', jwk, usage, extractable, ['sign']);
}
