import { describe, expect, it } from '@jest/globals';
import type { ExotelAnyRequest } from '../../../src/apis/exotel/index.js';
import { answerNext, failureOf } from '../canned-answer.js';
import { BASIC_HEADER, CCM, exotelApi, VOICE } from './exotel-account.js';

const NUMBERS = '/v2_beta/Accounts/acme/IncomingPhoneNumbers';
const PHONE = {
  sid: 'fakeexophone1',
  phone_number: '+918012345678',
  friendly_name: 'Main line',
  capabilities: { voice: true, sms: false },
  country: 'IN',
  region: 'KA',
  number_type: 'Landline',
  rental_price: '499.000000',
  currency: 'INR',
  voice_url: 'https://my.exotel.com/exoml/start/1',
  sms_url: null,
};
const PARSED = {
  sid: 'fakeexophone1',
  phoneNumber: '+918012345678',
  friendlyName: 'Main line',
  capabilities: { voice: true, sms: false },
  country: 'IN',
  region: 'KA',
  numberType: 'Landline',
  rentalPrice: 499,
  currency: 'INR',
  voiceUrl: 'https://my.exotel.com/exoml/start/1',
  smsUrl: undefined,
  raw: PHONE,
};

describe('ExoPhones', () => {
  it('for sale come as a bare array', async () => {
    const sent = answerNext(VOICE, 'GET', { body: [PHONE] });
    const query = { country: 'IN', type: 'Landline', incomingSms: false, contains: '801' } as const;
    expect(await exotelApi().exoPhones.available(query)).toEqual([PARSED]);
    expect(sent[0]?.path).toBe(
      '/v2_beta/Accounts/acme/AvailablePhoneNumbers/IN/Landline?IncomingSMS=false&Contains=801',
    );
  });

  it('of the account are listed, and one is read', async () => {
    const list = { page: 0, page_size: 50, incoming_phone_numbers: [PHONE] };
    const sent = answerNext(VOICE, 'GET', { body: list }, { body: PHONE });
    const { exoPhones } = exotelApi();
    expect(await exoPhones.list()).toEqual([PARSED]);
    expect(await exoPhones.get('fakeexophone1')).toEqual(PARSED);
    expect(sent.map(({ path }) => path)).toEqual([NUMBERS, `${NUMBERS}/fakeexophone1`]);
  });

  it('are bought, assigned to a flow and released', async () => {
    const { exoPhones } = exotelApi();
    const post = answerNext(VOICE, 'POST', { body: PHONE });
    const put = answerNext(VOICE, 'PUT', { body: PHONE });
    const deleted = answerNext(VOICE, 'DELETE', {
      status: 202,
      body: { Status: 202, Message: 'Accepted' },
    });
    await exoPhones.buy({ phoneNumber: '+918012345678', friendlyName: 'Main line' });
    const voiceUrl = 'http://my.exotel.com/acme/exoml/start_voice/1';
    await exoPhones.update('fakeexophone1', { voiceUrl });
    await exoPhones.release('fakeexophone1');
    expect([...post, ...put, ...deleted]).toMatchObject([
      { path: NUMBERS, body: 'PhoneNumber=%2B918012345678&FriendlyName=Main+line' },
      {
        path: `${NUMBERS}/fakeexophone1`,
        body: new URLSearchParams({ VoiceUrl: voiceUrl }).toString(),
      },
      { path: `${NUMBERS}/fakeexophone1` },
    ]);
  });

  it.each([
    ['under response.data', (connectivity: object) => ({ response: { data: { connectivity } } })],
    ['under response', (connectivity: object) => ({ response: { connectivity } })],
    ['bare', (connectivity: object) => ({ connectivity })],
  ])('tell their health %s', async (_, around) => {
    const connectivity = {
      incoming_call: {
        status: 'major_outage',
        last_check_time: '2030-01-02T10:00:00+05:30',
        alternate_exophone: '+918012345699',
      },
      outgoing_call: { status: 'active', last_check_time: null, alternate_exophone: null },
    };
    const sent = answerNext(VOICE, 'GET', { body: around(connectivity) });
    expect(await exotelApi().exoPhones.health('fakeexophone1')).toMatchObject({
      incoming: {
        status: 'major_outage',
        lastCheckTime: new Date('2030-01-02T10:00:00+05:30'),
        alternateExoPhone: '+918012345699',
      },
      outgoing: { status: 'active', lastCheckTime: undefined, alternateExoPhone: undefined },
    });
    expect(sent[0]?.path).toBe('/v2/accounts/acme/incoming-phone-numbers/fakeexophone1');
  });

  it('tell when they were checked in the offset of the client', async () => {
    const connectivity = { incoming_call: { last_check_time: '2030-01-02 10:00:00' } };
    answerNext(VOICE, 'GET', { body: { connectivity } });
    const { exoPhones } = exotelApi({ zonelessOffset: '+08:00' });
    expect(await exoPhones.health('fakeexophone1')).toMatchObject({
      incoming: { lastCheckTime: new Date('2030-01-02T10:00:00+08:00') },
    });
  });
});

