import * as v from 'valibot';
import { isApiInputError } from '../../api-input-error.js';
import { filledText, oneOf, pathId, wholeNumber } from '../../input-fields.js';
import type { OpenWord } from '../../open-word.js';
import { dialable } from '../../phone-numbers.js';
import { validateInput } from '../../validate-input.js';
import { asRecord, type WireRecord } from '../../wire-values.js';
import type { ExotelItemFailure } from '../exotel-error.js';
import { acknowledgementIn, type ExotelAcknowledgement } from '../acknowledgement.js';
import type { ExotelAnswer, ExotelClient, ExotelRequest } from '../exotel-client.js';
import type { ExotelBasicOnlyOptions } from '../exotel-options.js';
import type { ExotelVoiceIterateOptions } from '../voice-pages.js';
import { findFailure } from '../failure.js';
import { iteratePages, parsePosition, type ExotelPage } from '../pages.js';

/** The query that most lists of campaigns, lists and contacts take. */
export interface ExotelRecordQuery {
  /** Searches by name. */
  name?: string | undefined;
  sortBy?:
    OpenWord<'date_created:asc' | 'date_created:desc' | 'name:asc' | 'name:desc'> | undefined;
  /** @defaultValue 0 */
  offset?: number | undefined;
  /** @defaultValue left to Exotel: 20 */
  limit?: number | undefined;
}

/**
 * Reads the records of one kind.
 *
 * @throws What every call throws: {@link ExotelApi}.
 */
export interface ExotelRecords<Item, Query> {
  /** One page. */
  list(query?: Query, options?: ExotelBasicOnlyOptions): Promise<ExotelPage<Item>>;
  /** Every record that the query finds; pages are fetched as needed. */
  iterate(
    query?: Query,
    options?: ExotelVoiceIterateOptions,
  ): AsyncGenerator<Item, void, undefined>;
  /** One record. */
  get(id: string, options?: ExotelBasicOnlyOptions): Promise<Item>;
}

/** Reads and deletes the records of one kind. */
export interface ExotelDeletableRecords<Item, Query> extends ExotelRecords<Item, Query> {
  /** Deletes one record. The answer's body is not documented. */
  delete(id: string, options?: ExotelBasicOnlyOptions): Promise<ExotelAcknowledgement>;
}

/** The outcome of one row of a bulk request. */
export type ExotelBulkRow<Item> =
  | { status: 'done'; /** Its index in your input, from 0. */ index: number; item: Item }
  | { status: 'failed'; index: number; failure: ExotelItemFailure };

/** The answer to a bulk request: a row for each row of your input, in the same order. */
export interface ExotelBulkAnswer<Item> {
  rows: readonly ExotelBulkRow<Item>[];
  requestId: string | undefined;
  raw: unknown;
}

/** What to do with an invalid row: refuse them all, or set it aside as `failed` and send the rest. */
export interface ExotelBulkRules {
  /** @defaultValue `throw` */
  onInvalid?: 'throw' | 'skip' | undefined;
}

/** A request below the address of a resource. @internal */
export interface ResourceCall extends Pick<
  ExotelRequest,
  'body' | 'query' | 'ringsPhones' | 'partial'
> {
  /** The last part of the operation's name: `get`. */
  name: string;
  method: ExotelRequest['method'];
  /** What follows the resource's address: ids and fixed words. */
  tail?: readonly string[] | undefined;
}

/** `undefined` for a record that has no id. @internal */
export type RecordParser<Item> = (record: WireRecord) => Item | undefined;

/** Sends the requests of one resource, and reads its records. @internal */
export interface Resource<Item> {
  readonly parse: RecordParser<Item>;
  /** Checks an input. */
  checked<const Schema extends v.GenericSchema>(
    name: string,
    schema: Schema,
    input: unknown,
    within?: string,
  ): v.InferOutput<Schema>;
  send(call: ResourceCall, options?: ExotelBasicOnlyOptions): Promise<ExotelAnswer>;
  acknowledged(
    call: ResourceCall,
    options?: ExotelBasicOnlyOptions,
  ): Promise<ExotelAcknowledgement>;
  one(call: ResourceCall, options?: ExotelBasicOnlyOptions): Promise<Item>;
}

