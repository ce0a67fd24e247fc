import { lengthOf, wrapped, type Colors } from '../terminal.js';
import { bars } from './bars.js';
import type { Tally } from './storm.js';

/** A promise of the library, and whether it held. */
export interface Promised {
  readonly what: string;
  readonly held: boolean;
  readonly seen: string;
}

/** The figures of one provider. */
export interface Row {
  readonly tally: Tally;
  /** Calls that reached the token endpoint, failed ones included. */
  readonly tokenCalls: number;
  readonly failedTokenCalls: number;
}

/** The terminal's width and the width for prose, in characters, and its colours. */
export interface Looks {
  readonly width: number;
  readonly proseWidth: number;
  readonly colors: Colors;
}

/** Two lines of heading keep a column as narrow as its figures. The first columns matter most. */
const COLUMNS: readonly {
  readonly heading: readonly [string, string];
  readonly of: (row: Row) => string | number;
  readonly paint?: (row: Row, colors: Colors) => (text: string) => string;
}[] = [
  { heading: ['', 'provider'], of: ({ tally }) => tally.name },
  { heading: ['', 'sent'], of: ({ tally }) => tally.requests },
  {
    heading: ['', 'failed'],
    of: ({ tally }) => tally.failures,
    paint: ({ tally }, { red, green }) => (tally.failures > 0 ? red : green),
  },
  {
    heading: ['401s', 'healed'],
    of: ({ tally }) => tally.healed,
    paint: ({ tally }, { yellow, dim }) => (tally.healed > 0 ? yellow : dim),
  },
  { heading: ['token', 'calls'], of: ({ tokenCalls }) => tokenCalls },
  { heading: ['with', '503'], of: ({ failedTokenCalls }) => failedTokenCalls },
  { heading: ['p50', 'ms'], of: ({ tally }) => percentile(tally.latenciesMs, 0.5) },
  { heading: ['p99', 'ms'], of: ({ tally }) => percentile(tally.latenciesMs, 0.99) },
];

const GAP = '  ';
const MOST_BARS = 48;
const BARS_HEADING = 'answered over time';

/** The table, one line per provider, no wider than the terminal. Columns on the right go first. */
export function table(rows: readonly Row[], { width, colors }: Looks): string[] {
  let lines = Array.from({ length: 2 + rows.length }, () => '');
  for (const [index, { heading, of, paint }] of COLUMNS.entries()) {
    const cells = [...heading, ...rows.map((row) => String(of(row)))];
    const column = Math.max(...cells.map((cell) => cell.length));
    const longer = cells.map((cell, at) => {
      const padded = index === 0 ? cell.padEnd(column) : GAP + cell.padStart(column);
      const row = rows[at - heading.length];
      if (row === undefined) return (lines[at] ?? '') + colors.bold(padded);
      return (lines[at] ?? '') + (paint?.(row, colors)(padded) ?? padded);
    });
    if (lengthOf(longer[0] ?? '') > width) return lines;
    lines = longer;
  }
  const room = Math.min(MOST_BARS, width - lengthOf(lines[0] ?? '') - GAP.length);
  if (room < BARS_HEADING.length) return lines;
  const rest = [
    '',
    colors.bold(BARS_HEADING),
    ...rows.map(({ tally }) => bars(tally.moments, room, colors)),
  ];
  return lines.map((line, at) => (line + GAP + (rest[at] ?? '')).trimEnd());
}

/** Each promise, and whether it was kept. */
export function verdict(promises: readonly Promised[], { proseWidth, colors }: Looks): string[] {
  return promises.map(({ what, held, seen }) => {
    const word = held ? colors.green('kept  ') : colors.red(colors.bold('BROKEN'));
    return wrapped(`${word}  ${what}: ${seen}`, proseWidth);
  });
}

export function thousands(count: number): string {
  return count.toLocaleString('en');
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
}
