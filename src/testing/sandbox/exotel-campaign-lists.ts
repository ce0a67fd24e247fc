/*
 * The address book of Exotel's campaigns: contacts, lists, and CSV files that become lists.
 *
 * https://developer.exotel.com/docs/campaign-lists/overview and https://developer.exotel.com/docs/campaigns-contacts/overview
 *
 * Documented: the paths, 207 with a code for each row, the fields of contacts, that names of lists are unique, the form of a CSV
 * upload, its columns and the fields of its status. From working code: `{ lists: [ … ] }`, `{ contacts: [ … ] }`,
 * `{ contact_references: [ … ] }`, and 409 inside HTTP 200 for a name that is taken.
 * Hypothesis: the fields of a list beyond `sid` and `name`; the codes inside 400 and 409; that a CSV file is done after one
 * status query (the real one takes longer).
 */
import { json, type Answer } from './answers.js';
import { readRows } from './exotel-contacts.js';
import {
  exotelFailure,
  exotelPage,
  exotelSuccess,
  failedRow,
  type ExotelRow,
} from './exotel-envelope.js';
import { exotelSid, toIndianTime } from './exotel-notation.js';
import { formOf, textsIn } from './form.js';
import type { ProviderSetup } from './provider.js';
import { asObject, asText, objectBody } from './read-body.js';
import { route, type ApiPart } from './router.js';
import type { SandboxRequest } from './sandbox-request.js';

/** A contact of the campaigns' address book, with the fields as they came. */
export interface ExotelCampaignContact {
  readonly sid: string;
  fields: Readonly<Record<string, unknown>>;
  readonly createdAt: number;
}

/** A list of contacts. */
export interface ExotelCampaignList {
  readonly sid: string;
  name: string;
  readonly tag: string | undefined;
  readonly contactSids: Set<string>;
  readonly createdAt: number;
}

/** What campaigns dial, by list. */
export interface ExotelCampaignBook {
  readonly campaignContacts: ReadonlyMap<string, ExotelCampaignContact>;
  readonly campaignLists: ReadonlyMap<string, ExotelCampaignList>;
}

const PATH = '/v2/accounts/:accountSid';
/** "E.164, or without +, or 10 digits; no spaces, dashes, brackets." */
const NUMBER = /^\+?\d{10,15}$/;

