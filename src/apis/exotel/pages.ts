import type { RepeatLimits } from '../repeat.js';
import { asRecord, numberOf, type WireRecord } from '../wire-values.js';
import { withCursor } from './list-cursor.js';
import { repeatRead } from './repeat-read.js';

/** One page of a list that pages by offset. */
export interface ExotelPage<Item> {
  items: readonly Item[];
  total: number | undefined;
  limit: number | undefined;
  offset: number | undefined;
  requestId: string | undefined;
  /** How many records came, including unreadable ones, which `items` leaves out. */
  received?: number | undefined;
  /** Set if the API says whether more follows. */
  hasNext?: boolean | undefined;
  raw: unknown;
}

/** `metadata` is beside `response`, inside it, or null; `total` is a string on one host. @internal */
export function parsePosition(body: unknown): {
  total: number | undefined;
  limit: number | undefined;
  offset: number | undefined;
} {
  const outer = asRecord(body);
  const metadata: WireRecord =
    asRecord(outer?.metadata) ?? asRecord(asRecord(outer?.response)?.metadata) ?? {};
  return {
    total: numberOf(metadata.total),
    limit: numberOf(metadata.limit),
    offset: numberOf(metadata.offset),
  };
}

/**
 * Every item; pages are fetched as needed.
 *
 * The offset grows by the size of each page, so nothing is skipped if a server lowers the limit; it ends at the total, at
 * an empty page, or at a page that repeats the one before (a server that ignores the offset). An error has the
 * offset to resume at: see {@link cursorOf}.
 * @internal
 */
export async function* iteratePages<
  Item,
  Query extends { offset?: number | undefined },
  Options extends RepeatLimits,
>(
  list: (query: Query, options: Omit<Options, 'retries'>) => Promise<ExotelPage<Item>>,
  query: Query | undefined,
  given: Options | undefined,
): AsyncGenerator<Item, void, undefined> {
  const { retries, ...options } = given ?? ({} as Options);
  let offset = query?.offset ?? 0;
  let before = '';
  for (;;) {
    // The offset is one of the query's own fields.
    const read = () => list({ ...query, offset } as Query, options);
    const limits = { retries, signal: options.signal };
    const page = await repeatRead(read, limits).catch((error: unknown) => {
      throw withCursor(error, String(offset));
    });
    const now = JSON.stringify(page.items);
    const received = page.received ?? page.items.length;
    if (received === 0 || now === before) return;
    yield* page.items;
    before = now;
    offset += received;
    if (page.hasNext === false || (page.total !== undefined && offset >= page.total)) return;
  }
}
