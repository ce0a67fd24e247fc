/**
 * The delay that a `Retry-After` header requests, in whole milliseconds; `undefined` if it is missing or unreadable. The standard
 * allows only whole seconds; some servers send fractions.
 *
 * @param serverNow - the server's own clock (its `Date` header) in epoch milliseconds, against which a date is read
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
export function retryAfterMs(header: unknown, serverNow: number): number | undefined {
  const text =
    typeof header === 'string' || typeof header === 'number' ? String(header).trim() : '';
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  // Every date form of RFC 9110 starts with the name of a day; Date.parse alone would accept far too much.
  const isDate = /^[A-Z][a-z]{2,8},? /.test(text);
  // The oldest of them, asctime, ends with the year and names no zone, but means GMT.
  const at = isDate ? Date.parse(text.replace(/ \d{4}$/, '$& GMT')) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - serverNow);
}
