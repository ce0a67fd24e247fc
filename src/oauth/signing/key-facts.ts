import { read } from '../../concealment/any-object.js';
import { base64Bytes } from './base64url.js';
import { bitLength, DER, derValues, partsOf, type DerValue } from './der.js';

/** The algorithms that sign with a private key (RFC 7518, section 3.1; RFC 8037, section 3.1). */
export type SigningAlgorithm = 'RS256' | 'PS256' | 'ES256' | 'EdDSA';

/** What can be read from a key without importing it. */
export interface KeyFacts {
  /** The algorithms that fit the key, the usual one first; an empty list if we support none. */
  readonly algorithms: readonly SigningAlgorithm[];
  /** For the error: `an RSA key`. */
  readonly kind: string;
  /** The size of an RSA key in bits, if it can be seen. */
  readonly bits?: number | undefined;
}

/** Why a key cannot be used, and what to do. */
export interface KeyProblem {
  readonly problem: string;
  readonly remedy: string;
}

export type Judged = { readonly facts: KeyFacts } | KeyProblem;

/** RFC 7518, section 3.3: "A key of size 2048 bits or larger MUST be used". */
const LEAST_RSA_BITS = 2048;
/** An algorithm or curve that is not in our table. */
const OTHER = 'another';
const ELLIPTIC: Readonly<Record<string, SigningAlgorithm>> = { 'P-256': 'ES256', Ed25519: 'EdDSA' };

function rsa(bits: number | undefined): KeyFacts {
  return { algorithms: ['RS256', 'PS256'], kind: 'an RSA key', bits };
}

function elliptic(curve = OTHER): KeyFacts {
  const algorithm = ELLIPTIC[curve];
  return {
    algorithms: algorithm === undefined ? [] : [algorithm],
    kind: curve === OTHER ? 'a key on an unsupported curve' : `a key on the curve ${curve}`,
  };
}

/**
 * The algorithm to sign with: the one asked for, if the key fits it, or the usual one of the key.
 */
export function algorithmFor(
  { algorithms, kind, bits = LEAST_RSA_BITS }: KeyFacts,
  asked: SigningAlgorithm | undefined,
): { readonly algorithm: SigningAlgorithm } | KeyProblem {
  if (bits < LEAST_RSA_BITS)
    return {
      problem: `is an RSA key of ${bits} bits, and RFC 7518 asks for ${LEAST_RSA_BITS} or more`,
      remedy: 'Make a new one: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048',
    };
  const algorithm = asked ?? algorithms[0];
  if (algorithm !== undefined && algorithms.includes(algorithm)) return { algorithm };
  return {
    problem: `is ${kind}, which cannot sign ${asked ?? 'RS256, PS256, ES256 or EdDSA'}`,
    remedy:
      algorithms.length === 0
        ? 'Use an RSA key, or one on the curve P-256 or Ed25519.'
        : `Set algorithm to ${algorithms.join(' or ')}, or give another key.`,
  };
}

const PUBLIC: KeyProblem = {
  problem: 'is a public key',
  remedy: 'Pass the private key that belongs to it.',
};
const SYMMETRIC: KeyProblem = {
  problem: 'is a symmetric key',
  remedy: 'Pass the private key of a pair; for a shared secret, use client_secret_jwt.',
};
const UNREADABLE: KeyProblem = {
  problem: 'cannot be read: it is damaged or cut off',
  remedy: 'Check where it comes from; `openssl pkey -in key.pem -noout` checks a file.',
};
const TO_PKCS8 = 'openssl pkcs8 -topk8 -nocrypt -in key.pem -out pkcs8.pem';

/** What to do about PEM with another header. */
const OTHER_LABELS: Readonly<Record<string, KeyProblem>> = {
  CERTIFICATE: {
    problem: 'is a certificate',
    remedy: 'Pass the private key that belongs to it; the certificate can go into `certificate`.',
  },
  'PUBLIC KEY': PUBLIC,
  'RSA PUBLIC KEY': PUBLIC,
  'ENCRYPTED PRIVATE KEY': {
    problem: 'is encrypted with a password',
    remedy: `Decrypt it: ${TO_PKCS8}`,
  },
  'OPENSSH PRIVATE KEY': {
    problem: 'is in the format of OpenSSH, not PKCS#8',
    remedy: 'Convert a copy: ssh-keygen -p -m PKCS8 -N "" -f copy-of-key',
  },
};

/** The blocks of PEM in a text. */
export function pemBlocks(pem: unknown): { readonly label: string; readonly base64: string }[] {
  return [...String(pem).matchAll(/-----BEGIN ([^-]+)-----([^-]*)-----END \1-----/g)].map(
    ([, label = '', base64 = '']) => ({ label, base64 }),
  );
}

