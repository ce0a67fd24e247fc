import { isApiInputError, type ApiInputError } from '../api-input-error.js';

/** The outcome of one row of an upload; `index` is its place among all rows, counted from 0. */
export type TruecallerRow =
  /** Truecaller said that it received the row. */
  | { index: number; status: 'received' }
  /** It is invalid, and was set aside. The error names the field. */
  | { index: number; status: 'rejected'; error: ApiInputError }
  /** It was sent, and no answer says whether Truecaller accepted it. */
  | { index: number; status: 'unknown' }
  /** It was not sent, or Truecaller refused its batch. */
  | { index: number; status: 'unsent' };

/** A checked row: what to send, or why not. @internal */
export type CheckedRow =
  { index: number; wire: unknown } | { index: number; wire?: undefined; error: ApiInputError };

/** The most entries in one bulk upload. @internal */
export const MOST_ENTRIES = 500;

/**
 * Checks every row from `from` on.
 *
 * @throws ApiInputError for the first invalid row, unless invalid rows are skipped.
 * @internal
 */
export async function checkRows<Entry>(
  entries: Iterable<Entry> | AsyncIterable<Entry>,
  { from, onInvalid }: { from: number; onInvalid: 'throw' | 'skip' },
  toWire: (entry: Entry, within: string) => Promise<unknown>,
): Promise<CheckedRow[]> {
  const rows: CheckedRow[] = [];
  let index = -1;
  for await (const entry of entries) {
    index += 1;
    if (index < from) continue;
    try {
      rows.push({ index, wire: await toWire(entry, `entries.${index}`) });
    } catch (error) {
      if (onInvalid === 'throw' || !isApiInputError(error)) throw error;
      rows.push({ index, error });
    }
  }
  return rows;
}

/**
 * Parts of the rows, in order and without gaps, with at most 500 to send in each. Rows that were set aside stay with the part before
 * them, so a part with nothing to send is always the only one.
 * @internal
 */
export function toBatches(rows: readonly CheckedRow[]): CheckedRow[][] {
  const batches: CheckedRow[][] = [];
  let room = 0;
  for (const row of rows) {
    const takesRoom = 'error' in row ? 0 : 1;
    const current = batches.at(-1);
    if (current === undefined || takesRoom > room) {
      batches.push([row]);
      room = MOST_ENTRIES;
    } else {
      current.push(row);
    }
    room -= takesRoom;
  }
  return batches;
}

/** The same rows; those that were to be sent get this status. @internal */
export function settle(
  rows: readonly CheckedRow[],
  status: 'received' | 'unknown' | 'unsent',
): TruecallerRow[] {
  return rows.map((row) =>
    'error' in row
      ? { index: row.index, status: 'rejected', error: row.error }
      : { index: row.index, status },
  );
}
