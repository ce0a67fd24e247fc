/**
 * Streams rows as lines of a CSV file, from an iterator of the wrapped APIs, an array or any other iterable.
 *
 * Dates are written in ISO form, missing values as empty cells. Text that a spreadsheet would run as a formula gets a `'` in
 * front, since callers choose their own names; phone numbers stay as they are.
 *
 * @example
 * ```ts
 * await pipeline(toCsv(voice.iterate(), ['callSid', 'from', 'price']), createWriteStream('calls.csv'));
 * ```
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */
export async function* toCsv<Row extends object>(
  rows: Iterable<Row> | AsyncIterable<Row>,
  columns: readonly (keyof Row & string)[],
): AsyncGenerator<string, void, undefined> {
  yield toLine(columns);
  for await (const row of rows) yield toLine(columns.map((column) => toText(row[column])));
}

/** One line, quoted where needed. @internal */
export function toLine(cells: readonly string[]): string {
  return `${cells.map(quoted).join(',')}\r\n`;
}

function toText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString();
  if (typeof value === 'string') return withoutFormula(value);
  return JSON.stringify(value);
}

/** @see https://owasp.org/www-community/attacks/CSV_Injection */
function withoutFormula(text: string): string {
  return /^[=@\t\r\n]|^[+-](?![\d ().-]*$)/.test(text) ? `'${text}` : text;
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
