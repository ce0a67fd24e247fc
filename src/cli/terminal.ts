import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';

/** Writes a line of the result to standard output, as it is. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Writes a line for a reader to standard output, wrapped at words on a terminal. */
export function printWrapped(text: string): void {
  print(wrapped(text, readingWidth(process.stdout)));
}

/** Writes a line of anything else to standard error: progress, notices, errors. Wrapped at words on a terminal. */
export function tell(text: string): void {
  process.stderr.write(`${wrapped(text, readingWidth(process.stderr))}\n`);
}

export function printJSON(value: unknown): void {
  print(JSON.stringify(value, undefined, 2));
}

export type Colors = ReturnType<typeof pc.createColors>;

/** The colours for one stream. picocolors itself looks only at standard output, and colours pipes if `CI` is set. */
export function colorsFor(stream: NodeJS.WriteStream): Colors {
  const { NO_COLOR = '', FORCE_COLOR = '' } = process.env;
  const isForced = FORCE_COLOR !== '' && FORCE_COLOR !== '0';
  return pc.createColors(NO_COLOR === '' && (isForced || isTerminal(stream)));
}

/** Whether the stream is a terminal that understands colours and a moving cursor. */
export function isTerminal(stream: NodeJS.WriteStream): boolean {
  // A pipe has no `isTTY` at all, and `undefined` would leave the choice to picocolors.
  return stream.isTTY ? process.env['TERM'] !== 'dumb' : false;
}

const USUAL_WIDTH = 80;

/** The width of a terminal; 80 characters in a log. */
export function widthOf(stream: NodeJS.WriteStream): number {
  return stream.columns > 0 ? stream.columns : USUAL_WIDTH;
}

/** Longer lines are hard to read. */
const WIDEST_PROSE = 100;

/** The width for help texts: at most 100 characters. */
export function helpWidth(stream: NodeJS.WriteStream): number {
  return Math.min(widthOf(stream), WIDEST_PROSE);
}

/** A log keeps a message on one line, so that it can be searched. */
function readingWidth(stream: NodeJS.WriteStream): number {
  return stream.isTTY ? helpWidth(stream) : Infinity;
}

/** Pads cells so that columns line up; the last column is not padded. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, index) => Math.max(widest[index] ?? 0, cell.length)),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/**
 * The text with its long lines broken at spaces. A broken line continues under its last column, if it has columns, or under its
 * first word. A word that is too long is left whole.
 */
export function wrapped(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => (lengthOf(line) <= width ? line : brokenAtWords(line, width)))
    .join('\n');
}

function brokenAtWords(line: string, width: number): string {
  const isCommand = stripVTControlCharacters(line).trimStart().startsWith('$ ');
  // A broken command can still be pasted.
  const [room, joint] = isCommand ? [width - 2, ' \\\n'] : [width, '\n'];
  const indent = ' '.repeat(hangingIndent(line, width) + (isCommand ? 4 : 0));
  const lines: string[] = [];
  // A space that follows a space belongs to the layout.
  for (const word of line.split(/(?<=\S) (?=\S)/)) {
    const longer = `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length === 0) lines.push(word);
    else if (lengthOf(longer) <= room) lines[lines.length - 1] = longer;
    else lines.push(indent + word);
  }
  return lines.join(joint);
}

/** Where the last column begins, unless that is in the right half. */
function hangingIndent(line: string, width: number): number {
  const plain = stripVTControlCharacters(line);
  const first = plain.search(/\S/);
  const last = [...plain.matchAll(/\S {2,}(?=\S)/g)].at(-1);
  const at = last === undefined ? first : last.index + last[0].length;
  return at > width / 2 ? first : at;
}

/** Without control codes. */
export function lengthOf(text: string): number {
  return stripVTControlCharacters(text).length;
}
