import { describe, expect, it } from '@jest/globals';
import type { ExotelCreateUserInput } from '../../../src/apis/exotel/index.js';
import { answerNext } from '../canned-answer.js';
import { CCM, exotelApi } from './exotel-account.js';

const DEVICE = {
  id: 1,
  name: 'p',
  contact_uri: '+910000000002',
  type: 'tel',
  available: true,
  verified: true,
  status: 'free',
};
const USER = {
  id: 'u-1',
  first_name: 'Asha',
  last_name: 'Rao',
  email: 'a@example.invalid',
  email_verified: true,
  role: 'user',
  active_call: null,
  last_login: '2030-01-01T00:00:00Z',
  date_created: '2030-01-01T00:00:00Z',
  date_updated: '2030-01-01T00:00:00Z',
  devices: [DEVICE],
};
const PARSED_DEVICE = {
  id: 1,
  name: 'p',
  contactUri: '+910000000002',
  type: 'tel',
  available: true,
  verified: true,
  status: 'free',
};
const PARSED = {
  userId: 'u-1',
  firstName: 'Asha',
  lastName: 'Rao',
  email: 'a@example.invalid',
  emailVerified: true,
  role: 'user',
  activeCall: undefined,
  lastLoginTime: new Date('2030-01-01T00:00:00Z'),
  createdTime: new Date('2030-01-01T00:00:00Z'),
  updatedTime: new Date('2030-01-01T00:00:00Z'),
  devices: [PARSED_DEVICE],
};
const wrapped = (data: unknown) => ({ code: 200, status: 'success', data });
const around = (response: unknown, metadata?: unknown) => ({
  body: { request_id: 'rq-5', method: 'GET', http_code: 200, metadata, response },
});

describe('users.list', () => {
  it('reads wrapped users and the position beside response', async () => {
    const metadata = { total: '1', count: 1, offset: 0, limit: 20 };
    answerNext(CCM, 'GET', around([wrapped(USER)], metadata));
    expect(await exotelApi().users.list()).toMatchObject({
      items: [PARSED],
      total: 1,
      count: 1,
      offset: 0,
      limit: 20,
      requestId: 'rq-5',
    });
  });

  it('sends the + of a number as %2B', async () => {
    const sent = answerNext(CCM, 'GET', around([]));
    await exotelApi().users.list({
      fields: ['devices', 'active_call'],
      deviceContactUris: ['+910000000002', 'sip:a@x.invalid'],
      email: 'a+b@example.invalid',
      offset: 20,
      limit: 50,
    });
    expect(sent[0]?.path).toBe(
      '/v2/accounts/acme/users?fields=devices%2Cactive_call' +
        '&devices.contact_uri=%2B910000000002%2Csip%3Aa%40x.invalid' +
        '&email=a%2Bb%40example.invalid&offset=20&limit=50',
    );
  });

  it('refuses a limit above 50', async () => {
    await expect(exotelApi().users.list({ limit: 51 })).rejects.toMatchObject({ field: 'limit' });
  });
});

describe('one user', () => {
  it.each([
    { shape: 'an object', response: wrapped(USER) },
    { shape: 'a list of one', response: [wrapped(USER)] },
  ])('is read from $shape', async ({ response }) => {
    const sent = answerNext(CCM, 'GET', around(response));
    expect((await exotelApi().users.get('u-1')).user).toEqual(PARSED);
    expect(sent[0]?.path).toBe('/v2/accounts/acme/users/u-1');
  });

  it('is created', async () => {
    const sent = answerNext(CCM, 'POST', around(wrapped(USER)));
    await exotelApi().users.create({
      firstName: "O'Neil",
      lastName: 'Śliwa-K.',
      email: 'a@example.invalid',
      deviceContactUri: '+910000000002',
      deviceName: 'p',
      role: 'supervisor',
    });
    expect(sent).toMatchObject([{ path: '/v2/accounts/acme/users' }]);
    expect(sent[0]?.body).toEqual({
      first_name: "O'Neil",
      last_name: 'Śliwa-K.',
      email: 'a@example.invalid',
      device_contact_uri: '+910000000002',
      device_name: 'p',
      role: 'supervisor',
    });
  });

  it.each([
    ['firstName', { firstName: 'Al' }],
    ['lastName', { lastName: 'x'.repeat(21) }],
    ['firstName', { firstName: 'A<b>' }],
    ['email', { email: 'nobody' }],
    ['deviceContactUri', { deviceContactUri: '98' }],
    ['role', { role: 'owner' }],
  ])('is not created when %s cannot be right', async (field, wrong) => {
    const input = { firstName: 'Asha', lastName: 'Rao', ...wrong } as ExotelCreateUserInput;
    await expect(exotelApi().users.create(input)).rejects.toMatchObject({ field });
  });

  it('is updated', async () => {
    const sent = answerNext(CCM, 'PUT', around(wrapped(USER)));
    await exotelApi().users.update('u-1', { lastName: 'Raut' });
    expect(sent).toMatchObject([
      { path: '/v2/accounts/acme/users/u-1', body: { last_name: 'Raut' } },
    ]);
  });

  it('is not updated with nothing', async () => {
    await expect(exotelApi().users.update('u-1', {})).rejects.toMatchObject({
      code: 'ERR_API_INPUT',
      field: 'input',
    });
  });

  it('is deleted', async () => {
    const sent = answerNext(CCM, 'DELETE', around(wrapped(null)));
    expect(await exotelApi().users.delete('u-1')).toMatchObject({ requestId: 'rq-5' });
    expect(sent[0]?.path).toBe('/v2/accounts/acme/users/u-1');
  });

  it('that the answer does not hold is an error', async () => {
    answerNext(CCM, 'GET', around(wrapped(null)));
    await expect(exotelApi().users.get('u-1')).rejects.toMatchObject({ reason: 'unexpected-body' });
  });
});

describe('a device', () => {
  it('is switched on', async () => {
    const sent = answerNext(CCM, 'PUT', around(wrapped(DEVICE)));
    const answer = await exotelApi().devices.update('u-1', 1, { available: true });
    expect(answer.device).toEqual(PARSED_DEVICE);
    expect(sent).toMatchObject([
      { path: '/v2/accounts/acme/users/u-1/devices/1', body: { available: true } },
    ]);
  });

  it('gets a password', async () => {
    const sent = answerNext(CCM, 'PUT', around(wrapped(null)));
    await exotelApi().devices.setPassword('u-1', 1, 'Abcdefg1');
    expect(sent).toMatchObject([
      { path: '/v2/accounts/acme/users/u-1/devices/1/password', body: { password: 'Abcdefg1' } },
    ]);
  });

  it.each(['Abc1!', 'abcdefgh', 'abcdefg1', 'ABCDEFGH1'])(
    'gets no weak password: %s',
    async (weak) => {
      await expect(exotelApi().devices.setPassword('u-1', 1, weak)).rejects.toMatchObject({
        code: 'ERR_API_INPUT',
        field: 'password',
        message: expect.not.stringContaining(weak),
      });
    },
  );

  it.each([
    ['userId', 'a/b', 1],
    ['deviceId', 'u', -1],
  ])('is not looked for under a wrong %s', async (field, user, device) => {
    await expect(
      exotelApi().devices.update(user, device, { available: false }),
    ).rejects.toMatchObject({ field });
  });
});
