import * as v from 'valibot';
import { filledText, moment, oneOf, pathId, wholeNumber } from '../input-fields.js';
import { dialable } from '../phone-numbers.js';
import { asRecord, numberOf, textOf } from '../wire-values.js';
import { formatZonelessTime } from './exotel-time.js';
import { parseVoiceCall, type ExotelVoiceCall } from './voice-call.js';

/** A range of creation times, both ends included. */
export interface ExotelTimeRange {
  from: Date;
  to: Date;
}

/** Which finished Voice v1 calls to list. Every field is optional. */
export interface ExotelVoiceListQuery {
  /** At most 100 sids, ideally no more than 20. For calls older than 31 days set `created` too. */
  callSids?: readonly string[] | undefined;
  /**
   * When the calls were created, both ends included: at most six months back. `list` takes at most one month, `pages` and
   * `iterate` split wider ranges. Sent at the client's `zonelessOffset`, since the docs state no zone; see {@link indianDay}.
   * @defaultValue left to Exotel: the last 31 days
   */
  created?: ExotelTimeRange | undefined;
  /** At most 5. The docs want E.164; Exotel's own MCP server sends local digits. */
  to?: readonly string[] | undefined;
  /** At most 5. */
  from?: readonly string[] | undefined;
  /** ExoPhones, at most 5. */
  phoneNumber?: readonly string[] | undefined;
  status?: readonly string[] | undefined;
  direction?: readonly string[] | undefined;
  /** Seconds, both ends included. */
  durationSeconds?: { atLeast: number; atMost: number } | { exactly: number } | undefined;
  price?: { atLeast: number; atMost: number } | undefined;
  /** By creation time. @defaultValue left to Exotel: newest first */
  order?: 'oldest-first' | 'newest-first' | undefined;
  /** From 1 to 100. @defaultValue left to Exotel: 50 */
  pageSize?: number | undefined;
  /** Where to resume: the `cursor` of a page, or `cursorOf(error)`. The rest of the query has to be the same. */
  cursor?: string | undefined;
  /** A page's `next`. */
  after?: string | undefined;
  /** A page's `previous`. */
  before?: string | undefined;
  /** Requests recording addresses that need no login for 5 to 60 minutes. */
  recordingUrlMinutes?: number | undefined;
}

/** One page of Voice v1 calls. */
export interface ExotelVoicePage {
  calls: readonly ExotelVoiceCall[];
  total: number | undefined;
  pageSize: number | undefined;
  /** What to request next; `undefined` on the last page. */
  next: ExotelVoiceCursor | undefined;
  previous: ExotelVoiceCursor | undefined;
  /** The place after this page, as text that can be stored; `undefined` on the last page. */
  cursor: string | undefined;
  raw: unknown;
}

/** A place in the list, to spread into the next query. */
export type ExotelVoiceCursor = { after: string } | { before: string };

const phones = v.optional(
  v.pipe(
    v.array(dialable),
    v.minLength(1, 'must not be empty'),
    v.maxLength(5, 'takes at most 5 numbers'),
  ),
);
const words = v.optional(v.pipe(v.array(filledText), v.minLength(1, 'must not be empty')));
const amount = v.pipe(
  v.number('must be a number'),
  v.finite('must be finite'),
  v.minValue(0, 'must not be negative'),
);

/** @internal */
export const voiceListSchema = v.strictObject({
  callSids: v.optional(
    v.pipe(
      v.array(pathId),
      v.minLength(1, 'must not be empty'),
      v.maxLength(100, 'takes at most 100 sids: split them into several calls'),
    ),
  ),
  created: v.optional(v.strictObject({ from: moment, to: moment })),
  to: phones,
  from: phones,
  phoneNumber: phones,
  status: words,
  direction: words,
  durationSeconds: v.optional(
    v.union(
      [
        v.strictObject({ atLeast: wholeNumber(0), atMost: wholeNumber(0) }),
        v.strictObject({ exactly: wholeNumber(0) }),
      ],
      'must be { atLeast, atMost } or { exactly }, in whole seconds',
    ),
  ),
  price: v.optional(v.strictObject({ atLeast: amount, atMost: amount })),
  order: v.optional(oneOf(['oldest-first', 'newest-first'])),
  pageSize: v.optional(wholeNumber(1, 100)),
  after: v.optional(filledText),
  before: v.optional(filledText),
  cursor: v.optional(filledText),
  recordingUrlMinutes: v.optional(wholeNumber(5, 60)),
});

/**
 * The query as Exotel writes it.
 *
 * @see https://developer.exotel.com/api/call-details-bulk
 * @internal
 */
export function toVoiceListQuery(
  query: ExotelVoiceListQuery,
  zonelessOffset: string,
): Record<string, string | number | undefined> {
  const { created, price, order } = query;
  const time = (date: Date) => formatZonelessTime(date, zonelessOffset);
  return {
    Sid: query.callSids?.join(','),
    DateCreated: created && `gte:${time(created.from)};lte:${time(created.to)}`,
    To: query.to?.join(','),
    From: query.from?.join(','),
    PhoneNumber: query.phoneNumber?.join(','),
    Status: query.status?.join(','),
    Direction: query.direction?.join(','),
    Duration: toDurationFilter(query.durationSeconds),
    Price: price && `gte:${price.atLeast};lte:${price.atMost}`,
    SortBy: order && (order === 'oldest-first' ? 'DateCreated:asc' : 'DateCreated:desc'),
    PageSize: query.pageSize,
    After: query.after,
    Before: query.before,
    RecordingUrlValidity: query.recordingUrlMinutes,
  };
}

function toDurationFilter(duration: ExotelVoiceListQuery['durationSeconds']): string | undefined {
  if (duration === undefined) return undefined;
  if ('exactly' in duration) return `eq:${duration.exactly}s`;
  return `gte:${duration.atLeast}s;lte:${duration.atMost}s`;
}

/** Reads `{ Metadata, Calls }`; `undefined` when there are no `Calls`. @internal */
export function parseVoicePage(
  body: unknown,
  zonelessOffset: string,
): Omit<ExotelVoicePage, 'cursor'> | undefined {
  const outer = asRecord(body);
  if (!Array.isArray(outer?.Calls)) return undefined;
  const metadata = asRecord(outer.Metadata) ?? {};
  return {
    calls: outer.Calls.map((call: unknown) => parseVoiceCall(call, zonelessOffset, call)).filter(
      (call) => call !== undefined,
    ),
    total: numberOf(metadata.Total),
    pageSize: numberOf(metadata.PageSize),
    next: cursorIn(metadata.NextPageUri),
    previous: cursorIn(metadata.PrevPageUri),
    raw: body,
  };
}

/** Only the cursor is taken from the page's address: following the address itself could send the credentials elsewhere. */
function cursorIn(uri: unknown): ExotelVoiceCursor | undefined {
  const query = new URLSearchParams(textOf(uri)?.split('?')[1] ?? '');
  return voiceCursor(query.get('After'), query.get('Before'));
}

/** @internal */
export function voiceCursor(
  after: string | null | undefined,
  before: string | null | undefined,
): ExotelVoiceCursor | undefined {
  if (typeof after === 'string') return after === '' ? undefined : { after };
  return before ? { before } : undefined;
}
