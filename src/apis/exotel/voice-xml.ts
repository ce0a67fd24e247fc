import { textOf, type WireRecord } from '../wire-values.js';

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

/**
 * Voice v1 answers in XML when the path does not end in `.json`: `TwilioResponse` around `Call` or `RestException`,
 * whose children have the names of the JSON form. This reads exactly that into the shape of the JSON, and nothing else;
 * `undefined` for any other text. It is not an XML parser, and resolves only the five predefined and the numeric entities.
 *
 * @see https://support.exotel.com/support/solutions/articles/56523-call-api-to-get-details-of-a
 */
export function readVoiceXml(body: unknown): WireRecord | undefined {
  const root = typeof body === 'string' ? firstElement(body, /<(TwilioResponse)\b/) : undefined;
  const child = root && firstElement(root.inner, /<(Call|RestException)\b/);
  return child && { [child.name]: fieldsOf(child.inner) };
}

/** Looks for each part once: a pattern for the whole element would start over at each unclosed tag. */
function firstElement(text: string, opening: RegExp): { name: string; inner: string } | undefined {
  const found = opening.exec(text);
  const [, name = ''] = found ?? [];
  const from = found === null ? -1 : text.indexOf('>', found.index);
  const to = text.indexOf(`</${name}>`, from);
  return from < 0 || to < 0 ? undefined : { name, inner: text.slice(from + 1, to) };
}

function fieldsOf(inner: string): WireRecord {
  const fields = inner.matchAll(/<([A-Za-z][\w]*)\s*(?:\/>|>([^<]*)<\/\1>)/g);
  return Object.fromEntries(
    [...fields].map(([, name = '', text = '']) => [name, textOf(unescape(text)) ?? null]),
  );
}

function unescape(text: string): string {
  return text.replace(/&(#x?[\da-f]+|[a-z]+);/gi, (whole, entity: string) => {
    if (!entity.startsWith('#')) return ENTITIES[entity] ?? whole;
    const code = /^#x/i.test(entity) ? parseInt(entity.slice(2), 16) : Number(entity.slice(1));
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
