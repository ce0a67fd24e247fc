import pc from 'picocolors';

/** Writes a line of the result. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Writes a line of everything that is not the result: progress, notices, errors. */
export function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

export function printJSON(value: unknown): void {
  print(JSON.stringify(value, undefined, 2));
}

export type Colors = ReturnType<typeof pc.createColors>;

/** The colours of one stream: picocolors itself judges by standard output alone, and colours pipes where `CI` is set. */
export function colorsFor(stream: NodeJS.WriteStream): Colors {
  const { NO_COLOR = '', FORCE_COLOR = '', TERM } = process.env;
  const isForced = FORCE_COLOR !== '' && FORCE_COLOR !== '0';
  // A pipe has no `isTTY` at all, and `undefined` would leave the choice to picocolors.
  const isTerminal = stream.isTTY ? TERM !== 'dumb' : false;
  return pc.createColors(NO_COLOR === '' && (isForced || isTerminal));
}

/** Columns that line up; the last one is left as long as it is. */
export function columns(rows: readonly (readonly string[])[], gap = '  '): string[] {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, index) => Math.max(widest[index] ?? 0, cell.length)),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join(gap)
      .trimEnd(),
  );
}
