const DAY_MS = 86_400_000;
const INDIA_MS = 5.5 * 3_600_000;
/** The UTC offset of times that state none, unless the caller names another. */
export const INDIA_OFFSET = '+05:30';
const SHAPE = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2}(?:\.\d+)?) ?(Z|[+-]\d{2}:?\d{2})?$/i;

/**
 * A timestamp in any of Exotel's three forms: v2's `2030-01-02T03:04:05.000Z`, v3's `2030-01-02 03:04:05+05:30`, and
 * Voice v1's `2030-01-02 03:04:05`, which is read with the given offset because it carries none.
 *
 * The Unix epoch means "not yet": v3 sends it as the `end_time` of an active call. It is read as
 * `undefined`, like anything that is not a timestamp.
 *
 * @see https://developer.exotel.com/api/call-details-beta
 */
export function parseExotelTime(value: unknown, zonelessOffset = INDIA_OFFSET): Date | undefined {
  const parts = typeof value === 'string' ? SHAPE.exec(value.trim()) : null;
  if (parts === null) return undefined;
  const [, day = '', time = '', zone = zonelessOffset] = parts;
  const at = Date.parse(`${day}T${time}${withColon(zone)}`);
  // A day on either side: the epoch rendered in local time and read with another offset misses zero by hours.
  return Number.isNaN(at) || Math.abs(at) <= DAY_MS ? undefined : new Date(at);
}

/** `YYYY-MM-DD HH:mm:ss` at the given offset, the way Voice v1 writes and takes its times. */
export function formatZonelessTime(date: Date, offset: string): string {
  const [hours = 0, minutes = 0] = offset.slice(1).split(':').map(Number);
  const shift = (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
  return new Date(date.getTime() + shift).toISOString().slice(0, 19).replace('T', ' ');
}

/**
 * A day in India (UTC+05:30, all year), both ends included, for `created` of `voice.iterate`: Exotel probably reads its times as Indian, but no page says so.
 *
 * @param daysAgo 0 for today, 1 for yesterday
 * @param now @defaultValue the moment of the call
 */
export function indianDay(daysAgo = 1, now = new Date()): { from: Date; to: Date } {
  const day = Math.floor((now.getTime() + INDIA_MS) / DAY_MS) - daysAgo;
  const from = day * DAY_MS - INDIA_MS;
  return { from: new Date(from), to: new Date(from + DAY_MS - 1_000) };
}

function withColon(zone: string): string {
  return zone.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2');
}
