import { beforeEach, describe, expect, it } from '@jest/globals';
import axios from 'axios';
import {
  createExotelApi,
  createExotelV4Api,
  parseCcmCallback,
  parseVoiceCallback,
  toContactsCsv,
  type ExotelApi,
} from '../../../src/apis/exotel/index.js';
import { createFakeClock } from '../../../src/testing/index.js';
import { allOf } from '../../apis/canned-answer.js';
import { useSandbox } from '../use-sandbox.js';
import { webhookListener } from '../webhook-listener.js';

/*
 * The sandbox's Exotel as the wrapper sees it: whoever wrote the one from the documents meets whoever wrote the other.
 */

const clock = createFakeClock();
const exotel = useSandbox('exotel', { now: clock.now });
let api: ExotelApi;
beforeEach(() => {
  const { accountSid, ...basic } = exotel.credentials;
  api = createExotelApi(axios.create(), {
    accountSid,
    basic,
    tenantBasic: exotel.tenantCredentials,
    authScheme: 'basic',
    hosts: { ccm: exotel.url, voice: exotel.url, tenant: exotel.url },
  });
});

const CALL = { to: '+910000000000', virtualNumber: '+910000000001', customField: 'order 7' };
const agent = () => exotel.agents[0]!;

describe('a CCM call', () => {
  it('is placed, read, and ends with its callbacks', async () => {
    const { url, posts } = await webhookListener();
    const { callSid } = await api.calls.create({
      ...CALL,
      from: { userId: agent().userId },
      record: true,
      statusCallbacks: [
        { event: 'answered', url },
        { event: 'terminal', url },
      ],
    });
    expect(await api.calls.get(callSid)).toMatchObject({ state: 'active', outcome: undefined });
    exotel.answerCall(callSid);
    await exotel.webhooksSettled();
    clock.advance(5000);
    exotel.endCall(callSid, 'agent_canceled');
    await exotel.webhooksSettled();

    expect(await api.calls.get(callSid)).toMatchObject({
      state: 'terminal',
      outcome: 'agent_cancelled',
      durationSeconds: 5,
      customField: 'order 7',
    });
    expect(posts.map(({ body }) => parseCcmCallback(body))).toMatchObject([
      { callSid, event: 'answered', state: 'active', recordingUrl: undefined },
      {
        callSid,
        event: 'terminal',
        state: 'terminal',
        durationSeconds: 5,
        recordingUrl: expect.any(String),
      },
    ]);
    expect((await api.calls.list()).calls).toMatchObject([{ callSid }]);
  });

  it('that is asked for nothing posts nothing', async () => {
    const { callSid } = await api.calls.create({ ...CALL, from: { userId: agent().userId } });
    exotel.endCall(callSid);
    await exotel.webhooksSettled();
    expect(exotel.webhooks).toEqual([]);
  });
});

describe('a callback', () => {
  it.each([
    { statuses: [500, 200], attempts: 2, status: 200 },
    { statuses: [500, 500, 500, 200], attempts: 3, status: 500 },
  ])('is posted again, at most twice: $statuses', async ({ statuses, ...outcome }) => {
    const { url } = await webhookListener(...statuses);
    const { callSid } = await api.callsV3.create({
      ...CALL,
      from: { contactUri: '+910000000002' },
      statusCallbacks: [{ event: 'terminal', url }],
    });
    exotel.endCallV3(callSid);
    await exotel.webhooksSettled();
    expect(exotel.webhooks).toMatchObject([outcome]);
  });

  it('to nobody is noted as such', async () => {
    const { callSid } = await api.callsV3.create({
      ...CALL,
      from: { contactUri: '+910000000002' },
      statusCallbacks: [{ event: 'terminal', url: 'http://127.0.0.1:1/' }],
    });
    exotel.endCallV3(callSid);
    await exotel.webhooksSettled();
    expect(exotel.webhooks).toMatchObject([{ attempts: 3, status: undefined }]);
  });
});

