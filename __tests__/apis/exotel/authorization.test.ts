import { describe, expect, it } from '@jest/globals';
import axios from 'axios';
import { createExotelApi, exotelAuthSchemes } from '../../../src/apis/exotel/index.js';
import { answerNext, failureOf } from '../canned-answer.js';
import { CHOOSABLE, FIXED, PLACE } from './every-call.js';
import { BASIC, BASIC_HEADER, CCM, exotelApi, TENANT, VOICE } from './exotel-account.js';

/** Every documented method, on every host: the first request is noted, and refused. */
async function authorizationOf(send: () => Promise<unknown>) {
  const sent = [CCM, VOICE, TENANT].flatMap((host) =>
    (['GET', 'POST', 'PUT', 'DELETE'] as const).map((method) =>
      answerNext(host, method, { status: 403 }),
    ),
  );
  await expect(send()).rejects.toMatchObject({ code: 'ERR_EXOTEL_API', status: 403 });
  const [only, ...others] = sent.flat();
  expect(others).toEqual([]);
  return only?.headers.authorization;
}

describe.each(Object.entries(CHOOSABLE))('%s', (operation, call) => {
  const byDefault = exotelAuthSchemes[operation as keyof typeof exotelAuthSchemes];
  const header = { bearer: 'Bearer fake-token', basic: BASIC_HEADER };
  const other = byDefault === 'basic' ? 'bearer' : 'basic';

  it(`goes out with ${byDefault} by default`, async () => {
    const api = exotelApi();
    expect(await authorizationOf(() => call(api))).toBe(header[byDefault]);
  });

  it(`goes out with ${other} when the call says so`, async () => {
    const api = exotelApi();
    expect(await authorizationOf(() => call(api, { authScheme: other }))).toBe(header[other]);
  });
});

describe('the scheme that the client says', () => {
  it.each([
    ['bearer', 'users.list', 'Bearer fake-token'],
    ['basic', 'presence.list', BASIC_HEADER],
  ] as const)('%s goes before the default of a call', async (authScheme, operation, header) => {
    const api = exotelApi({ authScheme });
    expect(await authorizationOf(() => CHOOSABLE[operation](api))).toBe(header);
  });

  it('does not go before what the call says', async () => {
    const { presence } = exotelApi({ authScheme: 'bearer' });
    const header = await authorizationOf(() => presence.list({}, { authScheme: 'basic' }));
    expect(header).toBe(BASIC_HEADER);
  });
});

it('the option basic goes before a login of the instance’s defaults', async () => {
  const instance = axios.create({ auth: { username: 'another', password: 'of the app' } });
  const sent = answerNext(VOICE, 'GET', { body: { Call: { Sid: 'c1' } } });
  const options = { accountSid: 'acme', region: 'singapore', basic: BASIC } as const;
  await createExotelApi(instance, options).voice.get('c1');
  expect(sent[0]?.headers.authorization).toBe(BASIC_HEADER);
});

it('without basic, a call that would use it goes out with what the instance attaches', async () => {
  const api = exotelApi({ basic: undefined });
  expect(await authorizationOf(() => api.users.list())).toBe('Bearer fake-token');
});

describe('Basic only:', () => {
  it.each(Object.entries(FIXED))('%s ignores a client that prefers bearer', async (name, call) => {
    const tenant = name.startsWith('configuration.');
    const header = tenant ? `Basic ${btoa('admin:fake-password')}` : BASIC_HEADER;
    const api = exotelApi({ authScheme: 'bearer' });
    expect(await authorizationOf(() => call(api))).toBe(header);
  });
});

