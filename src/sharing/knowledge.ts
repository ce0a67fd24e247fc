/* What a process knows of the stored token, beside the one in its hand. Each function gives the state after something happened. */

import { jittered } from '../token/back-off.js';
import type { HeldHere } from './refresh.js';
import type { StoredRecord } from './token-store.js';

export interface Knowledge {
  /** Changes with `clear()`: what was asked before must not land after it. */
  readonly epoch: number;
  /** Of the token in hand, or of the one before where the store does not have that. */
  readonly fence: number;
  /** The store has the token in hand. */
  readonly isStored: boolean;
  /** From here on, by the monotonic clock, the next use looks at the store in the background. */
  readonly lookAt: number;
  /** Tokens that drew a 401 here or were replaced by a new one: a store may go on offering them, or get them late. */
  readonly rejected: readonly string[];
  /** The highest fence that a hint has told since the flight that is under way began; `undefined` if none is. */
  readonly heard: number | undefined;
}

export interface Moment {
  readonly monoMs: number;
  /** In [0, 1). */
  readonly random: number;
  /** How long the store is left alone. */
  readonly pausedForMs: number;
}

/** How often a process that uses its token looks for a newer one. */
const LOOK_MS = 60_000;
/** How soon it looks again when something was wrong. */
const LOOK_SOON_MS = 1_000;
/** How many rejected tokens are remembered. */
const REJECTED_KEPT = 10;

export const nothingKnown: Knowledge = {
  epoch: 0,
  fence: 0,
  isStored: true,
  lookAt: Infinity,
  rejected: [],
  heard: undefined,
};

/** `clear()` or `close()`: what is asked now is not wanted any more. */
export function forgotten(known: Knowledge): Knowledge {
  return { ...known, epoch: known.epoch + 1, fence: 0, isStored: true, lookAt: Infinity };
}

/** A token drew a 401: it is not taken back, and a commit of it that comes late does not bring it to others. */
export function rejectedHere(known: Knowledge, value: string): Knowledge {
  if (known.rejected.includes(value)) return known;
  return { ...known, rejected: [...known.rejected, value].slice(-REJECTED_KEPT) };
}

/** What the endpoint has just issued is alive, even if it is what it issued before; a commit of the one it replaces may be on its way. */
export function mintedHere(
  known: Knowledge,
  value: string,
  replaced: string | undefined,
): Knowledge {
  const { rejected } = replaced === undefined ? known : rejectedHere(known, replaced);
  return { ...known, rejected: rejected.filter((other) => other !== value) };
}

/** The token in hand is the one with this fence; without one the store does not have it. */
export function withFence(known: Knowledge, fence: number | undefined, moment: Moment): Knowledge {
  return fence === undefined
    ? lookingSoon({ ...known, isStored: false }, moment)
    : looking({ ...known, isStored: true, fence }, moment);
}

export function looking(known: Knowledge, moment: Moment, ms = LOOK_MS): Knowledge {
  return { ...known, lookAt: moment.monoMs + jittered(ms, moment.random) };
}

/** Not before the store may be asked again. */
export function lookingSoon(known: Knowledge, moment: Moment): Knowledge {
  return looking(known, moment, Math.max(LOOK_SOON_MS, moment.pausedForMs * 1.25));
}

export function flightBegun(known: Knowledge): Knowledge {
  return { ...known, heard: 0 };
}

/** A token newer than the one that the flight brought is looked up at the next use. */
export function flightEnded(known: Knowledge, moment: Moment): Knowledge {
  const after = { ...known, heard: undefined };
  return (known.heard ?? 0) > known.fence ? looking(after, moment, 0) : after;
}

/** A hint that the stored token has this fence. A flight asks the store itself, and hears of its own commit as well. */
export function hinted(known: Knowledge, fence: number): Knowledge & { readonly isNews: boolean } {
  return known.heard === undefined
    ? { ...known, isNews: fence > known.fence && known.lookAt !== Infinity }
    : { ...known, isNews: false, heard: Math.max(known.heard, fence) };
}

/** What the stored token is to the one in hand. */
export type Comparison =
  /** The store has the one in hand. */
  | {
      readonly kind: 'same';
      readonly fence: number;
      readonly value: string;
      readonly drew401: boolean;
    }
  | { readonly kind: 'newer'; readonly found: StoredRecord }
  /** The one in hand was minted while the store was away, and the others need it. */
  | { readonly kind: 'unshared'; readonly held: HeldHere; readonly onlyIfAbsent: boolean }
  | { readonly kind: 'nothing-new' };

export function compare(
  known: Knowledge,
  found: StoredRecord | undefined,
  held: HeldHere | undefined,
): Comparison {
  if (found !== undefined && held !== undefined && found.token.value === held.value)
    return { kind: 'same', fence: found.fence, value: held.value, drew401: held.rejected };
  if (found !== undefined && isNewer(known, found, held)) return { kind: 'newer', found };
  return !known.isStored && held !== undefined && !held.rejected
    ? { kind: 'unshared', held, onlyIfAbsent: found === undefined }
    : { kind: 'nothing-new' };
}

/** A fence says so; but the counter may have been lost with the rest of the store, and a longer life says so too. */
function isNewer(known: Knowledge, found: StoredRecord, held: HeldHere | undefined): boolean {
  if (known.rejected.includes(found.token.value)) return false;
  if (held === undefined || held.rejected) return true;
  if (found.remainingMs > (held.remainingMs ?? Infinity)) return true;
  return known.isStored && found.fence > known.fence;
}