describe('the account', () => {
  it('has a balance, which comes as text', async () => {
    const BalanceData = {
      Balance: '100.50',
      Currency: 'INR',
      PricingPlan: 'Pay As You Go',
      DateUpdated: '2030-01-02 10:00:00',
    };
    const sent = answerNext(VOICE, 'GET', {
      body: { Account: { AccountSid: 'acme', BalanceData } },
    });
    expect(await exotelApi().account.balance()).toMatchObject({
      balance: 100.5,
      currency: 'INR',
      pricingPlan: 'Pay As You Go',
      updatedTime: new Date('2030-01-02T10:00:00+05:30'),
    });
    expect(sent[0]?.path).toBe('/v1/Accounts/acme/Balance.json');
  });

  it('is refused its balance with a code that is a number', async () => {
    const RestException = { Status: 401, Message: 'no', Code: 20003 };
    answerNext(VOICE, 'GET', { status: 401, body: { RestException } });
    await expect(exotelApi().account.balance()).rejects.toMatchObject({
      reason: 'authentication-failed',
      exotelCode: 20003,
    });
  });

  it.each([
    ['Yes', true],
    ['No', false],
    ['', undefined],
  ])('knows a number whose DND is %p', async (DND, doNotDisturb) => {
    const Numbers = {
      PhoneNumber: '0XXXXXXXXX1',
      Circle: 'KA',
      CircleName: 'Karnataka',
      Type: 'Mobile',
      Operator: 'A',
      OperatorName: 'Airtel',
      DND,
    };
    const sent = answerNext(VOICE, 'GET', { body: { Numbers } });
    expect(await exotelApi().account.numberMetadata('+910000000001')).toMatchObject({
      circle: 'KA',
      circleName: 'Karnataka',
      type: 'Mobile',
      operator: 'A',
      operatorName: 'Airtel',
      doNotDisturb,
    });
    expect(sent[0]?.path).toBe('/v1/Accounts/acme/Numbers/%2B910000000001.json');
  });
});

describe('a request to an endpoint that is not wrapped', () => {
  const path = '/v1/Accounts/acme/CustomerWhitelist';

  it('goes out with the credentials and hosts of the others, and a form is sent as a form', async () => {
    const sent = answerNext(VOICE, 'POST', { body: '<Result>ok</Result>' });
    const body = new URLSearchParams({ VirtualNumber: '08012345678', Number: '+910000000001' });
    const answer = await exotelApi().request({ method: 'POST', host: 'voice', path, body });
    expect(answer.raw).toContain('ok');
    expect(sent[0]).toMatchObject({
      path,
      body: body.toString(),
      headers: {
        authorization: BASIC_HEADER,
        'content-type': 'application/x-www-form-urlencoded',
      },
    });
  });

  it('carries a query and JSON', async () => {
    const sent = answerNext(CCM, 'PUT', { body: {} });
    const query = { a: 'b c', left: undefined };
    await exotelApi().request({ method: 'PUT', host: 'ccm', path, query, body: { x: 1 } });
    expect(sent).toMatchObject([{ path: `${path}?a=b%20c`, body: { x: 1 } }]);
  });

  it('fails as the others do', async () => {
    answerNext(VOICE, 'GET', { status: 429, headers: { 'retry-after': '3' } });
    const request: ExotelAnyRequest = { method: 'GET', host: 'voice', path };
    expect(await failureOf(exotelApi().request(request))).toMatchObject({
      operation: 'request',
      reason: 'rate-limited',
      retryAfterMs: 3000,
    });
  });

  it.each([
    'v1/x',
    '//evil.example/x',
    'https://evil.example/x',
    '/v1/../x',
    '/v1/%2E%2e/x',
    '/v1/x?y=1',
    '/',
  ])('has no path like %s', async (wrong) => {
    const request: ExotelAnyRequest = { method: 'GET', host: 'voice', path: wrong };
    await expect(exotelApi().request(request)).rejects.toMatchObject({ field: 'path' });
  });
});
