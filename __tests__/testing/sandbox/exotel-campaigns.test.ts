import { beforeEach, describe, expect, it } from '@jest/globals';
import axios from 'axios';
import {
  createExotelApi,
  parseCampaignCallback,
  parseFlowRequest,
  toConnectAnswer,
  toDialWhomAnswer,
  toGatherAnswer,
  toPassthruAnswer,
  type ExotelApi,
  type ExotelFlowAnswer,
  type ExotelFlowRequest,
} from '../../../src/apis/exotel/index.js';
import { createFakeClock } from '../../../src/testing/index.js';
import { allOf } from '../../apis/canned-answer.js';
import { serve } from '../../setup/loopback-server.js';
import { askExotel, bearer } from '../plain-http.js';
import { useSandbox } from '../use-sandbox.js';
import { webhookListener } from '../webhook-listener.js';

/* Campaigns, the account and call flows of the sandbox's Exotel, as the wrapper sees them. */

const clock = createFakeClock();
const exotel = useSandbox('exotel', { now: clock.now });
let api: ExotelApi;
beforeEach(() => {
  const { accountSid, ...basic } = exotel.credentials;
  api = createExotelApi(axios.create({ baseURL: exotel.url }), { accountSid, basic });
});

const CAMPAIGN = { callerId: '08012345678', appId: '1' };
const NUMBERS = ['+910000000001', '+910000000002'];

describe.each(['wrapped', 'bare'] as const)('a campaign whose body is %s', (campaignBody) => {
  const options = { wire: { campaignBody } };

  it('runs, retries, and ends with its webhooks', async () => {
    const { url, posts } = await webhookListener();
    const { campaignId, status } = await api.campaigns.create(
      {
        ...CAMPAIGN,
        from: NUMBERS,
        retries: { count: 1, intervalMinutes: 5, on: ['busy'] },
        callStatusCallback: url,
        callScheduleCallback: url,
        statusCallback: url,
      },
      options,
    );
    expect(status).toBe('InProgress');
    exotel.runCampaign(campaignId, (number, attempt) =>
      number === NUMBERS[0] && attempt === 1 ? 'busy' : 'completed',
    );
    await exotel.webhooksSettled();
    const news = posts.map(({ body }) => parseCampaignCallback(body));
    const kinds = news.map(({ kind }) => kind).sort();
    expect(kinds).toEqual([
      ...Array<string>(2).fill('call-schedule'),
      ...Array<string>(3).fill('call-status'),
      'campaign-status',
    ]);
    expect(new Set(news.map(({ deduplicationKey }) => deduplicationKey)).size).toBe(6);
    expect(await api.campaigns.get(campaignId)).toMatchObject({
      status: 'Completed',
      stats: { created: 2, completed: 2, failed: 0, pending: 0 },
    });
    const calls = await allOf(api.campaigns.iterateCalls(campaignId, { limit: 2 }));
    expect(calls.map(({ status: outcome }) => outcome)).toEqual(['busy', 'completed', 'completed']);
    await api.campaigns.archive(campaignId, options);
    expect((await api.campaigns.list({ status: ['Archived'] })).items).toHaveLength(1);
  });

  it('is paused, resumed and completed, and refuses what its state does not allow', async () => {
    const { campaignId } = await api.campaigns.create({ ...CAMPAIGN, from: NUMBERS }, options);
    await api.campaigns.pause(campaignId, options);
    await expect(api.campaigns.pause(campaignId, options)).rejects.toMatchObject({ status: 409 });
    await api.campaigns.resume(campaignId, options);
    await api.campaigns.pause(campaignId, options);
    await api.campaigns.complete(campaignId, options);
    expect(await api.campaigns.get(campaignId)).toMatchObject({ status: 'Completed' });
    await api.campaigns.delete(campaignId);
    await expect(api.campaigns.get(campaignId)).rejects.toMatchObject({ reason: 'not-found' });
  });
});

