import * as v from 'valibot';
import { flag, pathId, somethingToChange } from '../../input-fields.js';
import { asRecord, textOf, type WireRecord } from '../../wire-values.js';
import type { ExotelClient } from '../exotel-client.js';
import type { ExotelBasicOnlyOptions } from '../exotel-options.js';
import { parseExotelTime } from '../exotel-time.js';
import {
  campaignNumber,
  createDeletableRecords,
  createResource,
  recordQuery,
  sendRows,
  toRecordQuery,
  type ExotelBulkAnswer,
  type ExotelBulkRules,
  type ExotelRecordQuery,
  type ExotelDeletableRecords,
} from './resource.js';

/** What can be set on a contact. */
export interface ExotelCampaignContactFields {
  /** E.164; Exotel guesses the country of local numbers. */
  number?: string | undefined;
  firstName?: string | undefined;
  lastName?: string | undefined;
  companyName?: string | undefined;
  email?: string | undefined;
  tag?: string | undefined;
  custom?: Readonly<Record<string, string>> | undefined;
}

/** A contact to create. */
export interface ExotelCampaignContactInput extends ExotelCampaignContactFields {
  number: string;
}

/** Changes to one of several contacts. */
export interface ExotelCampaignContactChange extends ExotelCampaignContactFields {
  contactSid: string;
}

/** A contact of the campaigns' address book. */
export interface ExotelCampaignContact extends ExotelCampaignContactFields {
  contactSid: string;
  createdTime: Date | undefined;
  raw: unknown;
}

/** Which contacts to list. */
export interface ExotelCampaignContactQuery extends ExotelRecordQuery {
  /** From 1 to 20. @defaultValue left to Exotel: 20 */
  limit?: number | undefined;
  listSids?: readonly string[] | undefined;
  /** Adds each contact's lists, in `raw`. */
  withLists?: boolean | undefined;
}

/**
 * The campaigns' address book, separate from that of `contacts`, which belongs to the contact centre.
 *
 * @see https://developer.exotel.com/docs/campaigns-contacts/overview
 */
export interface ExotelCampaignContacts extends ExotelDeletableRecords<
  ExotelCampaignContact,
  ExotelCampaignContactQuery
> {
  /** Creates one contact. */
  create(
    contact: ExotelCampaignContactInput,
    options?: ExotelBasicOnlyOptions,
  ): Promise<ExotelCampaignContact>;
  /**
   * Creates 1 to 5000 contacts in one request. Exotel may accept some and refuse others: the answer says which, by their index in
   * `contacts`.
   *
   * @throws ApiInputError naming row and field (`3.number`) of the first invalid contact, unless `onInvalid` is `skip`.
   * @throws ExotelApiError when Exotel refuses the whole request.
   * @throws AxiosError when no answer came: **the contacts may exist**.
   */
  createMany(
    contacts: readonly ExotelCampaignContactInput[],
    rules?: ExotelBulkRules,
    options?: ExotelBasicOnlyOptions,
  ): Promise<ExotelBulkAnswer<ExotelCampaignContact>>;
  /** Changes one contact. */
  update(
    contactSid: string,
    changes: ExotelCampaignContactFields,
    options?: ExotelBasicOnlyOptions,
  ): Promise<ExotelCampaignContact>;
  /** Changes 1 to 5000 contacts in one request; otherwise like `createMany`. */
  updateMany(
    changes: readonly ExotelCampaignContactChange[],
    rules?: ExotelBulkRules,
    options?: ExotelBasicOnlyOptions,
  ): Promise<ExotelBulkAnswer<ExotelCampaignContact>>;
}

const text = v.optional(v.string('must be a string'));
const fields = {
  number: v.optional(campaignNumber),
  firstName: text,
  lastName: text,
  companyName: text,
  email: text,
  tag: text,
  custom: v.optional(v.record(v.string(), v.string('must be a string'))),
};
const contactSchema = v.strictObject({ ...fields, number: campaignNumber });
const changesSchema = v.pipe(v.strictObject(fields), somethingToChange());
const changeSchema = v.strictObject({ ...fields, contactSid: pathId });
const querySchema = v.strictObject({
  ...recordQuery(20),
  listSids: v.optional(v.array(pathId)),
  withLists: v.optional(flag),
});

/** @internal */
export function createCampaignContacts(client: ExotelClient): ExotelCampaignContacts {
  const resource = createResource(
    client,
    { group: 'campaignContacts', path: ['contacts'] },
    contactParser(client.options.zonelessOffset),
  );
  const toBody = (contacts: readonly object[], options: ExotelBasicOnlyOptions | undefined) =>
    client.wire(options).campaignBody === 'wrapped' ? { contacts } : contacts;

  return {
    ...createDeletableRecords(resource, (name, query) => {
      const asked = resource.checked(name, querySchema, query);
      return {
        ...toRecordQuery(asked),
        list_sids: asked.listSids?.join(','),
        filter: asked.withLists === true ? 'show_list' : undefined,
      };
    }),

    async create(contact, options) {
      const asked = resource.checked('create', contactSchema, contact);
      const body = toBody([toWire(asked)], options);
      return resource.one({ name: 'create', method: 'POST', body }, options);
    },

    createMany: (contacts, rules, options) =>
      sendRows(
        resource,
        {
          name: 'createMany',
          method: 'POST',
          rows: contacts,
          schema: contactSchema,
          toBody: (rows) => toBody(rows.map(toWire), options),
        },
        rules,
        options,
      ),

    async update(contactSid, changes, options) {
      const body = toWire(resource.checked('update', changesSchema, changes));
      return resource.one({ name: 'update', method: 'PUT', tail: [contactSid], body }, options);
    },

    updateMany: (changes, rules, options) =>
      sendRows(
        resource,
        {
          name: 'updateMany',
          method: 'PUT',
          rows: changes,
          schema: changeSchema,
          toBody: (rows) =>
            toBody(
              rows.map(({ contactSid, ...rest }) => ({ sid: contactSid, ...toWire(rest) })),
              options,
            ),
        },
        rules,
        options,
      ),
  };
}

/** @internal */
export function contactParser(zonelessOffset: string) {
  return (record: WireRecord): ExotelCampaignContact | undefined => {
    const contactSid = textOf(record.sid) ?? textOf(record.contact_sid);
    if (contactSid === undefined) return undefined;
    return {
      contactSid,
      number: textOf(record.number),
      firstName: textOf(record.first_name),
      lastName: textOf(record.last_name),
      companyName: textOf(record.company_name),
      email: textOf(record.email),
      tag: textOf(record.tag),
      custom: customIn(record.custom),
      createdTime: parseExotelTime(record.date_created, zonelessOffset),
      raw: record,
    };
  };
}

function customIn(value: unknown): Record<string, string> | undefined {
  const custom = asRecord(value);
  if (custom === undefined) return undefined;
  return Object.fromEntries(Object.entries(custom).map(([key, one]) => [key, textOf(one) ?? '']));
}

function toWire(contact: ExotelCampaignContactFields) {
  return {
    number: contact.number,
    first_name: contact.firstName,
    last_name: contact.lastName,
    company_name: contact.companyName,
    email: contact.email,
    tag: contact.tag,
    custom: contact.custom,
  };
}
