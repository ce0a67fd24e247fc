import { ApiInputError } from '../api-input-error.js';
import {
  voiceCursor,
  type ExotelTimeRange,
  type ExotelVoiceCursor,
  type ExotelVoiceListQuery,
} from './voice-list.js';

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
/** At most a month, even in February. */
const WINDOW_MS = 28 * DAY_MS;
const WIDEST_MS = 31 * DAY_MS;
/** The longest six months, and a day for clocks and zones. */
const REACH_MS = 185 * DAY_MS;

/**
 * Checks a range against what Exotel documents for one request: at most one month, at most six months back. An end far in the future
 * (`new Date('9999-12-31')` for "until now") would take thousands of empty windows.
 *
 * @throws ApiInputError naming the end that is wrong.
 * @see https://developer.exotel.com/api/call-details-bulk
 * @internal
 */
export function checkRange(
  created: ExotelTimeRange | undefined,
  { now, operation, anyWidth }: { now: number; operation: string; anyWidth: boolean },
): void {
  if (created === undefined) return;
  const from = created.from.getTime();
  const width = created.to.getTime() - from;
  const refused = (field: string, problem: string) =>
    new ApiInputError({ api: 'exotel', operation, field, problem });
  if (width < 0) throw refused('created.to', 'must not be before created.from');
  if (now - from > REACH_MS) {
    throw refused(
      'created.from',
      'must be within the last six months: Exotel lists no older calls',
    );
  }
  if (width > REACH_MS + WIDEST_MS) {
    throw refused('created.to', 'is too far in the future: new Date() means until now');
  }
  if (!anyWidth && width > WIDEST_MS) {
    throw refused('created', 'must not be wider than a month: voice.iterate splits it');
  }
}

/** A place in a list that may be read in several windows. @internal */
export interface VoicePlace {
  /** What is left to read, this page included. */
  created: ExotelTimeRange | undefined;
  page: ExotelVoiceCursor | undefined;
}

/**
 * The first window of a range, and the rest. It is cut from the end where reading begins, so that the rest of a range
 * gives the same windows again.
 * @internal
 */
export function firstWindow(
  range: ExotelTimeRange | undefined,
  order: ExotelVoiceListQuery['order'],
): { window: ExotelTimeRange | undefined; rest: ExotelTimeRange | undefined } {
  if (range === undefined) return { window: undefined, rest: undefined };
  const [from, to] = [range.from.getTime(), range.to.getTime()];
  if (to - from < WINDOW_MS) return { window: range, rest: undefined };
  // Exotel counts in whole seconds, and both ends are included: windows a second apart share no call.
  return order === 'oldest-first'
    ? {
        window: { from: range.from, to: new Date(from + WINDOW_MS - SECOND_MS) },
        rest: { from: new Date(from + WINDOW_MS), to: range.to },
      }
    : {
        window: { from: new Date(to - WINDOW_MS + SECOND_MS), to: range.to },
        rest: { from: range.from, to: new Date(to - WINDOW_MS) },
      };
}

/** The first page of a list without a range. */
const START = 'start';

/** A place as text that can be stored in a file. @internal */
export function writeCursor({ created, page }: VoicePlace): string {
  const range = created && { from: created.from.toISOString(), to: created.to.toISOString() };
  return new URLSearchParams({ ...range, ...page }).toString() || START;
}

/** @throws ApiInputError if the text is not a cursor. @internal */
export function readCursor(text: string, operation: string): VoicePlace {
  const parts = new URLSearchParams(text);
  const [from, to, after, before] = ['from', 'to', 'after', 'before'].map((name) =>
    parts.get(name),
  );
  const created = from && to ? { from: new Date(from), to: new Date(to) } : undefined;
  const page = voiceCursor(after, before);
  const isRange = created === undefined || created.from <= created.to;
  if (!isRange || (created === undefined && page === undefined && text !== START)) {
    throw new ApiInputError({
      api: 'exotel',
      operation,
      field: 'cursor',
      problem: 'must be the cursor of a page or of an error',
    });
  }
  return { created, page };
}
