/* What a process knows about the stored token, besides its current one. Each function returns the state after an event. */

import { jittered } from '../token/back-off.js';
import type { HeldHere } from './refresh.js';
import type { StoredRecord } from './token-store.js';

export interface Knowledge {
  /** Changes with `clear()`: answers to earlier questions no longer count. */
  readonly epoch: number;
  /** The fence of the current token, or of the one before if the store does not have the current one. */
  readonly fence: number;
  /** Whether the store has the current token. */
  readonly isStored: boolean;
  /** From this time on, by the monotonic clock, the next use checks the store in the background. */
  readonly lookAt: number;
  /** Tokens that drew a 401 here or were replaced: a store may still offer them, or get them late. */
  readonly rejected: readonly string[];
  /** The highest fence in a hint since the running flight began; `undefined` without a flight. */
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

/** `clear()` or `close()`: answers that are on their way no longer count. */
export function forgotten(known: Knowledge): Knowledge {
  return { ...known, epoch: known.epoch + 1, fence: 0, isStored: true, lookAt: Infinity };
}

/** A token drew a 401: it is not adopted again, and a late commit does not give it to other processes. */
export function rejectedHere(known: Knowledge, value: string): Knowledge {
  if (known.rejected.includes(value)) return known;
  return { ...known, rejected: [...known.rejected, value].slice(-REJECTED_KEPT) };
}

/** A token just issued is valid, even if it was issued before; and a commit of the one it replaces may still be on its way. */
export function mintedHere(
  known: Knowledge,
  value: string,
  replaced: string | undefined,
): Knowledge {
  const { rejected } = replaced === undefined ? known : rejectedHere(known, replaced);
  return { ...known, rejected: rejected.filter((other) => other !== value) };
}

/** The current token has this fence; without a fence, the store does not have it. */
export function withFence(known: Knowledge, fence: number | undefined, moment: Moment): Knowledge {
  return fence === undefined
    ? lookingSoon({ ...known, isStored: false }, moment)
    : looking({ ...known, isStored: true, fence }, moment);
}

export function looking(known: Knowledge, moment: Moment, ms = LOOK_MS): Knowledge {
  return { ...known, lookAt: moment.monoMs + jittered(ms, moment.random) };
}

/** Looks again soon, but not before the store may be asked. */
export function lookingSoon(known: Knowledge, moment: Moment): Knowledge {
  return looking(known, moment, Math.max(LOOK_SOON_MS, moment.pausedForMs * 1.25));
}

export function flightBegun(known: Knowledge): Knowledge {
  return { ...known, heard: 0 };
}

/** If a hint announced a token newer than the flight's, the next use looks it up. */
export function flightEnded(known: Knowledge, moment: Moment): Knowledge {
  const after = { ...known, heard: undefined };
  return (known.heard ?? 0) > known.fence ? looking(after, moment, 0) : after;
}

/** A hint that the stored token has this fence. It is not news during a flight, which asks the store itself. */
export function hinted(known: Knowledge, fence: number): Knowledge & { readonly isNews: boolean } {
  return known.heard === undefined
    ? { ...known, isNews: fence > known.fence && known.lookAt !== Infinity }
    : { ...known, isNews: false, heard: Math.max(known.heard, fence) };
}

/** How the stored token compares with the current one. */
export type Comparison =
  /** They are the same. */
  | {
      readonly kind: 'same';
      readonly fence: number;
      readonly value: string;
      readonly drew401: boolean;
    }
  | { readonly kind: 'newer'; readonly found: StoredRecord }
  /** The current one was minted while the store was away, and the other processes need it. */
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

/** A higher fence is newer. Since the counter may have been lost with the store, a longer lifetime is newer too. */
function isNewer(known: Knowledge, found: StoredRecord, held: HeldHere | undefined): boolean {
  if (known.rejected.includes(found.token.value)) return false;
  if (held === undefined || held.rejected) return true;
  if (found.remainingMs > (held.remainingMs ?? Infinity)) return true;
  return known.isStored && found.fence > known.fence;
}