describe('credentials', () => {
  it('are fetched again before each Basic call if they come from a function', async () => {
    const tokens = ['first', 'second'];
    const api = exotelApi({
      basic: () => Promise.resolve({ apiKey: 'key', apiToken: tokens.shift() ?? '' }),
    });
    const sent = answerNext(
      VOICE,
      'GET',
      { body: { Call: { Sid: 's' } } },
      { body: { Call: { Sid: 's' } } },
    );
    await api.voice.get('s');
    await api.voice.get('s');
    expect(sent.map(({ headers }) => headers.authorization)).toEqual(
      ['key:first', 'key:second'].map((pair) => `Basic ${btoa(pair)}`),
    );
  });

  it('are written in UTF-8', async () => {
    const api = exotelApi({ basic: { apiKey: 'key', apiToken: 'żółć' } });
    const sent = answerNext(VOICE, 'GET', { body: { Call: { Sid: 's' } } });
    await api.voice.get('s');
    expect(sent[0]?.headers.authorization).toBe(
      `Basic ${Buffer.from('key:żółć').toString('base64')}`,
    );
  });

  it.each([
    { basic: undefined, field: 'options.basic', remedy: 'apiKey and apiToken' },
    {
      basic: () => ({ apiKey: 'k', apiToken: '' }),
      field: 'options.basic.apiToken',
      remedy: 'string',
    },
  ])('that are missing are named: $field', async ({ basic, field, remedy }) => {
    const api = createExotelApi(axios.create({ baseURL: CCM }), { accountSid: 'acme', basic });
    const error = await failureOf(api.users.list({}, { authScheme: 'basic' }));
    expect(error).toMatchObject({ code: 'ERR_API_INPUT', operation: 'users.list', field });
    expect(error.message).toContain(remedy);
  });

  it.each([
    ['basic', null],
    ['basic', 'k:t'],
    ['basic.apiToken', { apiKey: 'k', apiToken: '' }],
    ['basic.apiKey', { apiKey: 'k\n', apiToken: 't' }],
    ['tenantBasic.password', { username: 'u' }],
    ['wire.createCallV3', { createCallV3: 'deep' }],
    ['wire.createCall', { createCall: 'nested' }],
    ['rateLimiter', { voicePerMinute: 100 }],
  ])('and other options that cannot work are refused at once: %s %j', (field, value) => {
    const option = field.replace(/\..*/, '');
    expect(() => exotelApi({ [option]: value })).toThrow(
      expect.objectContaining({ code: 'ERR_API_INPUT', operation: 'createExotelApi', field }),
    );
  });

  it('of the tenant host are named too', async () => {
    const api = exotelApi({ tenantBasic: undefined });
    const query = { ...PLACE, leadId: 4, limit: 10, offset: 0 };
    await expect(api.configuration.listAssignedUsers(query)).rejects.toMatchObject({
      field: 'options.tenantBasic',
    });
  });

  it('override a header of the call', async () => {
    const sent = answerNext(VOICE, 'GET', { body: { Call: { Sid: 's' } } });
    const headers = { authorization: 'Bearer stray', 'x-app': 'mine' };
    await exotelApi().voice.get('s', {}, { headers });
    expect(sent[0]?.headers).toMatchObject({ authorization: BASIC_HEADER, 'x-app': 'mine' });
  });
});

describe('options that cannot work are refused at once, and named:', () => {
  it.each([
    ['accountSid', { accountSid: '' }],
    ['accountSid', { accountSid: '../other' }],
    ['region', { region: 'mars' as 'mumbai' }],
    ['authScheme', { authScheme: 'digest' as 'basic' }],
    ['hosts.voice', { hosts: { voice: 'https://key:token@host.example' } }],
    ['zonelessOffset', { zonelessOffset: 'IST' }],
  ])('%s', (field, wrong) => {
    expect(() => exotelApi(wrong)).toThrow(
      expect.objectContaining({ code: 'ERR_API_INPUT', operation: 'createExotelApi', field }),
    );
  });
});

it("passes the call's own axios config on", async () => {
  const instance = axios.create({ baseURL: CCM, timeout: 20_000 });
  const seen: unknown[] = [];
  instance.interceptors.request.use((config) => {
    seen.push([config.timeout, config.maxContentLength]);
    return config;
  });
  const api = createExotelApi(instance, { accountSid: 'acme', basic: BASIC });
  answerNext(CCM, 'GET', { body: { response: [] } }, { body: { response: [] } });
  await api.calls.list({ timeout: 30_000, maxContentLength: 1e6 });
  await api.calls.list({ authScheme: undefined });
  expect(seen).toEqual([
    [30_000, 1e6],
    [20_000, -1],
  ]);
});

it('works with an instance that unwraps response.data', async () => {
  const instance = axios.create({ baseURL: CCM });
  instance.interceptors.response.use((response) => response.data as never);
  answerNext(CCM, 'GET', { body: { response: { call_details: { sid: 's1' } } } });
  const api = createExotelApi(instance, { accountSid: 'acme' });
  expect(await api.calls.get('s1')).toMatchObject({ callSid: 's1' });
});