/** The voice host, JSON, and the one scheme that the docs show: Basic. @internal */
export function createResource<Item>(
  client: ExotelClient,
  { group, path }: { group: string; path: readonly string[] },
  parse: RecordParser<Item>,
): Resource<Item> {
  const operationOf = (name: string) => `${group}.${name}`;

  async function send(
    { name, tail = [], ...request }: ResourceCall,
    options?: ExotelBasicOnlyOptions,
  ): Promise<ExotelAnswer> {
    const operation = operationOf(name);
    const place = { api: 'exotel', operation } as const;
    const ids = tail.map((id) => validateInput(pathId, id, place));
    return client.send(
      {
        ...request,
        operation,
        fixedAuth: 'basic',
        host: 'voice',
        path: client.path('v2', ...path, ...ids),
        budget: 'campaigns',
      },
      options,
    );
  }

  return {
    parse,

    checked: (name, schema, input, within) =>
      validateInput(schema, input, { api: 'exotel', operation: operationOf(name), within }),

    send,

    async acknowledged(call, options) {
      return acknowledgementIn(await send(call, options));
    },

    async one(call, options) {
      const answer = await send(call, options);
      const [record] = recordsIn(answer.body);
      const item = record && parse(record);
      if (item === undefined) throw answer.unexpected('The response has no record with an id.');
      return item;
    },
  };
}

/** Lists and gets. @internal */
export function createRecords<Item, Query extends ExotelRecordQuery>(
  resource: Resource<Item>,
  toQuery: (name: string, query: unknown) => NonNullable<ResourceCall['query']>,
): ExotelRecords<Item, Query> {
  const list = async (query?: Query, options?: ExotelBasicOnlyOptions) => {
    const wireQuery = toQuery('list', query ?? {});
    const answer = await resource.send({ name: 'list', method: 'GET', query: wireQuery }, options);
    return readPage(answer, resource.parse);
  };
  return {
    list,
    iterate: (query, options) => iteratePages(list, query, options),
    get: (id, options) => resource.one({ name: 'get', method: 'GET', tail: [id] }, options),
  };
}

/** Lists, gets and deletes. @internal */
export function createDeletableRecords<Item, Query extends ExotelRecordQuery>(
  resource: Resource<Item>,
  toQuery: (name: string, query: unknown) => NonNullable<ResourceCall['query']>,
): ExotelDeletableRecords<Item, Query> {
  return {
    ...createRecords(resource, toQuery),
    delete: (id, options) =>
      resource.acknowledged({ name: 'delete', method: 'DELETE', tail: [id] }, options),
  };
}

/** A page of records; those without an id are left out. @internal */
export function readPage<Item>(answer: ExotelAnswer, parse: RecordParser<Item>): ExotelPage<Item> {
  const { body, requestId } = answer;
  if (!Array.isArray(asRecord(body)?.response))
    throw answer.unexpected('The response has no list.');
  const received = listIn(body).length;
  const items = recordsIn(body)
    .map((record) => parse(record))
    .filter((item) => item !== undefined);
  return { items, received, ...parsePosition(body), requestId, raw: body };
}

/** Whom a campaign dials. @internal */
export const campaignNumber = v.pipe(
  dialable,
  v.check((number) => !/^sips?:/i.test(number), 'must be a phone number, not a sip: address'),
);

/** The fields of {@link ExotelRecordQuery}. @internal */
export function recordQuery(mostPerPage?: number) {
  return {
    name: v.optional(filledText),
    sortBy: v.optional(
      v.pipe(filledText, v.regex(/^[\w.]+:(asc|desc)$/, 'must look like date_created:desc')),
    ),
    offset: v.optional(wholeNumber(0)),
    limit: v.optional(wholeNumber(1, mostPerPage)),
  };
}

/** {@link ExotelRecordQuery} as it is sent. @internal */
export function toRecordQuery({ name, sortBy, offset, limit }: ExotelRecordQuery) {
  return { offset, limit, name, sort_by: sortBy };
}