it('a scheduled campaign begins at its time, and is over once it was asked for while it ran', async () => {
  const sendAt = new Date(Math.max(Date.now(), clock.now()) + 3_600_000);
  const input = { ...CAMPAIGN, from: NUMBERS, schedule: { sendAt } };
  const { campaignId } = await api.campaigns.create(input);
  expect((await api.campaigns.get(campaignId)).status).toBe('Created');
  clock.advance(sendAt.getTime() - clock.now());
  expect((await api.campaigns.get(campaignId)).status).toBe('InProgress');
  expect((await api.campaigns.get(campaignId)).status).toBe('Completed');
});

it('a campaign never gets the id of one that was deleted before', async () => {
  const create = async () =>
    (await api.campaigns.create({ ...CAMPAIGN, from: NUMBERS })).campaignId;
  const [first, second] = [await create(), await create()];
  await api.campaigns.delete(first);
  expect(await create()).not.toBe(second);
});

describe('the address book', () => {
  it('takes contacts in bulk, puts them on a list, and a campaign dials it', async () => {
    const contacts = [
      { number: '+910000000001', firstName: 'Asha', lastName: 'Rao' },
      { number: '12' },
      { number: '+910000000003' },
    ];
    const { rows } = await api.campaignContacts.createMany(contacts, { onInvalid: 'skip' });
    const sids = rows.flatMap((row) => (row.status === 'done' ? [row.item.contactSid] : []));
    const { listSid } = await api.campaignLists.create({ name: 'VIP' });
    await api.campaignLists.addContacts(listSid, sids);
    expect(await allOf(api.campaignLists.iterateContacts(listSid))).toHaveLength(2);

    const { campaignId } = await api.campaigns.create({ ...CAMPAIGN, lists: [listSid] });
    await expect(api.campaignLists.delete(listSid)).rejects.toMatchObject({ status: 400 });
    exotel.runCampaign(campaignId);
    expect((await api.campaigns.listCalls(campaignId)).items).toMatchObject([
      { name: 'Asha Rao', number: '+910000000001' },
      { number: '+910000000003' },
    ]);
    await api.campaignLists.removeContact(listSid, sids[0]!);
    await api.campaignLists.delete(listSid);
  });

  it('changes and deletes contacts, and refuses a list name that is taken', async () => {
    const { contactSid } = await api.campaignContacts.create({ number: '+910000000001' });
    await api.campaignContacts.update(contactSid, { tag: 'vip' });
    await api.campaignContacts.updateMany([{ contactSid, custom: { city: 'Pune' } }]);
    expect(await api.campaignContacts.get(contactSid)).toMatchObject({
      tag: 'vip',
      custom: { city: 'Pune' },
    });
    await api.campaignContacts.delete(contactSid);
    expect((await api.campaignContacts.list()).total).toBe(0);

    const { listSid } = await api.campaignLists.create({ name: 'VIP' });
    await expect(api.campaignLists.create({ name: 'VIP' })).rejects.toMatchObject({ status: 409 });
    await api.campaignLists.rename(listSid, 'Gold');
    expect((await api.campaignLists.list({ name: 'Gold' })).items).toHaveLength(1);
  });

  it('makes a list out of a CSV file', async () => {
    const { uploadId, listSid } = await api.campaignLists.uploadCsv({
      listName: 'VIP',
      type: 'static',
      csv: 'number,name\n+910000000001,A\n+910000000001,B\n12,C\n9876543210,D\n',
    });
    expect((await api.campaignLists.csvStatus(uploadId)).status).toBe('processing');
    expect(await api.campaignLists.csvStatus(uploadId)).toMatchObject({
      status: 'completed',
      totalRecords: 4,
      successful: 2,
      duplicates: 1,
      failed: 1,
    });
    expect((await api.campaignLists.listContacts(listSid!)).total).toBe(2);
  });
});

