import { isCancel } from 'axios';
import * as v from 'valibot';
import { isApiInputError } from '../api-input-error.js';
import { oneOf, wholeNumber } from '../input-fields.js';
import { repeat, type RepeatLimits } from '../repeat.js';
import { wasNeverSent } from '../send-request.js';
import { validateInput } from '../validate-input.js';
import type { TruecallerReceipt } from './truecaller-client.js';
import { isTruecallerApiError } from './truecaller-error.js';
import type { TruecallerRequestOptions } from './truecaller-options.js';
import { TruecallerUploadError } from './upload-error.js';
import { checkRows, settle, toBatches, type TruecallerRow } from './upload-rows.js';

/** Options of an upload of many rows, and axios request config for each of its calls. */
export interface TruecallerUploadOptions extends TruecallerRequestOptions {
  /**
   * What to do with an invalid row. `throw`: nothing is sent. `skip`: it is set aside, and reported as `rejected`.
   * @defaultValue 'throw'
   */
  onInvalid?: 'throw' | 'skip' | undefined;
  /** The index of the first row to send: `next` of an earlier batch or error, with the same rows. @defaultValue 0 */
  from?: number | undefined;
  /**
   * How many times to resend a batch that Truecaller certainly did not accept: it answered 429 or 503, or the connection was refused.
   * The pause is `Retry-After` (up to a minute), else 1 s, 2 s, 4 s, … After any other failure a batch is never sent again.
   * @defaultValue 0
   */
  retries?: number | undefined;
}

/** One batch of an upload. */
export interface TruecallerBatch {
  /** The index of its first row. */
  firstIndex: number;
  /** The index after its last row: where to resume if the process ends now. */
  next: number;
  /** How many of its rows were sent. */
  count: number;
  /** The outcome of each row: `received`, or `rejected`. */
  rows: readonly TruecallerRow[];
  /** `undefined` only if no row of the whole upload could be sent. */
  receipt: TruecallerReceipt | undefined;
}

/** What {@link uploadRows} needs to know about the rows. @internal */
export interface UploadPlan<Entry> {
  operation: string;
  /** Checks an entry, and writes it as it is sent. */
  toWire: (entry: Entry, within: string) => Promise<unknown>;
  send: (
    wires: readonly unknown[],
    options: TruecallerRequestOptions,
  ) => Promise<TruecallerReceipt>;
}

const optionsSchema = v.looseObject({
  onInvalid: v.optional(oneOf(['throw', 'skip']), 'throw'),
  from: v.optional(wholeNumber(0), 0),
  retries: v.optional(wholeNumber(0), 0),
});

/** Checks all rows, then sends them in batches, one per iteration. @internal */
export async function* uploadRows<Entry>(
  entries: Iterable<Entry> | AsyncIterable<Entry>,
  options: TruecallerUploadOptions,
  { operation, toWire, send }: UploadPlan<Entry>,
): AsyncGenerator<TruecallerBatch, void, undefined> {
  const place = { api: 'truecaller', operation, within: 'options' } as const;
  const { onInvalid, from, retries, ...rest } = validateInput(optionsSchema, options, place);
  // The rest is as the type of the options says.
  const request = rest as TruecallerRequestOptions;
  const rows = await checkRows(entries, { from, onInvalid }, toWire);
  let done = 0;
  for (const batch of toBatches(rows)) {
    const wires = batch.flatMap(({ wire }) => (wire === undefined ? [] : [wire]));
    const outcome =
      wires.length === 0
        ? { fate: 'received' as const, receipt: undefined }
        : await sendBatch(() => send(wires, request), { retries, signal: request.signal });
    const firstIndex = from + done;
    if (outcome.fate !== 'received') {
      throw new TruecallerUploadError({
        operation,
        rows: [
          ...settle(rows.slice(0, done), 'received'),
          ...settle(batch, outcome.fate),
          ...settle(rows.slice(done + batch.length), 'unsent'),
        ],
        next: outcome.fate === 'unknown' ? firstIndex + batch.length : firstIndex,
        cause: outcome.error,
      });
    }
    done += batch.length;
    const { receipt } = outcome;
    const settled = settle(batch, 'received');
    yield { firstIndex, next: from + done, count: wires.length, rows: settled, receipt };
  }
}

type Outcome =
  { fate: 'received'; receipt: TruecallerReceipt } | { fate: 'unsent' | 'unknown'; error: unknown };

async function sendBatch(
  send: () => Promise<TruecallerReceipt>,
  limits: RepeatLimits,
): Promise<Outcome> {
  try {
    return { fate: 'received', receipt: await repeat(send, limits, wasNotAccepted) };
  } catch (error) {
    return { fate: fateAfter(error), error };
  }
}

/** Whether Truecaller certainly did not accept the batch, and may accept it later. */
function wasNotAccepted(error: unknown): boolean {
  if (isTruecallerApiError(error)) return error.status === 429 || error.status === 503;
  return wasNeverSent(error) && !isCancel(error);
}

/** Whether Truecaller may have accepted a batch that failed with this error. */
function fateAfter(error: unknown): 'unsent' | 'unknown' {
  if (isTruecallerApiError(error)) {
    // A 2xx from a proxy says nothing about the rows.
    if (error.status < 300 && typeof error.response.data === 'string') return 'unknown';
    // 503 means that the server could not handle the request; any other 5xx may come after the work was done.
    return error.status < 500 || error.status === 503 ? 'unsent' : 'unknown';
  }
  return isApiInputError(error) || wasNeverSent(error) || hadNoToken(error) ? 'unsent' : 'unknown';
}

/** The mark of axios-bearer's own errors: there was no token, so nothing was sent. Known by its name, like `bearer`. */
const NO_TOKEN = Symbol.for('axios-bearer.error');

function hadNoToken(error: unknown): boolean {
  return error instanceof Error && NO_TOKEN in error;
}