describe('a v3 call', () => {
  it.each(['nested', 'flat'] as const)(
    'is placed with the %s body, listed, and ended',
    async (body) => {
      const { callSid } = await api.callsV3.create(
        { ...CALL, from: { contactUri: '+910000000002' }, record: true },
        { wire: { createCallV3: body } },
      );
      expect(await api.callsV3.get(callSid)).toMatchObject({ state: 'active', endTime: undefined });
      expect(await api.callsV3.active()).toMatchObject({
        total: 1,
        calls: [{ callSid, recording: true }],
      });
      clock.advance(7000);
      exotel.endCallV3(callSid);
      expect(await api.callsV3.get(callSid)).toMatchObject({
        outcome: 'completed',
        durationSeconds: 7,
        endTime: new Date(clock.now()),
        recordingUrls: [expect.any(String)],
      });
      expect(await api.callsV3.legs(callSid)).toMatchObject({
        from: [{ contactUri: '+910000000002' }],
        to: [{ contactUri: '+910000000000', status: 'completed' }],
      });
      expect(await api.callsV3.voiceLog(callSid)).toMatchObject({ durationSeconds: 7 });
      expect(await api.callsV3.active()).toMatchObject({ total: 0 });
    },
  );

  it('that nobody knows is 404', async () => {
    await expect(api.callsV3.get('nobody')).rejects.toMatchObject({ reason: 'call-not-found' });
  });
});

describe('a Voice v1 call', () => {
  const NUMBERS = { from: '+910000000002', to: '+910000000000', callerId: '08000000001' };

  it.each([
    { connectPath: 'connect.json', connectForm: 'urlencoded' },
    { connectPath: 'connect', connectForm: 'multipart' },
  ] as const)('is placed with %j, and read with its legs', async (wire) => {
    const placed = await api.voice.connectNumbers(NUMBERS, { wire });
    expect(placed).toMatchObject({
      status: 'in-progress',
      to: '+910000000000',
      endTime: undefined,
    });
    clock.advance(9000);
    exotel.endVoiceCall(placed.callSid);
    expect(await api.voice.get(placed.callSid, { legs: true })).toMatchObject({
      status: 'completed',
      durationSeconds: 9,
      price: 1.5,
      createdTime: new Date(clock.now() - 9000),
      legs: [{ id: 1, onCallSeconds: 9 }, { id: 2 }],
    });
  });

  it('is connected to a flow', async () => {
    const { from, callerId } = NUMBERS;
    const placed = await api.voice.connectToFlow({ from, callerId, appId: '7' });
    expect(placed.to).toBe(callerId);
    expect(exotel.voiceCalls[0]?.flowUrl).toMatch(/start_voice\/7$/);
  });

  it('is listed when it has ended, page after page', async () => {
    for (let call = 0; call < 3; call += 1) {
      const { callSid } = await api.voice.connectNumbers(NUMBERS);
      exotel.endVoiceCall(callSid);
    }
    await api.voice.connectNumbers(NUMBERS);
    const calls = await allOf(api.voice.iterate({ pageSize: 2 }));
    expect(calls.map(({ callSid }) => callSid)).toEqual(
      [3, 2, 1].map((serial) => `sandboxvoice00000${serial}`),
    );
  });

  it.each([undefined, 'application/json'] as const)(
    'posts its callback as %s',
    async (contentType) => {
      const { url, posts } = await webhookListener();
      const { callSid } = await api.voice.connectNumbers({
        ...NUMBERS,
        customField: 'order 7',
        statusCallback: { url, events: ['terminal'], contentType },
      });
      exotel.endVoiceCall(callSid, 'busy');
      await exotel.webhooksSettled();
      const [post] = posts;
      const headers = { 'content-type': post!.type };
      const body =
        contentType === undefined
          ? await new Response(new Uint8Array(post!.body), { headers }).formData()
          : post!.body;
      expect(parseVoiceCallback(body)).toMatchObject({
        callSid,
        event: 'terminal',
        status: 'busy',
        customField: 'order 7',
        legs: [{ status: 'busy', answeredBy: 'human' }, {}],
      });
    },
  );

  it('posts four fields when no events were asked for', async () => {
    const { url, posts } = await webhookListener();
    const options = { url, contentType: 'application/json' } as const;
    const { callSid } = await api.voice.connectNumbers({ ...NUMBERS, statusCallback: options });
    exotel.endVoiceCall(callSid);
    await exotel.webhooksSettled();
    expect(Object.keys(JSON.parse(String(posts[0]?.body)) as object)).toEqual([
      'CallSid',
      'DateUpdated',
      'Status',
      'RecordingUrl',
    ]);
  });

  it('takes no bearer token', async () => {
    const path = `${exotel.url}/v1/Accounts/sandbox-account/Calls.json`;
    const headers = { authorization: 'Bearer x' };
    const { status, data } = await axios.get(path, { headers, validateStatus: () => true });
    expect([status, data]).toMatchObject([401, { RestException: { Status: 401 } }]);
  });
});

