/*
 * Exotel's configuration on the tenant host, on the sandbox's one Exotel server: give its URL as `hosts.tenant`.
 *
 * https://github.com/rahulkumar-exo/exotel-docs, docs/contact-center/api-reference/get-all-processes.mdx and its neighbours
 *
 * Documented: the paths, the queries, bearer for lists and a username and password for assignments, the page size of 2 (at most
 * 10), a `total` that is a string, the bare array of campaigns, the bare object of assignments, the error envelope.
 * Hypothesis: the code inside 401; the ids of campaign users.
 */
import { basicAuthorization } from '../../platform/basic-authorization.js';
import { json, type Answer } from './answers.js';
import { exotelPage, exotelSuccess } from './exotel-envelope.js';
import { objectBody } from './read-body.js';
import { route, type Access, type ApiPart } from './router.js';
import type { SandboxRequest } from './sandbox-request.js';

/** A login of the sandbox's tenant host. Obviously fake. */
export interface ExotelTenantCredentials {
  readonly username: string;
  readonly password: string;
}

/** Verbs about the tenant host. */
export interface ExotelConfiguration {
  /** Username and password for the two calls about assigned users. */
  readonly tenantCredentials: ExotelTenantCredentials;
  /** The ids of the users on the one lead list. */
  readonly leadUserIds: ReadonlySet<string>;
}

const TENANT: ExotelTenantCredentials = Object.freeze({
  username: 'sandbox-admin',
  password: 'fake-tenant-password',
});
const PROCESSES = ['Sales', 'Support', 'Renewals'];
const AT = '2030-01-01T00:00:00Z';

/** Creates three processes, a campaign and a lead list, and the routes about them. */
export function createExotelConfiguration(): ApiPart<ExotelConfiguration> {
  const leadUserIds = new Set<string>();
  const login = basicAuthorization(TENANT.username, TENANT.password);
  const tenantOnly: Access = ({ headers }) =>
    headers.authorization === login ? undefined : tenantFailure(401, 'Unauthorized');

  function assign(request: SandboxRequest): Answer {
    const body = objectBody(request);
    const { assignedUserIds: on, unassignedUserIds: off } = body;
    if (!Array.isArray(on) || !Array.isArray(off)) return tenantFailure(400, 'Bad Request');
    on.forEach((id) => leadUserIds.add(String(id)));
    off.forEach((id) => leadUserIds.delete(String(id)));
    return json(200, leadUsers(Number(body.leadId), Number(body.campaignId), on, off));
  }

  return {
    routes: [
      route('GET', '/configuration/cc/:ccId/process', listProcesses),
      route('GET', '/configuration/hierarchyconfig/campaign', ({ query }) =>
        json(200, [campaign(Number(query.get('contactCenterId')))]),
      ),
      route(
        'GET',
        '/cms/configuration/cc/:ccId/process/:processId/campaign/:campaignId/campaign-lead',
        (request, { campaignId }) =>
          exotelSuccess(request, 200, [
            { http_code: 200, error_data: null, data: campaignLead(Number(campaignId)) },
          ]),
      ),
      route(
        'GET',
        '/cms/configuration/cc/:ccId/process/:processId/campaign/:campaignId/lead-user',
        ({ query }, { campaignId }) =>
          json(
            200,
            leadUsers(Number(query.get('leadId')), Number(campaignId), [...leadUserIds], []),
          ),
        tenantOnly,
      ),
      route('PUT', '/cms/configuration/voice/campaignLeadUserMapping', assign, tenantOnly),
    ],
    verbs: { tenantCredentials: TENANT, leadUserIds },
    reset() {
      leadUserIds.clear();
    },
  };
}

function listProcesses(request: SandboxRequest, { ccId }: { readonly ccId: string }): Answer {
  const prefix = request.query.get('processName') ?? '';
  const found = PROCESSES.filter((name) => name.startsWith(prefix));
  const { page, metadata } = exotelPage(request, found, { usual: 2, most: 10 });
  const processes = page.map((name) => ({
    processId: PROCESSES.indexOf(name) + 1,
    processName: name,
    contactCenterId: Number(ccId),
    processType: 'outbound',
    description: name,
    dialingStateLevel: 'lead',
    dateAdded: AT,
    dateModified: AT,
  }));
  const total = String(metadata.total);
  return exotelSuccess(request, 200, processes, { metadata: { ...metadata, total } });
}

function campaign(contactCenterId: number): object {
  return {
    campaignContextId: 1,
    campaignContextName: 'Festival',
    campaignContextType: 'voice',
    contactCenterId,
    processId: 1,
    description: 'Festival',
    dateAdded: AT,
    dateModified: AT,
    ref: 'ref-1',
    version: 1,
  };
}

function campaignLead(campaignContextId: number): object {
  return {
    id: 1,
    campaignContextId,
    leadId: 1,
    priority: 1,
    weightage: 1,
    enabled: true,
    maxAttempt: 3,
    churnCount: 0,
    fetchOrderDetails: [],
    leadDialingConfigurationEnabled: false,
    leadDialingEnabledAtAllTime: true,
    campaignLeadDialingConfigurations: [],
    campaignLeadUserMappings: [{ id: 1, campaignLeadId: 1, campaignUserId: 1 }],
    dateAdded: AT,
    dateModified: AT,
    ref: 'ref-1',
    version: 1,
  };
}

function leadUsers(
  leadId: number,
  campaignId: number,
  on: readonly unknown[],
  off: readonly unknown[],
): object {
  return {
    campaignLeadId: 1,
    assignedCampaignUserIds: on.map((_id, index) => index + 1),
    unassignedCampaignUserIds: off.map((_id, index) => index + 1),
    leadId,
    campaignId,
    assignedUserIds: on,
    unassignedUserIds: off,
  };
}

function tenantFailure(status: number, text: string): Answer {
  return json(status, {
    statusCode: status,
    status: text,
    errorCode: 'CONF-1001',
    errorMessage: text,
  });
}
