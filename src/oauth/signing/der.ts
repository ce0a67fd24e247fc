/** One value of DER, the encoding of keys, certificates and ECDSA signatures. */
export interface DerValue {
  readonly tag: number;
  readonly content: Uint8Array;
}

export const DER = Object.freeze({ integer: 0x02, octets: 0x04, oid: 0x06, sequence: 0x30 });

/**
 * The consecutive values in `bytes`.
 *
 * @throws RangeError if a value ends beyond the bytes
 * @see ITU-T X.690, section 8.1
 */
export function derValues(bytes: Uint8Array): DerValue[] {
  const values: DerValue[] = [];
  for (let at = 0; at < bytes.length;) {
    const { length, from } = lengthAt(bytes, at + 1);
    if (from + length > bytes.length) throw new RangeError('The value ends beyond the bytes');
    values.push({ tag: bytes[at] ?? 0, content: bytes.subarray(from, from + length) });
    at = from + length;
  }
  return values;
}

function lengthAt(bytes: Uint8Array, at: number): { length: number; from: number } {
  const first = bytes[at] ?? Number.POSITIVE_INFINITY;
  if (first < 0x80) return { length: first, from: at + 1 };
  const count = first - 0x80;
  const length = bytes.subarray(at + 1, at + 1 + count).reduce((sum, byte) => sum * 256 + byte, 0);
  return { length: count > 4 ? Number.POSITIVE_INFINITY : length, from: at + 1 + count };
}

/** A value's parts; an empty list if it is missing. */
export function partsOf(value: DerValue | undefined): DerValue[] {
  return value === undefined ? [] : derValues(value.content);
}

/** How many bits an unsigned integer has. */
export function bitLength({ content }: DerValue): number {
  const digits = withoutLeadingZeros(content);
  const [first] = digits;
  return first === undefined ? 0 : digits.length * 8 - Math.clz32(first) + 24;
}

/**
 * The two numbers of an ECDSA signature side by side, as JWS needs them, from that form or from DER, as key management services
 * return them.
 *
 * @throws RangeError for anything else
 * @see https://www.rfc-editor.org/rfc/rfc7518#section-3.4
 */
export function joseSignature(signature: Uint8Array, coordinateBytes: number): Uint8Array {
  if (signature.length === 2 * coordinateBytes) return signature;
  const [outer, ...rest] = derValues(signature);
  const numbers = partsOf(outer).map(({ content }) => withoutLeadingZeros(content));
  const isPair = outer?.tag === DER.sequence && rest.length === 0 && numbers.length === 2;
  if (!isPair || numbers.some(({ length }) => length > coordinateBytes))
    throw new RangeError('Not an ECDSA signature');
  const joined = new Uint8Array(2 * coordinateBytes);
  numbers.forEach((digits, index) => {
    joined.set(digits, (index + 1) * coordinateBytes - digits.length);
  });
  return joined;
}

function withoutLeadingZeros(digits: Uint8Array): Uint8Array {
  const start = digits.findIndex((digit) => digit !== 0);
  return start === -1 ? new Uint8Array() : digits.subarray(start);
}
