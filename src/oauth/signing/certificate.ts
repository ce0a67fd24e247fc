import { systemClock } from '../../platform/clock.js';
import { base64Bytes, sha256 } from './base64url.js';
import { derValues, partsOf, type DerValue } from './der.js';
import { pemBlocks } from './key-facts.js';
import { misconfigured, type OptionPlace } from './option-place.js';

/** A certificate that is named in the header of an assertion. */
export interface Certificate {
  /**
   * Its SHA-256 thumbprint in base64url (RFC 7515, section 4.1.8).
   *
   * @throws {@link MisconfigurationError} if it has expired
   */
  thumbprint(nowMs: number): Promise<string>;
}

/** @throws {@link MisconfigurationError} if it cannot be read, or has expired */
export function checkedCertificate(pem: string, place: OptionPlace): Certificate {
  const fail = (problem: string, remedy: string): never => {
    throw misconfigured(place, 'certificate', problem, remedy);
  };
  const block = pemBlocks(pem).find(({ label }) => label === 'CERTIFICATE');
  if (block === undefined)
    return fail(
      'is not a certificate in PEM',
      'It begins with "-----BEGIN CERTIFICATE-----"; the private key goes into `key`.',
    );
  const notAfter = expiryOf(block.base64);
  if (notAfter === undefined)
    return fail('cannot be read: it is damaged or cut off', 'Check where it comes from.');
  const check = (nowMs: number) => {
    if (nowMs > notAfter)
      fail(`expired on ${dayOf(notAfter)}`, 'Replace it and the key that belongs to it.');
  };
  check(systemClock.now());
  return {
    thumbprint: async (nowMs) => {
      check(nowMs);
      return sha256(base64Bytes(block.base64));
    },
  };
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** When it expires, in epoch milliseconds (RFC 5280, section 4.1); `undefined` if it cannot be read. */
function expiryOf(base64: string): number | undefined {
  try {
    const [certificate] = derValues(base64Bytes(base64));
    const [signed] = partsOf(certificate);
    const fields = partsOf(signed);
    // The version has the tag [0] and may be left out; serial number, algorithm and issuer come before the validity.
    const at = fields[0]?.tag === 0xa0 ? 4 : 3;
    const [, notAfter] = partsOf(fields[at]);
    const time = notAfter && timeOf(notAfter);
    return Number.isNaN(time) ? undefined : time;
  } catch {
    return undefined;
  }
}

const UTC_TIME = 0x17;

/** Years of two digits below 50 are of this century (RFC 5280, section 4.1.2.5.1). */
function timeOf({ tag, content }: DerValue): number {
  const text = String.fromCharCode(...content);
  const century = Number(text.slice(0, 2)) < 50 ? '20' : '19';
  const full = tag === UTC_TIME ? `${century}${text}` : text;
  return Date.parse(full.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}