it.each(['message', 'sms'] as const)(
  'an SMS campaign with the fields of the generation %s is sent',
  async (smsCampaignFields) => {
    const { contactSid } = await api.campaignContacts.create({ number: '+910000000001' });
    const { listSid } = await api.campaignLists.create({ name: 'VIP' });
    await api.campaignLists.addContacts(listSid, [contactSid]);
    const { campaignId } = await api.smsCampaigns.create(
      {
        ...{ contentType: 'static', lists: [listSid], dltEntityId: 1, dltTemplateId: 2 },
        ...{ senderId: 'EXOTEL', messageType: 'Transactional', template: 'Hello' },
      },
      { wire: { smsCampaignFields } },
    );
    await api.smsCampaigns.pause(campaignId);
    await api.smsCampaigns.resume(campaignId);
    await api.smsCampaigns.get(campaignId);
    expect(await api.smsCampaigns.get(campaignId)).toMatchObject({ status: 'completed', sent: 1 });
    expect((await api.smsCampaigns.listMessages(campaignId)).items).toMatchObject([
      { number: '+910000000001', message: 'Hello', senderId: 'EXOTEL', status: 'sent' },
    ]);
    expect((await api.smsCampaigns.list()).total).toBe(1);
  },
);

it('the account has a balance, and numbers that are bought, led to a flow and released', async () => {
  expect((await api.account.balance()).balance).toBe(100.5);
  expect((await api.account.numberMetadata('+910000000001')).circle).toBe('KA');
  const [offer] = await api.exoPhones.available({ country: 'IN', type: 'Landline' });
  const { sid = '' } = await api.exoPhones.buy({ phoneNumber: offer!.phoneNumber });
  await api.exoPhones.update(sid, { friendlyName: 'Sales' });
  expect((await api.exoPhones.get(sid)).friendlyName).toBe('Sales');
  expect((await api.exoPhones.health(sid)).incoming?.status).toBe('active');
  expect(await api.exoPhones.list()).toHaveLength(2);
  await api.exoPhones.release(sid);
  await expect(api.exoPhones.get(sid)).rejects.toMatchObject({ reason: 'not-found' });
});

it('campaigns and the account take Basic only, though calls take the token as well', async () => {
  const { accountSid } = exotel.credentials;
  const { data } = await askExotel(exotel);
  const { headers } = bearer(data.response.data.access_token);
  const http = axios.create({ baseURL: exotel.url, headers, validateStatus: () => true });
  const statuses = await Promise.all(
    [
      `/v2/accounts/${accountSid}/calls`,
      `/v2/accounts/${accountSid}/campaigns`,
      `/v1/Accounts/${accountSid}/Balance.json`,
    ].map(async (path) => (await http.get(path)).status),
  );
  expect(statuses).toEqual([200, 401, 401]);
});

describe('an incoming call', () => {
  it('walks through a flow: gathers a digit, takes a branch by it, and connects', async () => {
    const asked: ExotelFlowRequest[] = [];
    const answers: Record<string, (request: ExotelFlowRequest) => ExotelFlowAnswer> = {
      '/menu': () => toGatherAnswer({ prompt: 'Press 1', maxDigits: 1 }),
      '/route': ({ digits }) => toPassthruAnswer(digits === '1' ? 'first' : 'second'),
      '/sales': () => toConnectAnswer({ numbers: ['+910000000001'] }),
      '/desk': () => toDialWhomAnswer(['+910000000008', '+910000000009']),
    };
    const url = await serve((request, response) => {
      const call = parseFlowRequest(request.url);
      asked.push(call);
      const answer = answers[request.url!.split('?')[0]!]!(call);
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
    const flow = [
      { applet: 'gather', url: `${url}/menu` },
      {
        applet: 'passthru',
        url: `${url}/route`,
        first: [{ applet: 'connect', url: `${url}/sales` }],
        second: [{ applet: 'connect', url: `${url}/desk` }],
      },
      { applet: 'passthru', url: `${url}/route` },
    ] as const;
    const steps = await exotel.callIn(flow, { presses: ['1'], customField: 'vip' });
    expect(steps.map(({ status, dialled }) => [status, dialled])).toEqual([
      [200, []],
      [200, []],
      [200, ['+910000000001']],
      [200, []],
    ]);
    expect(asked.map(({ digits }) => digits)).toEqual([undefined, '1', '1', '1']);
    expect(asked.at(-1)).toMatchObject({
      from: '09876500001',
      customField: 'vip',
      callType: 'completed',
      dialStatus: 'completed',
      dialledNumber: '+910000000001',
    });

    const others = await exotel.callIn(flow, { presses: ['2'] });
    expect(others[2]?.dialled).toEqual(['+910000000008', '+910000000009']);
  });
});
