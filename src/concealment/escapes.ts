/** One way to read the characters at a position. */
export interface Reading {
  /** What they mean; for percent-encoding one byte, as a character up to U+00FF. */
  readonly value: string;
  /** Where the text continues. */
  readonly end: number;
}

/** What may follow the character that begins an escape, in a URL, in JSON (RFC 8259, section 7) and in HTML. */
const ESCAPES: Readonly<Record<string, RegExp>> = {
  '%': /^(?<hex>[\da-f]{2})/i,
  '\\': /^(?:u(?<hex>[\da-f]{4})|(?<name>["\\/bfnrt]))/i,
  '&': /^(?:#x(?<hex>[\da-f]{1,6})|#(?<decimal>\d{1,7})|(?<name>[a-z]{2,8}));/i,
};

/** Each name with its character. For HTML, all but letters and digits: every encoder writes the first five, some write them all. */
const NAMED =
  `amp& lt< gt> quot" apos' nbsp\u00a0 tab\t newline\n excl! num# dollar$ percnt% lpar( rpar) ast* plus+ comma, period. ` +
  'sol/ colon: semi; equals= quest? commat@ lbrack[ lsqb[ bsol\\ rbrack] rsqb] hat^ lowbar_ grave` lbrace{ lcub{ verbar| vert| ' +
  'rbrace} rcub} b\b f\f n\n r\r t\t "" \\\\ //';
const CHARACTERS: ReadonlyMap<string, string> = new Map(
  NAMED.split(' ').map((both) => [both.slice(0, -1), both.slice(-1)]),
);

/**
 * What the characters at a position may mean: the first character itself, or an escape sequence. Double escapes count too: `%2541`,
 * as in a URL inside a URL, means `%41`, which means `A`. Reads only a few characters.
 */
export function readingsAt(text: string, at: number): readonly Reading[] {
  const first = text.charAt(at);
  const escape = ESCAPES[first];
  const found = [{ value: first, end: at + 1 }];
  if (first === '+') found.push({ value: ' ', end: at + 1 });
  if (escape === undefined) return found;
  for (let from = at + 1; found.length < 5;) {
    const match = escape.exec(text.slice(from, from + 10));
    const value = match?.groups && meaningOf(match.groups);
    if (value === undefined) break;
    from += match?.[0].length ?? 0;
    found.push({ value, end: from });
    if (value !== first || first === '\\') break;
  }
  return found;
}

function meaningOf({ hex, decimal, name }: Partial<Record<string, string>>): string | undefined {
  if (name !== undefined) return CHARACTERS.get(name.toLowerCase());
  const code = hex === undefined ? Number(decimal) : parseInt(hex, 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}
