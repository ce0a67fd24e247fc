import { createHash } from 'node:crypto';

import { MisconfigurationError } from '../errors/index.js';

/** A key of your own from which the encryption keys are derived: random, 32 bytes or more. */
export type StoreKey = string | Uint8Array;

const LEAST_BYTES = 32;

/**
 * Checks the user's store keys.
 *
 * @returns the keys as bytes, the one to encrypt with first; empty if none was given
 * @throws {@link MisconfigurationError} naming the unusable key, and never quoting it
 */
export function storeKeyBytes(given: StoreKey | readonly StoreKey[] | undefined): Buffer[] {
  if (given === undefined) return [];
  const list: readonly unknown[] = isList(given) ? given : [given];
  if (list.length === 0) throw unusable('storeKey', 'is an empty list');
  const keys = list.map((key, index) =>
    checkedKey(key, list.length === 1 ? 'storeKey' : `storeKey[${index}]`),
  );
  const different = new Set(keys.map((key) => createHash('sha256').update(key).digest('hex')));
  if (different.size < keys.length) throw unusable('storeKey', 'contains the same key twice');
  return keys;
}

function isList(given: StoreKey | readonly StoreKey[]): given is readonly StoreKey[] {
  return Array.isArray(given);
}

function checkedKey(key: unknown, option: string): Buffer {
  if (typeof key !== 'string' && !(key instanceof Uint8Array))
    throw unusable(option, 'is neither a string nor bytes');
  const bytes = Buffer.from(key as string); // A copy, since the caller may wipe its own bytes.
  if (bytes.length < LEAST_BYTES) throw unusable(option, `is shorter than ${LEAST_BYTES} bytes`);
  return bytes;
}

function unusable(option: string, problem: string): MisconfigurationError {
  return new MisconfigurationError({
    option,
    problem,
    remedy: 'Make one with: openssl rand -base64 32',
  });
}