export function createExotelCampaignLists(
  { now }: ProviderSetup,
  isInUse: (listSid: string) => boolean,
): ApiPart<ExotelCampaignBook> {
  const contacts = new Map<string, ExotelCampaignContact>();
  const lists = new Map<string, ExotelCampaignList>();
  const uploads = new Map<string, { done: boolean; counts: object }>();
  let made = 0;
  const nextSid = (kind: string) => exotelSid(kind, (made += 1));

  function makeContact(row: unknown): ExotelRow {
    const fields = asObject(row) ?? {};
    if (!NUMBER.test(asText(fields.number) ?? '')) return failedRow(400, 1002, 'Invalid number');
    return succeeded(contactBody(addContact(fields)));
  }

  function addContact(fields: ExotelCampaignContact['fields']): ExotelCampaignContact {
    const contact = { sid: nextSid('contact'), fields, createdAt: now() };
    contacts.set(contact.sid, contact);
    return contact;
  }

  function makeList(row: unknown): ExotelRow {
    const { name, tag } = asObject(row) ?? {};
    const wanted = asText(name);
    if (wanted === undefined) return failedRow(400, 1001, 'Mandatory parameter missing');
    if (isTaken(wanted)) return NAME_TAKEN;
    return succeeded(listBody(addList(wanted, asText(tag))));
  }

  function addList(name: string, tag?: string): ExotelCampaignList {
    const list = {
      sid: nextSid('list'),
      name,
      tag,
      contactSids: new Set<string>(),
      createdAt: now(),
    };
    lists.set(list.sid, list);
    return list;
  }

  const isTaken = (name: string) => [...lists.values()].some((list) => list.name === name);

  function change(row: unknown): ExotelRow {
    const { sid, ...fields } = asObject(row) ?? {};
    const contact = contacts.get(asText(sid) ?? '');
    if (contact === undefined) return NO_CONTACT;
    contact.fields = { ...contact.fields, ...fields };
    return succeeded(contactBody(contact));
  }

  function rename(row: unknown): ExotelRow {
    const { sid, name } = asObject(row) ?? {};
    const list = lists.get(asText(sid) ?? '');
    const wanted = asText(name);
    if (list === undefined || wanted === undefined) return NO_LIST;
    if (isTaken(wanted)) return NAME_TAKEN;
    list.name = wanted;
    return succeeded(listBody(list));
  }

  function addToList(request: SandboxRequest, { sid }: { readonly sid: string }): Answer {
    const list = lists.get(sid);
    if (list === undefined) return oneAnswer(request, NO_LIST);
    const rows = rowsIn(request, 'contact_references').map((row) => {
      const contact = contacts.get(asText(asObject(row)?.contact_sid) ?? '');
      if (contact === undefined) return NO_CONTACT;
      list.contactSids.add(contact.sid);
      return succeeded({ contact_sid: contact.sid });
    });
    return manyAnswer(request, rows);
  }

  function removeList(sid: string): ExotelRow {
    if (!lists.has(sid)) return NO_LIST;
    if (isInUse(sid)) return failedRow(400, 1002, 'A campaign uses this list');
    lists.delete(sid);
    return succeeded(null);
  }

  async function uploadCsv(request: SandboxRequest): Promise<Answer> {
    const form = await formOf(request);
    const name = textsIn(form).get('list_name');
    const file = form.get('file_name');
    if (name === undefined || file === null || typeof file === 'string') {
      return exotelFailure(request, 400, 1001, 'Mandatory parameter missing');
    }
    const list = addList(name);
    const seen = new Set<string>();
    const counts = { total_records: 0, success_count: 0, duplicate_count: 0, failure_count: 0 };
    for (const { fields } of readRows(await file.text())) {
      const number = fields.number ?? '';
      counts.total_records += 1;
      if (!NUMBER.test(number)) counts.failure_count += 1;
      else if (seen.has(number)) counts.duplicate_count += 1;
      else {
        seen.add(number);
        counts.success_count += 1;
        list.contactSids.add(addContact(fields).sid);
      }
    }
    const uploadId = nextSid('upload');
    uploads.set(uploadId, { done: false, counts });
    const data = { upload_id: uploadId, list_sid: list.sid, status: 'processing' };
    // The documented sample has no envelope around `response`.
    return json(200, { response: [succeeded(data)] });
  }

  function csvStatus(request: SandboxRequest, { id }: { readonly id: string }): Answer {
    const upload = uploads.get(id);
    if (upload === undefined) return exotelFailure(request, 404, 1000, 'Upload not found');
    const status = upload.done ? 'completed' : 'processing';
    upload.done = true;
    const data = { upload_id: id, status, ...(status === 'completed' ? upload.counts : {}) };
    return json(200, { response: [succeeded(data)] });
  }

  function contactsOf(request: SandboxRequest, found: Iterable<string>): Answer {
    const records = [...found].map((sid) => contacts.get(sid)).filter((one) => one !== undefined);
    return pageAnswer(request, records.map(contactBody), 20);
  }

  return {
    routes: [
      route('POST', `${PATH}/contacts/csv-upload`, uploadCsv),
      route('GET', `${PATH}/csv-status/:id`, csvStatus),
      route('POST', `${PATH}/contacts`, (request) =>
        manyAnswer(request, rowsIn(request, 'contacts').map(makeContact)),
      ),
      route('PUT', `${PATH}/contacts`, (request) =>
        manyAnswer(request, rowsIn(request, 'contacts').map(change)),
      ),
      route('GET', `${PATH}/contacts`, (request) => contactsOf(request, contacts.keys())),
      route('GET', `${PATH}/contacts/:sid`, (request, { sid }) => {
        const contact = contacts.get(sid);
        return oneAnswer(request, contact ? succeeded(contactBody(contact)) : NO_CONTACT);
      }),
      route('PUT', `${PATH}/contacts/:sid`, (request, { sid }) =>
        oneAnswer(request, change({ ...objectBody(request), sid })),
      ),
      route('DELETE', `${PATH}/contacts/:sid`, (request, { sid }) =>
        oneAnswer(request, contacts.delete(sid) ? succeeded(null) : NO_CONTACT),
      ),
      route('POST', `${PATH}/lists`, (request) =>
        exotelSuccess(request, 200, rowsIn(request, 'lists').map(makeList)),
      ),
      route('PUT', `${PATH}/lists`, (request) =>
        manyAnswer(request, rowsIn(request, 'lists').map(rename)),
      ),
      route('GET', `${PATH}/lists`, (request) => {
        const name = request.query.get('name') ?? '';
        const found = [...lists.values()].filter((list) => list.name.includes(name));
        return pageAnswer(request, found.map(listBody));
      }),
      route('GET', `${PATH}/lists/:sid`, (request, { sid }) => {
        const list = lists.get(sid);
        return oneAnswer(request, list ? succeeded(listBody(list)) : NO_LIST);
      }),
      route('PUT', `${PATH}/lists/:sid`, (request, { sid }) =>
        oneAnswer(request, rename({ ...objectBody(request), sid })),
      ),
      route('DELETE', `${PATH}/lists/:sid`, (request, { sid }) =>
        oneAnswer(request, removeList(sid)),
      ),
      route('GET', `${PATH}/lists/:sid/contacts`, (request, { sid }) =>
        contactsOf(request, lists.get(sid)?.contactSids ?? []),
      ),
      route('POST', `${PATH}/lists/:sid/contacts`, addToList),
      route('DELETE', `${PATH}/lists/:sid/contacts/:contactSid`, (request, { sid, contactSid }) =>
        oneAnswer(
          request,
          lists.get(sid)?.contactSids.delete(contactSid) === true ? succeeded(null) : NO_CONTACT,
        ),
      ),
    ],
    verbs: { campaignContacts: contacts, campaignLists: lists },
    reset() {
      contacts.clear();
      lists.clear();
      uploads.clear();
      made = 0;
    },
  };
}

