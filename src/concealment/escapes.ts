/** One way to read the characters at a position as an escape sequence. */
export interface Escape {
  /** The decoded character; for percent-encoding one byte, as a character up to U+00FF. */
  readonly value: string;
  /** Where the text continues. */
  readonly end: number;
}

const NONE: readonly Escape[] = Object.freeze([]);

/** What the characters at a position may mean in a URL, a form, JSON or HTML. Reads only a few characters. */
export function escapesAt(text: string, at: number): readonly Escape[] {
  switch (text[at]) {
    case '%':
      return percentEscapes(text, at);
    case '\\':
      return jsonEscape(text, at);
    case '&':
      return htmlEscapes(text, at);
    case '+':
      return [{ value: ' ', end: at + 1 }];
    default:
      return NONE;
  }
}

/** Also decodes double encoding, as in a URL inside a URL: `%2541` means `%41`, which means `A`. */
function percentEscapes(text: string, at: number): readonly Escape[] {
  const found: Escape[] = [];
  for (let from = at + 1; found.length < 4; from += 2) {
    const hex = text.slice(from, from + 2);
    if (!/^[\da-f]{2}$/i.test(hex)) break;
    found.push({ value: String.fromCharCode(parseInt(hex, 16)), end: from + 2 });
    if (hex !== '25') break;
  }
  return found;
}

const JSON_LETTERS: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** @see https://www.rfc-editor.org/rfc/rfc8259#section-7 */
function jsonEscape(text: string, at: number): readonly Escape[] {
  const [all = '', hex, letter = ''] =
    /^\\(?:u([\da-f]{4})|(["\\/bfnrt]))/i.exec(text.slice(at, at + 6)) ?? [];
  if (all === '') return NONE;
  const value =
    hex === undefined ? (JSON_LETTERS[letter] ?? letter) : String.fromCharCode(parseInt(hex, 16));
  return [{ value, end: at + all.length }];
}

/** Names of characters other than letters and digits. All encoders write the first five, some of them all. */
const HTML_NAMES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  tab: '\t',
  newline: '\n',
  excl: '!',
  num: '#',
  dollar: '$',
  percnt: '%',
  lpar: '(',
  rpar: ')',
  ast: '*',
  plus: '+',
  comma: ',',
  period: '.',
  sol: '/',
  colon: ':',
  semi: ';',
  equals: '=',
  quest: '?',
  commat: '@',
  lbrack: '[',
  lsqb: '[',
  bsol: '\\',
  rbrack: ']',
  rsqb: ']',
  hat: '^',
  lowbar: '_',
  grave: '`',
  lbrace: '{',
  lcub: '{',
  vert: '|',
  verbar: '|',
  rbrace: '}',
  rcub: '}',
};

/** Also decodes double escaping: `&amp;lt;` means `&lt;`, which means `<`. */
function htmlEscapes(text: string, at: number): readonly Escape[] {
  const found: Escape[] = [];
  for (let from = at + 1; found.length < 4;) {
    const [all = '', decimal, hex, name = ''] =
      /^(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,8}));/i.exec(text.slice(from, from + 10)) ?? [];
    const value =
      decimal === undefined && hex === undefined
        ? HTML_NAMES[name.toLowerCase()]
        : characterOf(decimal === undefined ? parseInt(hex ?? '', 16) : Number(decimal));
    if (value === undefined) break;
    from += all.length;
    found.push({ value, end: from });
    if (value !== '&') break;
  }
  return found;
}

function characterOf(codePoint: number): string | undefined {
  return codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : undefined;
}
