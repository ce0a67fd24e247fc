import { utf8Bytes } from '../platform/utf8.js';

import { readingsAt } from './escapes.js';

/** A range of a text. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** A secret to search for, character by character, each unchanged or as any of its escapes. */
export interface Pattern {
  readonly units: string;
  /** Whether it is so short that it counts only as a whole word. */
  readonly isWordOnly: boolean;
}

/** Anything shorter would match everywhere. */
const SHORTEST_SECRET = 3;
/** From this length on a secret is unlikely to be part of an ordinary word. */
const SHORTEST_WITHIN_WORDS = 6;
/** This many characters of a secret next to a cut count as the secret. */
export const SHORTEST_FRAGMENT = 8;

/** Each secret as characters, and as UTF-8 bytes, on which percent-encoding and Base64 are based. */
export function patternsOf(secrets: readonly string[]): Pattern[] {
  const worthIt = secrets.filter((secret) => secret.length >= SHORTEST_SECRET);
  const isWordOnly = (secret: string) => secret.length < SHORTEST_WITHIN_WORDS;
  const patterns = new Map<string, Pattern>();
  for (const secret of worthIt) {
    for (const units of [secret, utf8Bytes(secret)])
      patterns.set(units, { units, isWordOnly: isWordOnly(secret) });
  }
  return [...patterns.values()];
}

/** Finds every secret in a text, and every fragment of a secret next to a cut. */
export function findSecrets(text: string, patterns: readonly Pattern[]): Range[] {
  const cuts = cutsOf(text);
  const found: Range[] = [];
  for (let from = 0; from < text.length; from += 1) {
    const isBehindCut = cuts.behind.has(from);
    for (const { value } of readingsAt(text, from)) {
      for (const pattern of patterns) {
        const { units } = pattern;
        const last = isBehindCut ? Math.max(0, units.length - SHORTEST_FRAGMENT) : 0;
        let index = units.indexOf(value);
        while (index !== -1 && index <= last) {
          const to = endOf(pattern, { index, from, text, cuts });
          if (to !== undefined) found.push({ from, to });
          index = units.indexOf(value, index + 1);
        }
      }
    }
  }
  return found;
}

interface Beginning {
  readonly text: string;
  readonly cuts: Cuts;
  /** The index of the secret's first character to match; other than 0 only after a cut. */
  readonly index: number;
  readonly from: number;
}

/** Where a secret that starts here ends, or its fragment before a cut; `undefined` if it does not start here. */
function endOf({ units, isWordOnly }: Pattern, beginning: Beginning): number | undefined {
  const { text, cuts, index: first, from } = beginning;
  let farthest: number | undefined;
  // Both grow in the loop. A percent sign may be itself or start an escape: without `seen`, a secret full of them takes exponential time.
  const open = [{ index: first, at: from }];
  const seen = new Set<number>();
  for (const { index, at } of open) {
    const isWhole = index === units.length;
    if (isWhole || (index - first >= SHORTEST_FRAGMENT && cuts.before.has(at)))
      farthest = Math.max(farthest ?? at, at);
    if (isWhole || at === text.length) continue;
    for (const { value, end } of readingsAt(text, at)) {
      const key = (index + value.length) * (text.length + 1) + end;
      if (!units.startsWith(value, index) || seen.has(key)) continue;
      seen.add(key);
      open.push({ index: index + value.length, at: end });
    }
  }
  return isWordOnly && farthest !== undefined && !isWord(text, from, farthest)
    ? undefined
    : farthest;
}

function isWord(text: string, from: number, to: number): boolean {
  const isPartOfWord = (character = '') => /[\p{L}\p{N}_-]/u.test(character);
  return !isPartOfWord(text[from - 1]) && !isPartOfWord(text[to]);
}

/** Where a text was cut: positions before and after which something is missing. */
interface Cuts {
  readonly before: ReadonlySet<number>;
  readonly behind: ReadonlySet<number>;
}

/** Matches at each possible first character: in `....key` the fourth dot may or may not belong to the ellipsis. */
const ELLIPSES = /(?=(…|\.\.|\*{3}|&hellip;|\\u2026|%E2%80%A6))/gi;
/** An escape that was itself cut in the middle. */
const HALF_ESCAPE = /(?:%(?:25)?[\da-f]?|\\(?:u[\da-f]{0,3})?|&#?\w{0,6})$/i;

function cutsOf(text: string): Cuts {
  const ellipses = [...text.matchAll(ELLIPSES)];
  const before = [...ellipses.map(({ index }) => index), text.length];
  const halves = before.map((at) => {
    const half = HALF_ESCAPE.exec(text.slice(Math.max(0, at - 8), at))?.[0] ?? '';
    return at - half.length;
  });
  const behind = [0, ...ellipses.map(({ 1: mark = '', index }) => index + mark.length)];
  return { before: new Set([...before, ...halves]), behind: new Set(behind) };
}
