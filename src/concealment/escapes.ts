/** One way to read the characters at a position as something else than themselves. */
export interface Escape {
  /** The character that is meant; of percent-encoding it is one byte, as a character up to U+00FF. */
  readonly value: string;
  /** Where the text goes on. */
  readonly end: number;
}

const NONE: readonly Escape[] = Object.freeze([]);

/** What the characters at a position may stand for in a URL, a form, JSON or HTML. Looks at a few characters, however long the text. */
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

/** Often encoded twice, where a URL stands within a URL: `%2541` is read as `%41`, and that as `A`. */
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

/** The names of what is no letter and no digit: encoders write the first five, and some of them all. */
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

/** Often escaped twice: `&amp;lt;` is read as `&lt;`, and that as `<`. */
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
