import { REDACTED } from '../concealment/redacted.js';
import type { AccessToken } from '../token/access-token.js';

/** Enough for the latest tokens of thousands of sources. As hashes they take half a megabyte. */
const REMEMBERED = 10_000;

/**
 * Hashes of the tokens that this process attached most recently, for all sources. A config that is sent again, cloned,
 * serialised or passed to another instance carries one of them, which must not be taken for the caller's own header.
 *
 * Deliberately shared by the whole process: one provider's token must not go to another provider.
 */
const remembered = new Set<number>();
/** So that a token is hashed only once, even if several sources are used in turn. */
const hashes = new WeakMap<AccessToken, number>();
let latest: AccessToken | undefined;

/** Remembers a token that is about to be attached. */
export function rememberToken(token: AccessToken): void {
  if (token === latest) return;
  latest = token;
  const hash = hashes.get(token) ?? hashOf(token.authorization);
  hashes.set(token, hash);
  remembered.delete(hash);
  remembered.add(hash);
  if (remembered.size <= REMEMBERED) return;
  const [oldest] = remembered;
  remembered.delete(oldest as number);
}

/** Whether we wrote a value: a recently attached token, or its mask. */
export function isOurs(written: unknown): boolean {
  if (typeof written !== 'string' && !(written instanceof String)) return false;
  const value = String(written);
  return value === REDACTED || remembered.has(hashOf(value));
}

/** 53 bits of two polynomials, so that a caller's header does not collide by chance. */
function hashOf(text: string): number {
  let high = 0;
  let low = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    high = (Math.imul(high, 31) + code) | 0;
    low = (Math.imul(low, 65_599) + code) | 0;
  }
  return (high >>> 0) * 2 ** 21 + (low >>> 11);
}