describe('a contact file', () => {
  const rows = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      phoneNumber: `+9198${String(index).padStart(8, '0')}`,
      lastName: `Rao, "${index}"`,
    }));

  it('is accepted, processed and counted', async () => {
    const { uploadId } = await api.contacts.upload({ contacts: rows(10_000), listId: 'list-1' });
    expect(await api.contacts.status(uploadId)).toMatchObject({ status: 'processing' });
    expect(await api.contacts.status(uploadId)).toMatchObject({
      status: 'completed',
      totalRecords: 10_000,
      successful: 10_000,
      failed: 0,
    });
    expect(exotel.contactUploads).toMatchObject([{ fileName: 'contacts.csv', listId: 'list-1' }]);
    expect(exotel.contacts.get('+919800009999')?.last_name).toBe('Rao, "9999"');
  });

  it('keeps apart what was not taken and what was there before', async () => {
    const csv = `${toContactsCsv(rows(2))}98,,,,,,\r\n,,,,,,\r\n+919800000009,,,nobody,,,\r\n`;
    const { uploadId } = await api.contacts.upload({ contacts: rows(1) });
    const second = await api.contacts.upload({ csv });
    exotel.processContactUploads();
    expect(await api.contacts.status(uploadId)).toMatchObject({ successful: 1 });
    expect(await api.contacts.status(second.uploadId)).toMatchObject({
      successful: 1,
      failed: 3,
      duplicatesSkipped: 1,
    });
    const { errors } = await api.contacts.errors(second.uploadId);
    expect(errors).toMatchObject([
      { rowNumber: 4, phoneNumber: '98', code: 'INVALID_PHONE' },
      { rowNumber: 5, code: 'MISSING_REQUIRED' },
      { rowNumber: 6, code: 'INVALID_EMAIL' },
    ]);
    exotel.expireErrorFiles();
    await expect(api.contacts.errors(second.uploadId)).rejects.toMatchObject({
      reason: 'file-expired',
    });
  });

  it('may have a quotation mark where none belongs', async () => {
    const csv = new Blob(['phone_number,last_name\n+919800000001,Ra"o\n+919800000002,"Ra\n']);
    await api.contacts.upload({ csv });
    exotel.processContactUploads();
    expect([...exotel.contacts.values()].map((fields) => fields.last_name)).toEqual([
      'Ra"o',
      '"Ra',
    ]);
  });

  it('waits behind five others', async () => {
    for (let n = 0; n < 5; n += 1) await api.contacts.upload({ contacts: rows(1) });
    await expect(api.contacts.upload({ contacts: rows(1) })).rejects.toMatchObject({
      reason: 'rate-limited',
    });
  });

  it.each([
    ['an unknown one', () => api.contacts.status('nobody'), 404],
    ["an unknown one's errors", () => api.contacts.errors('nobody'), 404],
    ['one without its column', () => api.contacts.upload({ csv: new Blob(['a,b\n1,2\n']) }), 400],
  ])('%s is refused', async (_what, ask, status) => {
    await expect(ask()).rejects.toMatchObject({ status });
  });
});

describe('users', () => {
  it('are the agents, paged, with what is asked for', async () => {
    const users = await allOf(api.users.iterate({ limit: 2, fields: ['devices'] }));
    expect(users.map(({ userId }) => userId)).toEqual(exotel.agents.map(({ userId }) => userId));
    expect(users[0]).toMatchObject({ firstName: 'Asha', devices: [{ available: true }] });
    const query = { deviceContactUris: [agent().contactUri] };
    expect((await api.users.list(query)).items).toMatchObject([{ firstName: 'Asha', devices: [] }]);
  });

  it('are created, changed and deleted', async () => {
    const input = { firstName: 'Noor', lastName: 'Khan', deviceContactUri: '+910000000009' };
    const { user } = await api.users.create(input);
    await api.users.update(user.userId, { email: 'noor@example.invalid' });
    await expect(
      api.users.update(user.userId, { email: 'other@example.invalid' }),
    ).rejects.toMatchObject({ exotelCode: 1002 });
    await expect(api.users.create(input)).rejects.toMatchObject({ reason: 'device-exists' });
    await api.users.delete(user.userId);
    await expect(api.users.get(user.userId)).rejects.toMatchObject({ reason: 'user-not-found' });
  });

  it('never get the id of one who was deleted before', async () => {
    const create = async () =>
      (await api.users.create({ firstName: 'Noor', lastName: 'Khan' })).user;
    const [first, second] = [await create(), await create()];
    await api.users.delete(first.userId);
    expect((await create()).userId).not.toBe(second.userId);
  });

  it('have devices that must be verified before they are on', async () => {
    const { user } = await api.users.create({
      firstName: 'Noor',
      lastName: 'Khan',
      deviceContactUri: '+910000000009',
    });
    const [device] = user.devices;
    const on = api.devices.update(user.userId, device!.id!, { available: true });
    await expect(on).rejects.toMatchObject({ reason: 'device-unverified' });
    await expect(api.devices.setPassword(user.userId, 99, 'Abcdefg1')).rejects.toMatchObject({
      status: 404,
    });
    const { device: moved } = await api.devices.update(agent().userId, 1, {
      contactUri: '+910000000010',
      available: false,
    });
    expect(moved).toMatchObject({ contactUri: '+910000000010', verified: false, available: false });
  });
});

