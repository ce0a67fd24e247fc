import type { MeasureResult } from './results.js';

/** Prints what a measure found, as plain text. */
export function printMeasure(
  { title, about, columns, rows, goals }: MeasureResult,
  afterMs: number,
): void {
  console.log(`\n──── ${title} (${(afterMs / 1000).toFixed(0)} s)\n${about}\n`);
  console.log(textTable([columns, ...rows]));
  for (const { goal, figure, isMet } of goals) {
    console.log(`  ${isMet ? 'met   ' : 'MISSED'}  ${goal}: ${figure}`);
  }
}

export function textTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  '),
    )
    .join('\n');
}
