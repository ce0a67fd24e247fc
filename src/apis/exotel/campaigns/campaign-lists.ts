import * as v from 'valibot';
import { filledText, oneOf, pathId } from '../../input-fields.js';
import type { OpenWord } from '../../open-word.js';
import { numberOf, textOf, type WireRecord } from '../../wire-values.js';
import { toCsvBlob } from '../contacts-csv.js';
import type { ExotelAcknowledgement } from '../acknowledgement.js';
import type { ExotelClient } from '../exotel-client.js';
import type { ExotelBasicOnlyOptions } from '../exotel-options.js';
import type { ExotelVoiceIterateOptions } from '../voice-pages.js';
import { parseExotelTime } from '../exotel-time.js';
import { iteratePages, type ExotelPage } from '../pages.js';
import { contactParser, type ExotelCampaignContact } from './campaign-contacts.js';
import {
  createDeletableRecords,
  createResource,
  readPage,
  recordQuery,
  sendRows,
  toRecordQuery,
  type ExotelBulkAnswer,
  type ExotelBulkRules,
  type ExotelRecordQuery,
  type ExotelDeletableRecords,
} from './resource.js';

/** A list to create. Its name is unique in the account. */
export interface ExotelCampaignListInput {
  name: string;
  tag?: string | undefined;
}

/** A list of contacts. The docs mention a contact count without naming its field: see `raw`. */
export interface ExotelCampaignList {
  listSid: string;
  name: string | undefined;
  tag: string | undefined;
  createdTime: Date | undefined;
  raw: unknown;
}

/** A CSV file that becomes a list. */
export interface ExotelCampaignCsv {
  listName: string;
  /**
   * Text, bytes, or a Blob; in Node `fs.openAsBlob(path)` makes one that stays on disk. UTF-8, comma-separated, with a header line and a
   * column `number`; campaigns can read out any other column as `@@column`. At most 60 MB.
   */
  csv: string | Uint8Array | Blob;
  /** At most 100 000 rows for a static list, 500 000 for a dynamic one. */
  type: 'static' | 'dynamic';
  /** @defaultValue `contacts.csv` */
  fileName?: string | undefined;
}

/** The progress of a CSV upload. */
export interface ExotelCampaignCsvUpload {
  uploadId: string;
  /** Only in the answer to the upload. */
  listSid: string | undefined;
  status: OpenWord<'processing' | 'in-progress' | 'completed'> | undefined;
  totalRecords: number | undefined;
  successful: number | undefined;
  duplicates: number | undefined;
  failed: number | undefined;
  raw: unknown;
}

/** Which contacts of a list to fetch. */
export type ExotelListContactsQuery = Pick<ExotelRecordQuery, 'offset' | 'limit'>;

/**
 * Lists of contacts for campaigns. A list that an active or paused campaign uses cannot be deleted.
 *
 * @see https://developer.exotel.com/docs/campaign-lists/overview
 */
export interface ExotelCampaignLists extends ExotelDeletableRecords<
  ExotelCampaignList,
  ExotelRecordQuery
> {
  /** Creates one list. For a name that is taken, Exotel answers HTTP 200 with 409 inside: an ExotelApiError with `status` 409. */
  create(
    list: ExotelCampaignListInput,
    options?: ExotelBasicOnlyOptions,
  ): Promise<ExotelCampaignList>;
  /** Creates 1 to 5000 lists in one request. */
  createMany(
    lists: readonly ExotelCampaignListInput[],
    rules?: ExotelBulkRules,
    options?: ExotelBasicOnlyOptions,
  ): Promise<ExotelBulkAnswer<ExotelCampaignList>>;
  /** Renames a list. */
  rename(
    listSid: string,
    name: string,
    options?: ExotelBasicOnlyOptions,
  ): Promise<ExotelCampaignList>;
  /** Renames 1 to 5000 lists. */
  renameMany(
    names: readonly { listSid: string; name: string }[],
    rules?: ExotelBulkRules,
    options?: ExotelBasicOnlyOptions,
  ): Promise<ExotelBulkAnswer<ExotelCampaignList>>;
  /** One page of the contacts of a list. */
  listContacts(
    listSid: string,
    query?: ExotelListContactsQuery,
    options?: ExotelBasicOnlyOptions,
  ): Promise<ExotelPage<ExotelCampaignContact>>;
  /** Every contact of a list; pages are fetched as needed. */
  iterateContacts(
    listSid: string,
    query?: ExotelListContactsQuery,
    options?: ExotelVoiceIterateOptions,
  ): AsyncGenerator<ExotelCampaignContact, void, undefined>;
  /** Adds 1 to 5000 existing contacts to a list; a row of the answer is `done` if Exotel reports no failure for it. */
  addContacts(
    listSid: string,
    contactSids: readonly string[],
    rules?: ExotelBulkRules,
    options?: ExotelBasicOnlyOptions,
  ): Promise<ExotelBulkAnswer<{ raw: unknown }>>;
  /** Removes a contact from a list. The contact itself stays. */
  removeContact(
    listSid: string,
    contactSid: string,
    options?: ExotelBasicOnlyOptions,
  ): Promise<ExotelAcknowledgement>;
  /**
   * Makes a list from a CSV file. Exotel answers before it has read the file: follow it with `csvStatus`. If rows share a number, the
   * first counts. After a time-out the list may exist.
   */
  uploadCsv(
    file: ExotelCampaignCsv,
    options?: ExotelBasicOnlyOptions,
  ): Promise<ExotelCampaignCsvUpload>;
  /** The progress of a CSV upload. */
  csvStatus(uploadId: string, options?: ExotelBasicOnlyOptions): Promise<ExotelCampaignCsvUpload>;
}