it('presence is listed, read and changed', async () => {
  const { userId } = agent();
  await api.presence.set(userId, 'busy');
  expect(await api.presence.get(userId)).toMatchObject({ status: 'busy' });
  expect((await allOf(api.presence.iterate({ limit: 1 }))).length).toBe(3);
  const move = api.presence.set(exotel.agents[2]!.userId, 'after-call-work');
  await expect(move).rejects.toMatchObject({ status: 400 });
});

it('the tenant host lists processes, campaigns and leads, and assigns users', async () => {
  const place = { contactCenterId: 1, processId: 1, campaignId: 1 };
  const { accountSid } = exotel.credentials;
  const lists = createExotelApi(axios.create(), {
    accountSid,
    basic: exotel.credentials,
    authScheme: 'basic',
    hosts: { tenant: exotel.url },
  }).configuration;
  expect(await allOf(lists.iterateProcesses({ contactCenterId: 1 }))).toHaveLength(3);
  expect((await lists.listCampaigns(1)).campaigns).toMatchObject([{ name: 'Festival' }]);
  expect((await lists.listCampaignLeads(place)).leads).toMatchObject([{ leadId: 1 }]);
  const { configuration } = api;
  await configuration.assignUsers({
    leadId: 1,
    campaignId: 1,
    assignedUserIds: ['a', 'b'],
    unassignedUserIds: [],
  });
  const query = { ...place, leadId: 1, limit: 10, offset: 0 };
  expect(await configuration.listAssignedUsers(query)).toMatchObject({
    assignedUserIds: ['a', 'b'],
  });
});

describe('Contact Center v4', () => {
  async function signedIn() {
    const { accountSid, apiKey, apiToken } = exotel.credentials;
    const { data } = await axios.post(`${exotel.url}/v4/accounts/${accountSid}/login`, {
      username: apiKey,
      password: apiToken,
      account_sid: accountSid,
    });
    const headers = { Authorization: `Bearer ${String(data.response.data.session_token)}` };
    return createExotelV4Api(axios.create({ headers }), { accountSid, hosts: { ccm: exotel.url } });
  }
  const USER = {
    name: 'Asha',
    email: 'a@example.invalid',
    phoneNumber: '+910000000002',
    role: 'agent',
  } as const;

  it('keeps users and callbacks for those with a session', async () => {
    const v4 = await signedIn();
    const { user } = await v4.users.create(USER);
    await expect(v4.users.create(USER)).rejects.toMatchObject({ reason: 'email-conflict' });
    expect(await v4.users.update(user.userId, { name: 'Asha R' })).toMatchObject({
      user: { name: 'Asha R' },
    });
    await v4.users.delete(user.userId);
    await expect(v4.users.get(user.userId)).rejects.toMatchObject({ status: 404 });

    const { callback } = await v4.callbacks.create({
      customerNumber: '+910000000000',
      exophone: '+910000000001',
    });
    await v4.callbacks.cancel(callback.callbackId);
    expect((await v4.callbacks.get(callback.callbackId)).callback.status).toBe('canceled');
    expect(await allOf(v4.voiceLogs.iterate())).toEqual([]);
  });

  it('refuses everybody else', async () => {
    const v4 = await signedIn();
    exotel.revokeSessions();
    await expect(v4.users.create(USER)).rejects.toMatchObject({ status: 401 });
  });
});
