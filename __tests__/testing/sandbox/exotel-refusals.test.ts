import { describe, expect, it, test } from '@jest/globals';
import axios, { type AxiosResponse } from 'axios';

import { createFakeClock } from '../../../src/testing/index.js';
import { http } from '../plain-http.js';
import { useSandbox } from '../use-sandbox.js';

/* What the sandbox's Exotel refuses: sent by hand, because the wrapper would refuse to send most of it. */

const clock = createFakeClock();
const exotel = useSandbox('exotel', { now: clock.now });

type Method = 'GET' | 'POST' | 'PUT';

function send(method: Method, path: string, data?: unknown): Promise<AxiosResponse> {
  const { accountSid, apiKey, apiToken } = exotel.credentials;
  return http.request({
    method,
    baseURL: exotel.url,
    url: path.replace(':sid', accountSid),
    data,
    auth: { username: apiKey, password: apiToken },
  });
}

const USERS = '/v2/accounts/:sid/users';
const V3 = '/v3/accounts/:sid/calls';
const V1 = '/v1/Accounts/:sid/Calls';
const NOOR = { first_name: 'Noor', last_name: 'Khan' };
const device = (id: number | string, rest = '') =>
  `${USERS}/${exotel.agents[0]!.userId}/devices/${id}${rest}`;

const csvForm = (content: string | Blob, name = 'contacts.csv', fields = {}) => {
  const form = new FormData();
  form.append('file', new Blob([content]), name);
  for (const [field, value] of Object.entries<string>(fields)) form.append(field, value);
  return form;
};

describe('the sandbox’s Exotel refuses', () => {
  it.each<[string, number, number, () => Promise<AxiosResponse>]>([
    ['a user without a last name', 400, 1001, () => send('POST', USERS, { first_name: 'Noor' })],
    ['a name that is too short', 400, 1007, () => send('POST', USERS, { ...NOOR, last_name: 'K' })],
    [
      'a device that is no phone number',
      400,
      1401,
      () => send('POST', USERS, { ...NOOR, device_contact_uri: '12345' }),
    ],
    [
      'an e-mail address that somebody has',
      409,
      10813,
      () => send('POST', USERS, { ...NOOR, email: exotel.agents[0]!.email }),
    ],
    ['a device that is not there', 404, 1000, () => send('PUT', device(99), { available: true })],
    [
      'a weak password',
      400,
      1002,
      () => send('PUT', device(1, '/password'), { password: 'short' }),
    ],
    ['a v3 call to nobody', 400, 1001, () => send('POST', V3, { from: { contact_uri: 'x' } })],
    ['a CCM call without any field', 400, 1001, () => send('POST', '/v2/accounts/:sid/calls', {})],
    [
      'a file that is no CSV',
      400,
      1001,
      () => send('POST', '/v2/accounts/:sid/contacts/upload', csvForm('a,b', 'contacts.txt')),
    ],
    [
      'what is no form at all',
      400,
      1001,
      () => send('POST', '/v2/accounts/:sid/contacts/upload', 'phone_number'),
    ],
    [
      'an unknown way to treat duplicates',
      400,
      1001,
      () =>
        send(
          'POST',
          '/v2/accounts/:sid/contacts/upload',
          csvForm('phone_number\n+910000000001', undefined, { duplicate_action: 'guess' }),
        ),
    ],
    [
      'an empty file',
      400,
      1001,
      () => send('POST', '/v2/accounts/:sid/contacts/upload', csvForm('')),
    ],
    ['a v4 login of somebody else', 401, 1010, () => send('POST', '/v4/accounts/:sid/login', {})],
  ])('%s', async (_, status, code, request) => {
    const answer = await request();
    expect([answer.status, answer.data.response.error_data.code]).toEqual([status, code]);
  });

  it.each<[string, number, () => Promise<AxiosResponse>]>([
    [
      'a Voice v1 call without a caller id',
      400,
      () => send('POST', `${V1}/connect.json`, 'From=1&To=2'),
    ],
    [
      'a Voice v1 call to nobody',
      400,
      () => send('POST', `${V1}/connect.json`, 'From=1&CallerId=2'),
    ],
    ['a Voice v1 call that nobody knows', 404, () => send('GET', `${V1}/nobody.json`)],
    [
      'a tenant’s request with the account’s key',
      401,
      () => send('PUT', '/cms/configuration/voice/campaignLeadUserMapping', {}),
    ],
  ])('%s', async (_, status, request) => {
    expect((await request()).status).toBe(status);
  });
});

