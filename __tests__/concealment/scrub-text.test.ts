import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { REDACTED } from '../../src/concealment/redacted.js';
import { scrubText } from '../../src/concealment/scrub-text.js';

const percent = (text: string) => encodeURIComponent(text);
const lowerHex = (text: string) => text.replace(/%[\dA-F]{2}/g, (hex) => hex.toLowerCase());
const formEncoded = (text: string) => new URLSearchParams([['', text]]).toString().slice(1);
const inNumbers = (text: string, write: (code: number) => string) =>
  Array.from(text, (char) => (/[a-z\d]/i.test(char) ? char : write(char.codePointAt(0)!))).join('');
const inCodeUnits = (text: string) =>
  text.replace(/[^a-z\d]/gi, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** How software writes a secret down. */
const SPELLINGS: Readonly<Record<string, (secret: string) => string>> = {
  'as it is': (secret) => secret,
  'in a URL': percent,
  'in a URL, with small letters': (secret) => lowerHex(percent(secret)),
  'in a URL, by RFC 3986': (secret) =>
    percent(secret).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16)}`),
  'in a URL within a URL': (secret) => percent(percent(secret)),
  'in a form': formEncoded,
  'in a form, with small letters': (secret) => lowerHex(formEncoded(secret)),
  'in JSON': (secret) => JSON.stringify(secret).slice(1, -1),
  'in JSON, with escaped slashes': (secret) =>
    JSON.stringify(secret).slice(1, -1).replaceAll('/', '\\/'),
  'in JSON of ASCII alone': inCodeUnits,
  'in HTML': (secret) =>
    secret
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#039;')
      .replaceAll('/', '&sol;'),
  'in HTML, by decimal numbers': (secret) => inNumbers(secret, (code) => `&#${code};`),
  'in HTML, by hexadecimal numbers': (secret) =>
    inNumbers(secret, (code) => `&#x${code.toString(16)};`),
};

const bytesOf = (text: string) => Buffer.from(text);
/** A secret at each of the three alignments that Base64 knows. */
const HIDDEN: Readonly<Record<string, (secret: string) => string>> = {
  'in Base64': (secret) => bytesOf(secret).toString('base64'),
  'in Base64, behind one byte': (secret) => bytesOf(`:${secret}`).toString('base64'),
  'in Base64, between two bytes': (secret) => bytesOf(`i:${secret}:e`).toString('base64'),
  'in Base64url': (secret) => bytesOf(`id:${secret}`).toString('base64url'),
  'in Base64 of a form': (secret) => bytesOf(`id:${formEncoded(secret)}`).toString('base64'),
  'in Base64 behind a path': (secret) => `path/${bytesOf(secret).toString('base64')}`,
  'in Base64 behind a name': (secret) => `h=${bytesOf(secret).toString('base64')}`,
  'in Base64 in a URL': (secret) => percent(bytesOf(secret).toString('base64')),
  'in Base64 in JSON': (secret) => bytesOf(secret).toString('base64').replaceAll('/', '\\/'),
};
const every = (table: object) => Object.entries(table) as [string, (secret: string) => string][];

