import pc from 'picocolors';

/** Writes a line of the result to standard output. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Writes a line of anything else to standard error: progress, notices, errors. */
export function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

export function printJSON(value: unknown): void {
  print(JSON.stringify(value, undefined, 2));
}

export type Colors = ReturnType<typeof pc.createColors>;

/** The colours for one stream. picocolors itself looks only at standard output, and colours pipes if `CI` is set. */
export function colorsFor(stream: NodeJS.WriteStream): Colors {
  const { NO_COLOR = '', FORCE_COLOR = '', TERM } = process.env;
  const isForced = FORCE_COLOR !== '' && FORCE_COLOR !== '0';
  // A pipe has no `isTTY` at all, and `undefined` would leave the choice to picocolors.
  const isTerminal = stream.isTTY ? TERM !== 'dumb' : false;
  return pc.createColors(NO_COLOR === '' && (isForced || isTerminal));
}

/** Pads cells so that columns line up; the last column is not padded. */
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
