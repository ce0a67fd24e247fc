import { utf8Bytes } from '../platform/utf8.js';

import { escapesAt } from './escapes.js';

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
  const beginnings = byFirstUnit(patterns);
  const found: Range[] = [];
  const look = (pattern: Pattern, index: number, from: number) => {
    const to = endOf(pattern, { index, from, text, cuts });
    if (to !== undefined) found.push({ from, to });
  };
  for (let at = 0; at < text.length; at += 1) {
    const units = firstUnits(text, at);
    for (const unit of units) {
      for (const pattern of beginnings.get(unit) ?? []) look(pattern, 0, at);
    }
    if (!cuts.behind.has(at)) continue;
    for (const pattern of patterns) {
      const last = pattern.units.length - SHORTEST_FRAGMENT;
      for (let index = 1; index <= last; index += 1) {
        if (units.includes(pattern.units.charAt(index))) look(pattern, index, at);
      }
    }
  }
  return found;
}

/** The possible readings at a position: the character itself, and what it may be an escape for. */
function firstUnits(text: string, at: number): string[] {
  return [text.charAt(at), ...escapesAt(text, at).map(({ value }) => value.charAt(0))];
}

function byFirstUnit(patterns: readonly Pattern[]): ReadonlyMap<string, Pattern[]> {
  const beginnings = new Map<string, Pattern[]>();
  for (const pattern of patterns) {
    const first = pattern.units.charAt(0);
    beginnings.set(first, [...(beginnings.get(first) ?? []), pattern]);
  }
  return beginnings;
}

interface Reading {
  readonly text: string;
  readonly cuts: Cuts;
  /** The index of the secret's first character to match; other than 0 only after a cut. */
  readonly index: number;
  readonly from: number;
}

/** Where a secret that starts here ends, or its fragment before a cut; `undefined` if it does not start here. */
function endOf({ units, isWordOnly }: Pattern, reading: Reading): number | undefined {
  const { text, cuts, index: first, from } = reading;
  let farthest: number | undefined;
  const open = [{ index: first, at: from }];
  const seen = new Set<number>();
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    const { index, at } = state;
    const isWhole = index === units.length;
    if (isWhole || (index - first >= SHORTEST_FRAGMENT && cuts.before.has(at)))
      farthest = Math.max(farthest ?? at, at);
    if (isWhole) continue;
    const escapes = escapesAt(text, at).filter(({ value }) => units.startsWith(value, index));
    if (escapes.length > 0) {
      // A percent sign may be itself or start an escape. Without this check, a secret of percent signs takes exponential time.
      const key = index * (text.length + 1) + at;
      if (seen.has(key)) continue;
      seen.add(key);
    }
    for (const { value, end } of escapes) open.push({ index: index + value.length, at: end });
    if (text[at] === units[index]) open.push({ index: index + 1, at: at + 1 });
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