test('a user may have an e-mail address and no device', async () => {
  const email = 'noor@example.invalid';
  const { data } = await send('POST', USERS, { ...NOOR, email });
  expect(data.response.data).toMatchObject({ email, devices: [] });
});

test('a device may be switched on again, and get a good password', async () => {
  expect((await send('PUT', device(1), { available: true })).status).toBe(200);
  expect((await send('PUT', device(1, '/password'), { password: 'Abcdefg1' })).status).toBe(200);
});

test('the recording of a v3 call is there once the call has ended, and if it was asked for', async () => {
  const place = (more: object) =>
    send('POST', V3, {
      from: { contact_uri: '+910000000002' },
      to: { contact_uri: '+910000000000' },
      virtual_number: '+910000000001',
      ...more,
    });
  await place({ recording: { record: true } });
  await place({});
  const [recorded, silent] = exotel.callsV3.map(({ sid }) => sid);
  const logOf = async (sid: string) => (await send('GET', `${V3}/${sid}/voice-logs`)).status;
  expect(await logOf(recorded!)).toBe(404);
  const legs = await send('GET', `${V3}/${recorded}/legs`);
  expect(legs.data.response.leg_details.from).toMatchObject([{ status: 'in-progress' }]);
  exotel.endCallV3(recorded!);
  exotel.endCallV3(silent!, 'to_leg_unanswered');
  expect([await logOf(recorded!), await logOf(silent!)]).toEqual([200, 404]);
  const { data } = await send('GET', `${V3}/${silent}`);
  expect(data.response.call_details).toMatchObject({
    status: 'to_leg_unanswered',
    total_talk_time: 0,
    recordings: [],
  });
});

describe('Contact Center v4', () => {
  const V4 = '/v4/accounts/:sid';

  async function session() {
    const { accountSid, apiKey, apiToken } = exotel.credentials;
    const login = { username: apiKey, password: apiToken, account_sid: accountSid };
    const { data } = await send('POST', `${V4}/login`, login);
    const headers = { Authorization: `Bearer ${String(data.response.data.session_token)}` };
    const baseURL = `${exotel.url}${V4.replace(':sid', accountSid)}`;
    return axios.create({ baseURL, headers, validateStatus: () => true });
  }

  test('refuses a user and a callback that lack something', async () => {
    const v4 = await session();
    expect((await v4.post('/users', { name: 'Asha' })).status).toBe(400);
    expect((await v4.post('/callbacks', { customer_number: '+910000000000' })).status).toBe(400);
    expect((await v4.post('/callbacks', { exophone: '+910000000001' })).status).toBe(400);
  });

  test('lists what there is', async () => {
    const v4 = await session();
    const [customer_number, exophone] = ['+910000000000', '+910000000001'];
    await v4.post('/callbacks', { customer_number, exophone });
    expect((await v4.get('/users')).data.response.data).toEqual({ users: [] });
    expect((await v4.get('/callbacks')).data.response.data.callbacks).toMatchObject([
      { customer_number, status: 'scheduled' },
    ]);
  });
});

test('a Voice v1 call is read without legs unless they are asked for, and was recorded if that was asked for', async () => {
  await send('POST', `${V1}/connect.json`, 'From=1&To=2&CallerId=3&Record=true');
  const [call] = exotel.voiceCalls;
  const read = async () =>
    (await send('GET', `${V1}/${call!.sid}.json`)).data.Call as Record<string, unknown>;
  expect(await read()).toMatchObject({ Sid: call!.sid, RecordingUrl: null });
  expect(await read()).not.toHaveProperty('Details');
  exotel.endVoiceCall(call!.sid);
  expect((await read()).RecordingUrl).toContain(call!.sid);
  const { data } = await send('GET', `${V1}.json`);
  expect(data).toMatchObject({ Metadata: { PageSize: 50 }, Calls: [{ Sid: call!.sid }] });
});

test('a call that the sandbox does not have cannot be ended', () => {
  expect(() => exotel.endCallV3('nobody')).toThrow('no v3 call "nobody"');
  expect(() => exotel.endVoiceCall('nobody')).toThrow('no Voice v1 call "nobody"');
});