describe('behaviour 45: a text of a server loses a secret', () => {
  it.each(every(SPELLINGS))('%s, and nothing else', (_, spell) => {
    for (const secret of ['Zx9-secret_ABC', 'a+b/c=d%e&f g"h\'i<j>(k)!*\\', 'pässwörd-ключ-😀'])
      expect(scrubText(`got "${spell(secret)}", sorry`, [secret])).toBe(`got "${REDACTED}", sorry`);
  });

  it.each(every(HIDDEN))('%s', (_, hide) => {
    for (const secret of ['Zx9-secret_ABC', '???>>>~~~+/ü', 'six6ix']) {
      const clean = scrubText(`got ${hide(secret)}.`, [secret]);
      expect(clean.replace('h=', '').replaceAll('%3D', '')).toBe(`got ${REDACTED}.`);
    }
  });

  it('wherever it stands, in any spelling: nothing of it remains', () => {
    const secrets = fc
      .string({ minLength: 6, maxLength: 40, unit: 'grapheme' })
      .filter((secret) => !/[[\]]|^\s*$/.test(secret) && !REDACTED.includes(secret));
    const spelled = fc.constantFrom(...Object.values({ ...SPELLINGS, ...HIDDEN }));
    const around = fc.string({ unit: fc.constantFrom(...Array.from('% \\&+.=/4e1;#"aZ')) });
    fc.assert(
      fc.property(secrets, spelled, around, around, (secret, spell, before, after) => {
        const written = spell(secret);
        const clean = scrubText(`${before}${written}${after}`, [secret]);
        expect(clean).toContain(REDACTED);
        expect(clean).not.toContain(secret);
        expect(clean).not.toContain(written);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['from the begin to the end of a text', 'my-very-secret-key', REDACTED],
    ['up to the end of the text', 'client_secret=my-very-s', `client_secret=${REDACTED}`],
    ['up to an ellipsis', 'key "my-very-s…", bad', `key "${REDACTED}…", bad`],
    ['up to three dots', 'key my-very-s... is bad', `key ${REDACTED}... is bad`],
    ['up to a mask', 'key my-very-s**** is bad', `key ${REDACTED}**** is bad`],
    ['from the begin of the text', 'cret-key is bad', `${REDACTED} is bad`],
    ['behind an ellipsis', 'the key …cret-key is bad', `the key …${REDACTED} is bad`],
    ['between two cuts', 'the key ...very-secr... is bad', `the key ...${REDACTED}... is bad`],
    [
      'in Base64',
      `got ${bytesOf('id:my-very-secret-key').toString('base64').slice(0, 18)}`,
      `got ${REDACTED}`,
    ],
  ])('of which eight characters touch a cut: %s', (_, text, clean) => {
    expect(scrubText(text, ['my-very-secret-key'])).toBe(clean);
  });

  it('of which what is left begins or ends with a dot, like the ellipsis', () => {
    expect(scrubText('it is ....*)[x]+^', ['$&(.*)[x]+^'])).toBe(`it is ...${REDACTED}`);
    expect(scrubText('it is $&()[x]+....', ['$&()[x]+.^^^^'])).toBe(`it is ${REDACTED}...`);
  });

  it('that was cut in the middle of an escape', () => {
    for (const half of ['%', '%2', '\\', '\\u00', '&', '&#3'])
      expect(scrubText(`key=12345678${half}`, ['12345678/9'])).toBe(`key=${REDACTED}${half}`);
  });

  it('whole, where others begin with it, end with it or overlap it', () => {
    expect(scrubText('the key abcdefgh', ['abcdef', 'abcdefgh'])).toBe(`the key ${REDACTED}`);
    expect(scrubText('the key abcdefghij', ['abcdefg', 'efghij'])).toBe(`the key ${REDACTED}`);
    expect(scrubText('the key abcabcabcabc', ['abcabcabc'])).toBe(`the key ${REDACTED}`);
  });

  it('of under six characters as a word of its own, and of under three not at all', () => {
    expect(scrubText('a cab is no cabin, "cab"; is=cab', ['a', 'is', 'cab'])).toBe(
      `a ${REDACTED} is no cabin, "${REDACTED}"; is=${REDACTED}`,
    );
    expect(scrubText(bytesOf('id:cab').toString('base64'), ['cab'])).toBe(REDACTED);
  });

  it('that is not ours, where it looks like an Authorization value or a JWT', () => {
    expect(scrubText('got Bearer abc.def-ghi', [])).toBe(`got Bearer ${REDACTED}`);
    expect(scrubText('got basic dXNlcjpwYXNzd29yZA==', [])).toBe(`got basic ${REDACTED}`);
    expect(scrubText('got "eyJhbGciOi.eyJzdWIi.c2ln"', [])).toBe(`got "${REDACTED}"`);
  });
});

describe('behaviour 45: a text of a server keeps', () => {
  it.each([
    'AADSTS7000215: Invalid client secret.',
    'Basic authentication is required. Bearer token is missing.',
    'The scope https://graph.microsoft.com/.default is not valid...',
    'my-very good, secret-key: 100% & more + "quotes" \\ %zz &nope; &#x110000;',
    'the key begins with my-very and ends with key',
  ])('what is no secret: %s', (text) => {
    expect(scrubText(text, ['my-very-secret-key', 'Zx9'])).toBe(text);
  });

  it('everything if it holds no secret', () => {
    const secret = fc.stringMatching(/^[0-9]{6,20}$/);
    const text = fc.string({ unit: fc.constantFrom(...Array.from('abc XYZ %\\&+=./"<>-_;:…')) });
    fc.assert(
      fc.property(secret, text, (one, harmless) => {
        expect(scrubText(harmless, [one])).toBe(harmless);
      }),
    );
  });
});