const NO_CONTACT = failedRow(404, 1000, 'Contact not found');
const NO_LIST = failedRow(404, 1000, 'List not found');
const NAME_TAKEN = failedRow(409, 1008, 'List name already exists');

export function succeeded(data: object | null): ExotelRow {
  return { code: 200, error_data: null, status: 'success', data };
}

/** The rows of a body: wrapped under that name, a bare array, or one bare object. */
export function rowsIn({ json: body }: SandboxRequest, name: string): readonly unknown[] {
  const wrapped = asObject(body)?.[name] ?? body;
  return Array.isArray(wrapped) ? wrapped : [wrapped];
}

function manyAnswer(request: SandboxRequest, rows: readonly ExotelRow[]): Answer {
  const success = rows.filter(({ data }) => data !== null).length;
  return exotelSuccess(request, 207, rows, { metadata: { total: rows.length, success } });
}

function oneAnswer(request: SandboxRequest, row: ExotelRow): Answer {
  return exotelSuccess(request, row.code, row);
}

export function pageAnswer(
  request: SandboxRequest,
  records: readonly object[],
  most = 500,
  wrap: (record: object) => object = succeeded,
): Answer {
  const { page, metadata } = exotelPage(request, records, { usual: 20, most });
  return exotelSuccess(request, 200, page.map(wrap), { metadata });
}

/** RFC 3339 at India's offset. */
export function toIndianRfc3339(at: number): string {
  return `${toIndianTime(at).replace(' ', 'T')}+05:30`;
}

function contactBody({ sid, fields, createdAt }: ExotelCampaignContact): object {
  return { ...fields, sid, date_created: toIndianRfc3339(createdAt) };
}

function listBody({ sid, name, tag, contactSids, createdAt }: ExotelCampaignList): object {
  const date_created = toIndianRfc3339(createdAt);
  return { sid, name, tag: tag ?? null, contact_count: contactSids.size, date_created };
}
