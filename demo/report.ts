import pc from 'picocolors';

import type { Tally } from './storm.js';

/** A promise of the library, and whether it held. */
export interface Promised {
  readonly what: string;
  readonly held: boolean;
  readonly seen: string;
}

/** Tells what goes on while it goes on: one line that renews itself on a terminal, plain lines in a log. */
export function createProgress(output: NodeJS.WriteStream): {
  step(text: string): void;
  tick(text: string): void;
  end(): void;
} {
  let lastTick = 0;
  const isTerminal = output.isTTY;
  return {
    step(text) {
      if (isTerminal) output.write('\r\u001b[2K');
      output.write(`${pc.bold('›')} ${text}\n`);
    },
    tick(text) {
      if (isTerminal) {
        output.write(`\r\u001b[2K  ${pc.dim(text)}`);
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

/** The final table, one provider a line. */
export function table(rows: readonly Row[]): string {
  const cells = [
    COLUMNS.map(({ title }) => title),
    ...rows.map((row) => COLUMNS.map(({ of }) => String(of(row)))),
  ];
  const widths = COLUMNS.map((_, column) => Math.max(...cells.map((line) => line[column]!.length)));
  const lines = cells.map((line) =>
    line
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!),
      )
      .join('  '),
  );
  const [head, ...body] = lines;
  return [pc.bold(head), ...body].join('\n');
}

/** What was promised, and what became of it. */
export function verdict(promises: readonly Promised[]): string {
  return promises
    .map(
      ({ what, held, seen }) => `${held ? pc.green('kept  ') : pc.red('BROKEN')}  ${what}: ${seen}`,
    )
    .join('\n');
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
