import { describe, expect, it } from '@jest/globals';
import { allOf, answerNext } from '../canned-answer.js';
import { exotelApi, TENANT } from './exotel-account.js';

const PLACE = { contactCenterId: 1, processId: 2, campaignId: 3 };
const PROCESS = {
  processId: 2,
  processName: 'Sales',
  contactCenterId: 1,
  processType: 'outbound',
  description: 'd',
  dialingStateLevel: 'lead',
  dateAdded: '2030-01-02T03:04:05Z',
  dateModified: '2030-01-02T03:04:06Z',
};

describe('configuration.listProcesses', () => {
  it('reads plain records and a total that is a string', async () => {
    const metadata = { total: '3', count: 2, offset: 0, limit: 2 };
    const sent = answerNext(TENANT, 'GET', {
      body: { request_id: 'rq', metadata, response: [PROCESS] },
    });
    const query = {
      contactCenterId: 1,
      limit: 10,
      offset: 0,
      sortBy: 'id:desc,name:asc',
      namePrefix: 'S',
    };
    expect(await exotelApi().configuration.listProcesses(query)).toMatchObject({
      total: 3,
      limit: 2,
      items: [
        {
          processId: 2,
          name: 'Sales',
          type: 'outbound',
          dialingStateLevel: 'lead',
          createdTime: new Date('2030-01-02T03:04:05Z'),
        },
      ],
    });
    expect(sent[0]?.path).toBe(
      '/configuration/cc/1/process?limit=10&offset=0&sort_by=id%3Adesc%2Cname%3Aasc&processName=S',
    );
  });

  it('iterates past the default page of two', async () => {
    const page = (...ids: number[]) => ({
      body: {
        metadata: { total: '3' },
        response: ids.map((processId) => ({ ...PROCESS, processId })),
      },
    });
    answerNext(TENANT, 'GET', page(1, 2), page(3));
    const found = await allOf(exotelApi().configuration.iterateProcesses({ contactCenterId: 1 }));
    expect(found.map(({ processId }) => processId)).toEqual([1, 2, 3]);
  });

  it('refuses a limit above 10', async () => {
    const query = { contactCenterId: 1, limit: 11 };
    await expect(exotelApi().configuration.listProcesses(query)).rejects.toMatchObject({
      field: 'limit',
    });
  });
});

it('configuration.listCampaigns reads a bare array', async () => {
  const campaign = {
    campaignContextId: 3,
    campaignContextName: 'Diwali',
    campaignContextType: 'voice',
    contactCenterId: 1,
    processId: 2,
    ref: 'r',
    version: 4,
  };
  const sent = answerNext(TENANT, 'GET', { body: [campaign] });
  expect(await exotelApi().configuration.listCampaigns(1)).toMatchObject({
    campaigns: [{ campaignId: 3, name: 'Diwali', type: 'voice', processId: 2, version: 4 }],
  });
  expect(sent[0]?.path).toBe('/configuration/hierarchyconfig/campaign?contactCenterId=1');
});

describe('configuration.listCampaignLeads', () => {
  const item = (data: unknown, error_data: unknown = null, http_code = 200) => ({
    http_code,
    error_data,
    data,
  });

  it('reads bulk items', async () => {
    const lead = {
      id: 9,
      campaignContextId: 3,
      leadId: 4,
      priority: 1,
      weightage: 2,
      enabled: true,
      maxAttempt: 5,
      campaignLeadUserMappings: [{ id: 1, campaignLeadId: 9, campaignUserId: 7 }],
    };
    const sent = answerNext(TENANT, 'GET', { body: { request_id: 'rq', response: [item(lead)] } });
    expect(await exotelApi().configuration.listCampaignLeads(PLACE)).toMatchObject({
      requestId: 'rq',
      leads: [
        {
          id: 9,
          leadId: 4,
          enabled: true,
          maxAttempt: 5,
          userMappings: [{ id: 1, campaignLeadId: 9, campaignUserId: 7 }],
        },
      ],
    });
    expect(sent[0]?.path).toBe('/cms/configuration/cc/1/process/2/campaign/3/campaign-lead');
  });

  it('fails for a failed item', async () => {
    const failed = item(null, { code: 1000, message: 'no' }, 404);
    answerNext(TENANT, 'GET', { body: { response: [item({ id: 9 }), failed] } });
    await expect(exotelApi().configuration.listCampaignLeads(PLACE)).rejects.toMatchObject({
      status: 404,
      failures: [{ index: 1, code: 1000 }],
    });
  });
});

const USERS = {
  campaignLeadId: 9,
  assignedCampaignUserIds: [1, 2],
  unassignedCampaignUserIds: [],
  leadId: 4,
  campaignId: 3,
  assignedUserIds: ['a', 'b'],
  unassignedUserIds: [],
};

it('configuration.listAssignedUsers reads a bare object', async () => {
  const sent = answerNext(TENANT, 'GET', { body: USERS });
  const query = { ...PLACE, leadId: 4, limit: 10, offset: 0 };
  expect(await exotelApi().configuration.listAssignedUsers(query)).toMatchObject({
    campaignLeadId: 9,
    assignedCampaignUserIds: [1, 2],
    assignedUserIds: ['a', 'b'],
  });
  expect(sent[0]?.path).toBe(
    '/cms/configuration/cc/1/process/2/campaign/3/lead-user?leadId=4&limit=10&offset=0',
  );
});

it('configuration.assignUsers sends both lists, also when one is empty', async () => {
  const sent = answerNext(TENANT, 'PUT', { body: USERS });
  const input = { leadId: 4, campaignId: 3, assignedUserIds: ['a'], unassignedUserIds: [] };
  expect(await exotelApi().configuration.assignUsers(input)).toMatchObject({ leadId: 4 });
  expect(sent).toMatchObject([
    { path: '/cms/configuration/voice/campaignLeadUserMapping', body: input },
  ]);
});