/** Judges a private key in PEM by its header and, without decoding the key itself, by the algorithm it names (RFC 5208, section 5). */
export function judgePEM(pem: string): Judged {
  if (pem.includes('\\n'))
    return {
      problem: 'has the characters "\\n" instead of line breaks',
      remedy: "Replace them: key.replaceAll('\\\\n', '\\n').",
    };
  const blocks = pemBlocks(pem);
  const pkcs8 = blocks.find(({ label }) => label === 'PRIVATE KEY');
  if (pkcs8 !== undefined) return orUnreadable(() => pkcs8Facts(base64Bytes(pkcs8.base64)));
  const label = blocks[0]?.label;
  if (label === undefined)
    return {
      problem: 'is not PEM',
      remedy:
        'PEM begins with "-----BEGIN PRIVATE KEY-----" and ends with "-----END PRIVATE KEY-----".',
    };
  return (
    OTHER_LABELS[label] ?? {
      problem: `is PEM with the header "BEGIN ${label}", and PKCS#8 ("BEGIN PRIVATE KEY") is needed`,
      remedy: `Convert it: ${TO_PKCS8}`,
    }
  );
}

function orUnreadable(look: () => KeyFacts | undefined): Judged {
  try {
    const facts = look();
    return facts === undefined ? UNREADABLE : { facts };
  } catch {
    return UNREADABLE;
  }
}

/** Object identifiers, by the bytes of their DER. */
const OID: Readonly<Record<string, string>> = {
  '2a864886f70d010101': 'RSA',
  '2a864886f70d01010a': 'RSA-PSS',
  '2a8648ce3d0201': 'EC',
  '2b6570': 'Ed25519',
  '2b6571': 'Ed448',
  '2b656e': 'X25519',
  '2a8648ce3d030107': 'P-256',
  '2b81040022': 'P-384',
  '2b81040023': 'P-521',
  '2b8104000a': 'secp256k1',
};

function nameOf(oid: DerValue | undefined): string | undefined {
  if (oid?.tag !== DER.oid) return undefined;
  const hex = Array.from(oid.content, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return OID[hex] ?? OTHER;
}

function pkcs8Facts(bytes: Uint8Array): KeyFacts | undefined {
  const [version, algorithm, key] = partsOf(derValues(bytes)[0]);
  if (version?.tag !== DER.integer || key?.tag !== DER.octets) return undefined;
  const [oid, parameters] = partsOf(algorithm);
  const name = nameOf(oid);
  switch (name) {
    case undefined:
      return undefined;
    case 'RSA':
    case 'RSA-PSS': {
      const [, modulus] = partsOf(derValues(key.content)[0]);
      const bits = modulus && bitLength(modulus);
      // Web Crypto cannot import keys that are for PSS only.
      return name === 'RSA' ? rsa(bits) : { algorithms: [], kind: 'an RSASSA-PSS key' };
    }
    case OTHER:
      return { algorithms: [], kind: 'a key of an unsupported type' };
    case 'EC':
      return elliptic(nameOf(parameters));
    default:
      return elliptic(name);
  }
}

/** Judges a private key as a JSON Web Key (RFC 7517). */
export function judgeJWK(jwk: Readonly<Record<string, unknown>>): Judged {
  const { kty, crv, d, n } = jwk;
  if (kty === 'oct') return SYMMETRIC;
  if (kty !== 'RSA' && kty !== 'EC' && kty !== 'OKP')
    return {
      problem: 'is a JWK of an unknown type',
      remedy: 'Pass one whose kty is RSA, EC or OKP.',
    };
  if (typeof d !== 'string') return { ...PUBLIC, problem: 'is a public key: it has no member `d`' };
  if (kty !== 'RSA') return { facts: elliptic(String(crv)) };
  return orUnreadable(() => {
    const base64 = String(n).replaceAll('-', '+').replaceAll('_', '/');
    return rsa(bitLength({ tag: DER.integer, content: base64Bytes(base64) }));
  });
}

/** Judges a key of Web Crypto, which is for one algorithm with one hash. */
export function judgeCryptoKey(key: object): Judged {
  const type = read(key, 'type');
  if (type !== 'private') return type === 'secret' ? SYMMETRIC : PUBLIC;
  const usages = read(key, 'usages');
  if (!Array.isArray(usages) || !usages.includes('sign'))
    return {
      problem: 'may not be used to sign',
      remedy: "Import or generate it with the usage 'sign'.",
    };
  const name = String(read(key, 'algorithm', 'name'));
  const hash = String(read(key, 'algorithm', 'hash', 'name'));
  const bits = Number(read(key, 'algorithm', 'modulusLength'));
  switch (name) {
    case 'ECDSA':
      return { facts: elliptic(String(read(key, 'algorithm', 'namedCurve'))) };
    case 'RSASSA-PKCS1-v1_5':
    case 'RSA-PSS': {
      const algorithm = name === 'RSA-PSS' ? 'PS256' : 'RS256';
      const algorithms: SigningAlgorithm[] = hash === 'SHA-256' ? [algorithm] : [];
      return { facts: { algorithms, kind: `a CryptoKey for ${name} with ${hash}`, bits } };
    }
    default:
      return { facts: elliptic(name) };
  }
}