/** A bulk request before its rows are checked. @internal */
export interface BulkRequest<Row extends v.GenericSchema> {
  name: string;
  method: 'POST' | 'PUT';
  tail?: readonly string[];
  rows: readonly unknown[];
  schema: Row;
  toBody: (rows: readonly v.InferOutput<Row>[]) => unknown;
}

const MOST_ROWS = 5000;
const rowsMessage = `must have from 1 to ${MOST_ROWS} rows: send more in several calls`;
const rowsSchema = v.pipe(
  v.array(v.unknown(), 'must be an array'),
  v.minLength(1, rowsMessage),
  v.maxLength(MOST_ROWS, rowsMessage),
);
const rulesSchema = v.strictObject({ onInvalid: v.optional(oneOf(['throw', 'skip']), 'throw') });

/** Checks the rows, sends the valid ones, and reports the outcome of each by its index. @internal */
export async function sendRows<Item, Row extends v.GenericSchema>(
  resource: Resource<Item>,
  { name, method, tail, rows, schema, toBody }: BulkRequest<Row>,
  rules: ExotelBulkRules = {},
  options?: ExotelBasicOnlyOptions,
): Promise<ExotelBulkAnswer<Item>> {
  resource.checked(name, rowsSchema, rows);
  const { onInvalid } = resource.checked(name, rulesSchema, rules);
  const sent: { index: number; row: v.InferOutput<Row> }[] = [];
  const setAside: ExotelBulkRow<Item>[] = [];
  for (const [index, row] of rows.entries()) {
    try {
      sent.push({ index, row: resource.checked(name, schema, row, String(index)) });
    } catch (error) {
      if (onInvalid === 'throw' || !isApiInputError(error)) throw error;
      const failure = { index, code: error.code, message: error.message };
      setAside.push({ status: 'failed', index, failure });
    }
  }
  if (sent.length === 0) return { rows: setAside, requestId: undefined, raw: undefined };
  const body = toBody(sent.map(({ row }) => row));
  const answer = await resource.send({ name, method, tail, body, partial: true }, options);
  const answered = readRows(
    answer,
    sent.map(({ index }) => index),
    resource.parse,
  );
  const all = [...setAside, ...answered].sort((a, b) => a.index - b.index);
  return { rows: all, requestId: answer.requestId, raw: answer.body };
}

/** The outcome of each row that was sent. `indices` are the rows' own. */
function readRows<Item>(
  answer: ExotelAnswer,
  indices: readonly number[],
  parse: RecordParser<Item>,
): ExotelBulkRow<Item>[] {
  const response = asRecord(answer.body)?.response;
  // With fewer rows, or more, a place in the answer would not identify its row.
  if (!Array.isArray(response) || response.length !== indices.length) {
    throw answer.unexpected(
      `The answer does not report on each of the ${indices.length} rows; Exotel may have accepted them.`,
    );
  }
  const failures = new Map(
    findFailure(answer.body)?.failures.map((failure) => [failure.index, failure]),
  );
  return indices.map((index, place) => {
    const failure = failures.get(place);
    const item = failure === undefined ? parse(unwrap(response[place]) ?? {}) : undefined;
    return item === undefined
      ? { status: 'failed', index, failure: { ...(failure ?? NOTHING_REPORTED), index } }
      : { status: 'done', index, item };
  });
}

const NOTHING_REPORTED = {
  code: undefined,
  message:
    'Exotel reported neither a failure nor a record: check whether it exists before you send it again',
};

/**
 * The records of an answer. The docs show `response` as an object with `data` and as an array of such objects, and
 * omit the elements of most lists, which may be bare records.
 */
function recordsIn(body: unknown): readonly WireRecord[] {
  return listIn(body)
    .map(unwrap)
    .filter((record) => record !== undefined);
}

function listIn(body: unknown): readonly unknown[] {
  const response = asRecord(body)?.response;
  return Array.isArray(response) ? response : [response ?? body];
}

function unwrap(item: unknown): WireRecord | undefined {
  const record = asRecord(item);
  return record !== undefined && 'data' in record ? asRecord(record.data) : record;
}
