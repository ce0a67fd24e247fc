/** The colours of a terminal, by the codes that picocolors writes. */
const INKS: Readonly<Record<string, string>> = {
  1: 'b',
  2: 'd',
  31: 'r',
  32: 'g',
  33: 'y',
};

const STYLE =
  'text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#d7dde5;white-space:pre}' +
  '.b{font-weight:700}.d{fill:#8b97a5}.r{fill:#ff8a7f}.g{fill:#58c79c}.y{fill:#e2bd4a}';

const CELL = { width: 7.8, height: 18 };
const MARGIN = 18;

/** Terminal output as an SVG. Each run of one colour is as wide as its cells, whatever the font. */
export function terminalPicture(
  output: string,
  { columns, title }: { readonly columns: number; readonly title: string },
): string {
  const lines = output.trimEnd().split('\n');
  const width = Math.ceil(columns * CELL.width + 2 * MARGIN);
  const height = lines.length * CELL.height + 2 * MARGIN;
  const rows = lines.map((line, at) => row(line, MARGIN + (at + 0.75) * CELL.height)).join('');
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">` +
    `<title>${escaped(title)}</title><style>${STYLE}</style>` +
    `<rect width="100%" height="100%" rx="10" fill="#14181d"/>\n${rows}</svg>\n`
  );
}

/** The text of such a picture, line by line. */
export function textOfPicture(svg: string): string {
  return [...svg.matchAll(/<text[^>]*>(.*?)<\/text>\n/g)]
    .map(([, spans = '']) => unescaped(spans.replaceAll(/<[^>]*>/g, '')))
    .join('\n');
}

function row(line: string, y: number): string {
  let column = 0;
  const spans = runsOf(line).map(({ text, inks }) => {
    const x = round(MARGIN + column * CELL.width);
    column += text.length;
    const length = round(text.length * CELL.width);
    const ink = inks.length === 0 ? '' : ` class="${inks.join(' ')}"`;
    return `<tspan x="${x}" textLength="${length}"${ink}>${escaped(text)}</tspan>`;
  });
  return `<text y="${round(y)}">${spans.join('')}</text>\n`;
}

/** Parts of a line with the same style. */
function runsOf(line: string): { text: string; inks: readonly string[] }[] {
  const runs: { text: string; inks: readonly string[] }[] = [];
  let codes = new Set<string>();
  for (const [, code, text = ''] of line.matchAll(/\u001b\[(\d+)m|([^\u001b]+)/g)) {
    if (code !== undefined) {
      codes = after(codes, code);
      continue;
    }
    const inks = [...codes].flatMap((one) => INKS[one] ?? []);
    const last = runs.at(-1);
    if (last !== undefined && last.inks.join() === inks.join()) last.text += text;
    else runs.push({ text, inks });
  }
  return runs;
}

/** 22 ends bold and dim, 39 ends a colour. */
function after(codes: ReadonlySet<string>, code: string): Set<string> {
  if (code === '22') return new Set([...codes].filter((one) => one.length > 1));
  if (code === '39') return new Set([...codes].filter((one) => one.length === 1));
  return new Set([...codes, code]);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** The path of the README's picture. */
export const DEMO_PICTURE = 'docs/images/demo.svg';

/** The picture of one run of the demo. */
export function demoPicture(output: string): string {
  return terminalPicture(`$ npx axios-bearer demo\n\n${output}`, {
    columns: 80,
    title: 'What npx axios-bearer demo prints',
  });
}
