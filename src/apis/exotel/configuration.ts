import * as v from 'valibot';
import { filledText, wholeNumber } from '../input-fields.js';
import { validateInput } from '../validate-input.js';
import { asRecord } from '../wire-values.js';
import {
  parseCampaign,
  parseCampaignLead,
  parseLeadUsers,
  parseProcess,
  type ExotelCampaign,
  type ExotelCampaignLead,
  type ExotelLeadUsers,
  type ExotelProcess,
} from './configuration-records.js';
import type { ExotelAnswer, ExotelClient } from './exotel-client.js';
import type {
  ExotelBasicOnlyOptions,
  ExotelIterateOptions,
  ExotelRequestOptions,
} from './exotel-options.js';
import { iteratePages, parsePosition, type ExotelPage } from './pages.js';

/** Which processes to list. */
export interface ExotelProcessQuery {
  contactCenterId: number;
  /** From 1 to 10. @defaultValue left to Exotel: 2 */
  limit?: number | undefined;
  /** @defaultValue 0 */
  offset?: number | undefined;
  /** Such as `id:desc,name:asc`. */
  sortBy?: string | undefined;
  /** Only names with this prefix. */
  namePrefix?: string | undefined;
}

/** A campaign of a process. */
export interface ExotelCampaignPlace {
  contactCenterId: number;
  processId: number;
  campaignId: number;
}

/** Whose assignments to list. The docs require all three of the last fields. */
export interface ExotelLeadUsersQuery extends ExotelCampaignPlace {
  leadId: number;
  limit: number;
  offset: number;
}

/** Whom to assign to a lead list, and whom to remove. */
export interface ExotelAssignUsersInput {
  leadId: number;
  campaignId: number;
  assignedUserIds: readonly string[];
  unassignedUserIds: readonly string[];
}

/**
 * Processes, campaigns and leads ("v6"), on the tenant's own host: `hosts.tenant` is needed.
 *
 * The lists use the instance's bearer by default, the two calls about assigned users Basic with the
 * tenant host's own username and password (`tenantBasic`). An instance that sends its token only to known origins has to know
 * the tenant host.
 */
export interface ExotelConfiguration {
  /**
   * One page of processes; two by default.
   *
   * @throws ApiInputError when `hosts.tenant` is missing.
   * @throws ExotelApiError when Exotel refuses; `exotelCode` is then a word such as `CONF-1001`.
   * @throws What every call throws: {@link ExotelApi}.
   * @see https://github.com/rahulkumar-exo/exotel-docs — docs/contact-center/api-reference/get-all-processes.mdx
   */
  listProcesses(
    query: ExotelProcessQuery,
    options?: ExotelRequestOptions,
  ): Promise<ExotelPage<ExotelProcess>>;

  /** Every process; pages are fetched as needed. Throws as `listProcesses` does. */
  iterateProcesses(
    query: ExotelProcessQuery,
    options?: ExotelIterateOptions,
  ): AsyncGenerator<ExotelProcess, void, undefined>;

  /**
   * The campaigns of a contact centre; the answer is a bare array.
   *
   * @throws ApiInputError when `hosts.tenant` is missing.
   * @throws What every call throws: {@link ExotelApi}.
   * @see https://github.com/rahulkumar-exo/exotel-docs — docs/contact-center/api-reference/get-all-campaigns.mdx
   */
  listCampaigns(
    contactCenterId: number,
    options?: ExotelRequestOptions,
  ): Promise<{ campaigns: readonly ExotelCampaign[]; raw: unknown }>;

  /**
   * The lead lists of a campaign.
   *
   * @throws ApiInputError when `hosts.tenant` is missing.
   * @throws ExotelApiError when Exotel refuses, even for one item of the answer.
   * @throws What every call throws: {@link ExotelApi}.
   * @see https://github.com/rahulkumar-exo/exotel-docs — docs/contact-center/api-reference/get-campaign-leads.mdx
   */
  listCampaignLeads(
    place: ExotelCampaignPlace,
    options?: ExotelRequestOptions,
  ): Promise<{
    leads: readonly ExotelCampaignLead[];
    requestId: string | undefined;
    raw: unknown;
  }>;

  /**
   * Who works on a lead list. Auth: the tenant host's Basic.
   *
   * @throws ApiInputError when `hosts.tenant` or `tenantBasic` is missing.
   * @throws What every call throws: {@link ExotelApi}.
   * @see https://github.com/rahulkumar-exo/exotel-docs — docs/contact-center/api-reference/get-assigned-users.mdx
   */
  listAssignedUsers(
    query: ExotelLeadUsersQuery,
    options?: ExotelBasicOnlyOptions,
  ): Promise<ExotelLeadUsers>;

  /**
   * Assigns users to a lead list, and removes them. Auth: the tenant host's Basic.
   *
   * @throws What every call throws: {@link ExotelApi}.
   * @see https://github.com/rahulkumar-exo/exotel-docs — docs/contact-center/api-reference/assign-users-to-lead.mdx
   */
  assignUsers(
    input: ExotelAssignUsersInput,
    options?: ExotelBasicOnlyOptions,
  ): Promise<ExotelLeadUsers>;
}

