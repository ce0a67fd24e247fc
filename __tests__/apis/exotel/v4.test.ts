import { describe, expect, it } from '@jest/globals';
import { createExotelV4Api } from '../../../src/apis/exotel/index.js';
import { allOf, answerNext } from '../canned-answer.js';
import { authorisedInstance, CCM } from './exotel-account.js';

const v4 = () =>
  createExotelV4Api(authorisedInstance(), { accountSid: 'acme', region: 'singapore' });
const around = (data: unknown, status = 200) => ({
  status,
  body: { request_id: 'rq', response: { code: status, status: 'success', data } },
});

describe('v4 users', () => {
  const USER = {
    user_id: 'u-1',
    name: 'Asha Rao',
    email: 'a@example.invalid',
    phone_number: '+910000000002',
    role: 'agent',
    status: 'active',
    skills: ['hindi'],
    created_at: '2030-01-02T03:04:05Z',
  };
  const INPUT = {
    name: 'Asha Rao',
    email: 'a@example.invalid',
    phoneNumber: '+910000000002',
    role: 'agent',
  } as const;

  it('are created with the bearer of the instance', async () => {
    const sent = answerNext(CCM, 'POST', around(USER, 201));
    const { user } = await v4().users.create({
      ...INPUT,
      teamId: 't',
      deviceType: 'sip',
      skills: ['hindi'],
    });
    expect(user).toMatchObject({ userId: 'u-1', role: 'agent', skills: ['hindi'] });
    expect(sent).toMatchObject([
      {
        path: '/v4/accounts/acme/users',
        headers: { authorization: 'Bearer fake-token' },
        body: {
          name: 'Asha Rao',
          email: 'a@example.invalid',
          phone_number: '+910000000002',
          role: 'agent',
          team_id: 't',
          device_type: 'sip',
          skills: ['hindi'],
        },
      },
    ]);
  });

  it('are read, changed, deleted and listed', async () => {
    const sent = [
      answerNext(CCM, 'GET', around(USER), around({ anything: 1 })),
      answerNext(
        CCM,
        'PUT',
        around({ user_id: 'u-1', name: 'X', updated_at: '2030-01-02T03:04:05Z' }),
      ),
      answerNext(CCM, 'DELETE', around({ user_id: 'u-1', deleted: true })),
    ];
    const { users } = v4();
    expect((await users.get('u-1')).user.createdTime).toEqual(new Date('2030-01-02T03:04:05Z'));
    expect(await users.list({ role: 'agent', teamId: 't', limit: 5 })).toMatchObject({
      raw: { response: { data: { anything: 1 } } },
    });
    expect((await users.update('u-1', { name: 'X' })).user.updatedTime).toBeInstanceOf(Date);
    expect(await users.delete('u-1')).toMatchObject({ requestId: 'rq' });
    expect(sent.flat().map(({ path }) => path)).toEqual([
      '/v4/accounts/acme/users/u-1',
      '/v4/accounts/acme/users?role=agent&limit=5&team_id=t',
      '/v4/accounts/acme/users/u-1',
      '/v4/accounts/acme/users/u-1',
    ]);
  });

  it.each([
    ['email', { ...INPUT, email: 'x' }],
    ['role', { ...INPUT, role: 'user' as 'agent' }],
  ])('are not created when %s cannot be right', async (field, input) => {
    await expect(v4().users.create(input)).rejects.toMatchObject({ code: 'ERR_API_INPUT', field });
  });
});

