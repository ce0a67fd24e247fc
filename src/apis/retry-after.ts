/**
 * The wait that a `Retry-After` header asks for, in milliseconds.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 — seconds, or an HTTP date
 */
export function parseRetryAfter(value: unknown, now: number): number | undefined {
  if (typeof value === 'number') return value >= 0 ? value * 1000 : undefined;
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  // Every date form of RFC 9110 starts with the name of a day; Date.parse alone would take "1.5" for a day of long ago.
  if (!/^[A-Z][a-z]{2,8},? /.test(text)) return undefined;
  // The oldest of them, asctime, ends with the year and names no zone; it means GMT all the same.
  const at = Date.parse(text.replace(/ \d{4}$/, '$& GMT'));
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