const listSchema = v.strictObject({ name: filledText, tag: v.optional(filledText) });
const renameSchema = v.strictObject({ listSid: pathId, name: filledText });
const querySchema = v.strictObject(recordQuery());
const { offset, limit } = recordQuery();
const contactsQuerySchema = v.strictObject({ offset, limit });
const csvSchema = v.strictObject({
  listName: filledText,
  csv: v.union(
    [v.string(), v.instance(Uint8Array), v.instance(Blob)],
    'must be text, bytes or a Blob',
  ),
  type: oneOf(['static', 'dynamic']),
  fileName: v.optional(filledText),
});

const CSV_LIMITS = {
  static: { megabytes: 60, rows: 100_000, column: 'number' },
  dynamic: { megabytes: 60, rows: 500_000, column: 'number' },
} as const;

/** @internal */
export function createCampaignLists(client: ExotelClient): ExotelCampaignLists {
  const { zonelessOffset } = client.options;
  const group = 'campaignLists';
  const resource = createResource(client, { group, path: ['lists'] }, (record) =>
    parseList(record, zonelessOffset),
  );
  const references = createResource(client, { group, path: ['lists'] }, (raw) => ({ raw }));
  const files = createResource(client, { group, path: [] }, parseUpload);
  const parseContact = contactParser(zonelessOffset);

  async function listContacts(
    listSid: string,
    query?: ExotelListContactsQuery,
    options?: ExotelBasicOnlyOptions,
  ): Promise<ExotelPage<ExotelCampaignContact>> {
    const name = 'listContacts';
    const asked = resource.checked(name, contactsQuerySchema, query ?? {});
    const tail = [listSid, 'contacts'];
    const answer = await resource.send({ name, method: 'GET', tail, query: asked }, options);
    return readPage(answer, parseContact);
  }

  return {
    ...createDeletableRecords(resource, (name, query) =>
      toRecordQuery(resource.checked(name, querySchema, query)),
    ),

    async create(list, options) {
      const asked = resource.checked('create', listSchema, list);
      const body = client.wire(options).campaignBody === 'wrapped' ? { lists: [asked] } : asked;
      return resource.one({ name: 'create', method: 'POST', body }, options);
    },

    createMany: (lists, rules, options) =>
      sendRows(
        resource,
        {
          name: 'createMany',
          method: 'POST',
          rows: lists,
          schema: listSchema,
          toBody: (rows) => ({ lists: rows }),
        },
        rules,
        options,
      ),

    async rename(listSid, name, options) {
      const body = { name: resource.checked('rename', filledText, name, 'name') };
      return resource.one({ name: 'rename', method: 'PUT', tail: [listSid], body }, options);
    },

    renameMany: (names, rules, options) =>
      sendRows(
        resource,
        {
          name: 'renameMany',
          method: 'PUT',
          rows: names,
          schema: renameSchema,
          toBody: (rows) => ({ lists: rows.map(({ listSid, name }) => ({ sid: listSid, name })) }),
        },
        rules,
        options,
      ),

    listContacts,

    iterateContacts: (listSid, query, options) =>
      iteratePages((page, rest) => listContacts(listSid, page, rest), query, options),

    addContacts: (listSid, contactSids, rules, options) =>
      sendRows(
        references,
        {
          name: 'addContacts',
          method: 'POST',
          tail: [listSid, 'contacts'],
          rows: contactSids,
          schema: pathId,
          toBody: (rows) => ({ contact_references: rows.map((sid) => ({ contact_sid: sid })) }),
        },
        rules,
        options,
      ),

    removeContact: (listSid, contactSid, options) =>
      resource.acknowledged(
        { name: 'removeContact', method: 'DELETE', tail: [listSid, 'contacts', contactSid] },
        options,
      ),

    async uploadCsv(file, options) {
      const name = 'uploadCsv';
      const asked = files.checked(name, csvSchema, file);
      const form = new FormData();
      form.append('list_name', asked.listName);
      form.append('type', asked.type);
      const blob = toCsvBlob(asked.csv, `${group}.${name}`, CSV_LIMITS[asked.type]);
      // The file itself, despite the field's name.
      form.append('file_name', blob, asked.fileName ?? 'contacts.csv');
      const tail = ['contacts', 'csv-upload'];
      return files.one({ name, method: 'POST', tail, body: form }, options);
    },

    csvStatus: (uploadId, options) =>
      files.one({ name: 'csvStatus', method: 'GET', tail: ['csv-status', uploadId] }, options),
  };
}

function parseList(record: WireRecord, offset: string): ExotelCampaignList | undefined {
  const listSid = textOf(record.sid) ?? textOf(record.list_sid);
  if (listSid === undefined) return undefined;
  return {
    listSid,
    name: textOf(record.name),
    tag: textOf(record.tag),
    createdTime: parseExotelTime(record.date_created, offset),
    raw: record,
  };
}

/** @see https://github.com/rahulkumar-exo/exotel-docs — docs/campaign-guides/campaign-contacts-management.md */
function parseUpload(record: WireRecord): ExotelCampaignCsvUpload | undefined {
  const uploadId = textOf(record.upload_id);
  if (uploadId === undefined) return undefined;
  return {
    uploadId,
    listSid: textOf(record.list_sid),
    status: textOf(record.status),
    totalRecords: numberOf(record.total_records),
    successful: numberOf(record.success_count),
    duplicates: numberOf(record.duplicate_count),
    failed: numberOf(record.failure_count),
    raw: record,
  };
}