describe('v4 callbacks', () => {
  const CALLBACK = {
    callback_id: 'cb-1',
    customer_number: '+910000000000',
    status: 'scheduled',
    scheduled_time: '2030-01-02T03:04:05Z',
    priority: 'high',
    created_at: '2030-01-01T00:00:00Z',
  };

  it('are created, read and cancelled', async () => {
    const attempts = [
      { attempt_number: 1, time: '2030-01-02T03:04:05Z', status: 'no-answer', call_sid: 's' },
    ];
    const posted = answerNext(CCM, 'POST', around(CALLBACK, 201));
    const put = answerNext(CCM, 'PUT', { body: '' });
    answerNext(CCM, 'GET', around({ ...CALLBACK, attempts }));
    const { callbacks } = v4();
    const made = await callbacks.create({
      customerNumber: '+910000000000',
      exophone: '+910000000001',
      priority: 'high',
      scheduledTime: new Date('2030-01-02T03:04:05Z'),
      maxRetries: 2,
      retryIntervalSeconds: 60,
    });
    expect(made.callback).toMatchObject({ callbackId: 'cb-1', priority: 'high', attempts: [] });
    expect(posted[0]?.body).toEqual({
      customer_number: '+910000000000',
      exophone: '+910000000001',
      priority: 'high',
      scheduled_time: '2030-01-02T03:04:05.000Z',
      max_retry: 2,
      retry_interval: 60,
    });
    expect((await callbacks.get('cb-1')).callback.attempts).toEqual([
      {
        attemptNumber: 1,
        time: new Date('2030-01-02T03:04:05Z'),
        status: 'no-answer',
        callSid: 's',
      },
    ]);
    await callbacks.cancel('cb-1', 'not needed');
    expect(put).toMatchObject([
      {
        path: '/v4/accounts/acme/callbacks/cb-1',
        body: { status: 'canceled', reason: 'not needed' },
      },
    ]);
  });

  it('are listed, as they come', async () => {
    const sent = answerNext(CCM, 'GET', around([CALLBACK]));
    const query = { priority: 'low', start: new Date('2030-01-02T03:04:05Z') } as const;
    expect(await v4().callbacks.list(query)).toMatchObject({ requestId: 'rq' });
    expect(sent[0]?.path).toBe(
      '/v4/accounts/acme/callbacks?priority=low&start_date=2030-01-02T03%3A04%3A05.000Z',
    );
  });
});

describe('v4 voice logs', () => {
  const page = (has_next: boolean, ...logs: unknown[]) => ({
    body: { response: { data: { voicelogs: logs }, metadata: { limit: 1, offset: 0, has_next } } },
  });

  it('are listed page after page until the API says that there are no more', async () => {
    const sent = answerNext(
      CCM,
      'GET',
      page(true, { call_sid: 'a' }),
      page(false, { call_sid: 'b' }),
    );
    const query = { agentId: 'u', order: 'oldest-first', limit: 1 } as const;
    const logs = await allOf(v4().voiceLogs.iterate(query));
    expect(logs).toEqual([{ call_sid: 'a' }, { call_sid: 'b' }]);
    expect(sent.map(({ path }) => path.split('?')[1])).toEqual([
      'limit=1&offset=0&agent_id=u&sort_by=date%3Aasc',
      'limit=1&offset=1&agent_id=u&sort_by=date%3Aasc',
    ]);
  });

  it('can come newest first', async () => {
    const sent = answerNext(CCM, 'GET', page(false));
    await v4().voiceLogs.list({ order: 'newest-first' });
    expect(sent[0]?.path).toContain('sort_by=date%3Adesc');
  });

  it('are read with their timeline', async () => {
    const timeline = [{ event: 'answered', time: '2030-01-02T03:04:05Z' }];
    answerNext(CCM, 'GET', around({ call_sid: 'a', timeline }));
    expect(await v4().voiceLogs.get('a')).toMatchObject({
      timeline: [{ event: 'answered', time: new Date('2030-01-02T03:04:05Z') }],
    });
  });
});

it('v4 lists need no query', async () => {
  const sent = answerNext(CCM, 'GET', around([]), around([]));
  await v4().users.list();
  await v4().callbacks.list();
  expect(sent.map(({ path }) => path)).toEqual([
    '/v4/accounts/acme/users',
    '/v4/accounts/acme/callbacks',
  ]);
});

it.each<['GET' | 'PUT' | 'DELETE', (api: ReturnType<typeof v4>) => Promise<unknown>]>([
  ['GET', ({ users }) => users.list()],
  ['GET', ({ callbacks }) => callbacks.list()],
  ['PUT', ({ callbacks }) => callbacks.cancel('c')],
  ['DELETE', ({ users }) => users.delete('u')],
])('a page of HTML is no success of a v4 %s', async (method, call) => {
  answerNext(CCM, method, { body: '<html>maintenance</html>' });
  await expect(call(v4())).rejects.toMatchObject({ reason: 'unexpected-body' });
});

it('options that cannot work are refused at once', () => {
  expect(() => createExotelV4Api(authorisedInstance(), { accountSid: '' })).toThrow(
    expect.objectContaining({ code: 'ERR_API_INPUT', operation: 'createExotelV4Api' }),
  );
});
