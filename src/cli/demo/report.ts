import { colorsFor, type Colors } from '../terminal.js';
import type { Tally } from './storm.js';

/** A promise of the library, and whether it held. */
export interface Promised {
  readonly what: string;
  readonly held: boolean;
  readonly seen: string;
}

/** Where the demo reports its progress. */
export interface Progress {
  step(text: string): void;
  tick(text: string): void;
  end(): void;
}

/** Progress on one line that is redrawn on a terminal, or on plain lines in a log. */
export function createProgress(output: NodeJS.WriteStream): Progress {
  let lastTick = 0;
  const isTerminal = output.isTTY;
  const { bold, dim } = colorsFor(output);
  return {
    step(text) {
      if (isTerminal) output.write('\r\u001b[2K');
      output.write(`${bold('›')} ${text}\n`);
    },
    tick(text) {
      if (isTerminal) {
        output.write(`\r\u001b[2K  ${dim(text)}`);
        return;
      }
      if (performance.now() - lastTick < 2_000) return;
      lastTick = performance.now();
      output.write(`  ${text}\n`);
    },
    end() {
      if (isTerminal) output.write('\r\u001b[2K');
    },
  };
}

const COLUMNS: readonly { title: string; of: (row: Row) => string | number }[] = [
  { title: 'provider', of: ({ tally }) => tally.name },
  { title: 'requests', of: ({ tally }) => tally.requests },
  { title: 'token calls', of: ({ tokenCalls }) => tokenCalls },
  { title: 'of these failed', of: ({ failedTokenCalls }) => failedTokenCalls },
  { title: '401s healed', of: ({ tally }) => tally.healed },
  { title: 'replays', of: ({ tally }) => tally.replays },
  { title: 'failures', of: ({ tally }) => tally.failures },
  { title: 'p50 ms', of: ({ tally }) => percentile(tally.latenciesMs, 0.5).toFixed(1) },
  { title: 'p99 ms', of: ({ tally }) => percentile(tally.latenciesMs, 0.99).toFixed(1) },
];

export interface Row {
  readonly tally: Tally;
  /** Calls that reached the token endpoint, failed ones included. */
  readonly tokenCalls: number;
  readonly failedTokenCalls: number;
}

/** The final table, one line per provider. */
export function table(rows: readonly Row[], { bold }: Colors): string {
  const cells = COLUMNS.map(({ title, of }) => [title, ...rows.map((row) => String(of(row)))]);
  const aligned = cells.map((column, index) => {
    const width = Math.max(...column.map((cell) => cell.length));
    return column.map((cell) => (index === 0 ? cell.padEnd(width) : cell.padStart(width)));
  });
  const line = (at: number) => aligned.map((column) => column[at]).join('  ');
  return [bold(line(0)), ...rows.map((_, index) => line(index + 1))].join('\n');
}

/** Each promise, and whether it was kept. */
export function verdict(promises: readonly Promised[], { green, red }: Colors): string {
  return promises
    .map(({ what, held, seen }) => `${held ? green('kept  ') : red('BROKEN')}  ${what}: ${seen}`)
    .join('\n');
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