const id = wholeNumber(0);
const place = { contactCenterId: id, processId: id, campaignId: id };

const processQuerySchema = v.strictObject({
  contactCenterId: id,
  limit: v.optional(wholeNumber(1, 10)),
  offset: v.optional(wholeNumber(0)),
  sortBy: v.optional(filledText),
  namePrefix: v.optional(filledText),
});
const placeSchema = v.strictObject(place);
const leadUsersSchema = v.strictObject({
  ...place,
  leadId: id,
  limit: wholeNumber(1),
  offset: wholeNumber(0),
});
const assignSchema = v.strictObject({
  leadId: id,
  campaignId: id,
  assignedUserIds: v.array(filledText, 'must be an array; it may be empty'),
  unassignedUserIds: v.array(filledText, 'must be an array; it may be empty'),
});

/** @internal */
export function createConfiguration(client: ExotelClient): ExotelConfiguration {
  const { zonelessOffset } = client.options;

  async function listProcesses(
    query: ExotelProcessQuery,
    options?: ExotelRequestOptions,
  ): Promise<ExotelPage<ExotelProcess>> {
    const operation = 'configuration.listProcesses';
    const asked = validateInput(processQuerySchema, query, { api: 'exotel', operation });
    const answer = await client.send(
      {
        operation,
        method: 'GET',
        host: 'tenant',
        path: `/configuration/cc/${asked.contactCenterId}/process`,
        query: {
          limit: asked.limit,
          offset: asked.offset,
          sort_by: asked.sortBy,
          processName: asked.namePrefix,
        },
        budget: 'reads',
      },
      options,
    );
    const processes = asRecord(answer.body)?.response;
    if (!Array.isArray(processes)) throw answer.unexpected('The response has no processes.');
    return {
      items: processes.map((process) => parseProcess(process, zonelessOffset)),
      ...parsePosition(answer.body),
      requestId: answer.requestId,
      raw: answer.body,
    };
  }

  return {
    listProcesses,

    iterateProcesses: (query, options) => iteratePages(listProcesses, query, options),

    async listCampaigns(contactCenterId, options) {
      const operation = 'configuration.listCampaigns';
      const place = { api: 'exotel', operation, within: 'contactCenterId' } as const;
      const answer = await client.send(
        {
          operation,
          method: 'GET',
          host: 'tenant',
          path: '/configuration/hierarchyconfig/campaign',
          query: { contactCenterId: validateInput(id, contactCenterId, place) },
          budget: 'reads',
        },
        options,
      );
      if (!Array.isArray(answer.body)) throw answer.unexpected('The answer is not an array.');
      const campaigns = answer.body.map((campaign) => parseCampaign(campaign, zonelessOffset));
      return { campaigns, raw: answer.body };
    },

    async listCampaignLeads(where, options) {
      const operation = 'configuration.listCampaignLeads';
      const asked = validateInput(placeSchema, where, { api: 'exotel', operation });
      const path = `${campaignPath(asked)}/campaign-lead`;
      const answer = await client.send(
        { operation, method: 'GET', host: 'tenant', path, budget: 'reads' },
        options,
      );
      const leads = asRecord(answer.body)?.response;
      if (!Array.isArray(leads)) throw answer.unexpected('The response has no leads.');
      return {
        leads: leads.map((lead) => parseCampaignLead(lead, zonelessOffset)),
        requestId: answer.requestId,
        raw: answer.body,
      };
    },

    async listAssignedUsers(query, options) {
      const operation = 'configuration.listAssignedUsers';
      const asked = validateInput(leadUsersSchema, query, { api: 'exotel', operation });
      const { leadId, limit, offset } = asked;
      const answer = await client.send(
        {
          operation,
          fixedAuth: 'tenant-basic',
          method: 'GET',
          host: 'tenant',
          path: `${campaignPath(asked)}/lead-user`,
          query: { leadId, limit, offset },
          budget: 'reads',
        },
        options,
      );
      return leadUsersIn(answer);
    },

    async assignUsers(input, options) {
      const operation = 'configuration.assignUsers';
      const body = validateInput(assignSchema, input, { api: 'exotel', operation });
      const answer = await client.send(
        {
          operation,
          fixedAuth: 'tenant-basic',
          method: 'PUT',
          host: 'tenant',
          path: '/cms/configuration/voice/campaignLeadUserMapping',
          body,
        },
        options,
      );
      return leadUsersIn(answer);
    },
  };
}

function leadUsersIn(answer: ExotelAnswer): ExotelLeadUsers {
  const users = parseLeadUsers(answer.body);
  if (users === undefined) throw answer.unexpected('The answer is not an object.');
  return users;
}

function campaignPath({ contactCenterId, processId, campaignId }: ExotelCampaignPlace): string {
  return `/cms/configuration/cc/${contactCenterId}/process/${processId}/campaign/${campaignId}`;
}
