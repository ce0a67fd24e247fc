import { describe, expect, it } from '@jest/globals';
import { allOf, answerNext } from '../canned-answer.js';
import { CCM, exotelApi } from './exotel-account.js';

const AGENT = {
  user_id: 'u-1',
  name: 'A',
  email: 'a@example.invalid',
  status: 'available',
  status_since: '2030-01-02T03:00:00.000Z',
  device: { type: 'phone', contact_uri: '+910000000002' },
  team: { team_id: 't1', name: 'T' },
  stats: { calls_handled_today: 1, avg_handle_time: 60, total_talk_time: 61 },
};
const page = (agents: unknown[], metadata?: unknown) => ({
  body: {
    request_id: 'rq-4',
    method: 'GET',
    http_code: 200,
    response: {
      code: 200,
      status: 'success',
      data: {
        agents,
        summary: {
          total_agents: 6,
          available: 1,
          on_call: 2,
          busy: 0,
          after_call_work: 3,
          offline: 0,
        },
      },
      metadata,
    },
  },
});

describe('presence.list', () => {
  it('reads agents, summary and the position inside response', async () => {
    const sent = answerNext(CCM, 'GET', page([AGENT], { total: 1, limit: 20, offset: 0 }));
    const query = { status: 'on-call', teamId: 't1', limit: 100, offset: 0 } as const;
    expect(await exotelApi().presence.list(query)).toMatchObject({
      total: 1,
      limit: 20,
      offset: 0,
      requestId: 'rq-4',
      summary: { totalAgents: 6, available: 1, onCall: 2, busy: 0, afterCallWork: 3, offline: 0 },
      items: [
        {
          userId: 'u-1',
          status: 'available',
          statusSince: new Date('2030-01-02T03:00:00.000Z'),
          device: { type: 'phone', contactUri: '+910000000002' },
          team: { teamId: 't1', name: 'T' },
          stats: { callsHandledToday: 1, averageHandleSeconds: 60, talkSeconds: 61 },
          currentCall: undefined,
        },
      ],
    });
    expect(sent[0]?.path).toBe(
      '/v2/accounts/acme/agents/presence?status=on-call&team_id=t1&limit=100&offset=0',
    );
  });

  it.each([
    ['limit', { limit: 101 }],
    ['offset', { offset: -1 }],
    ['status', { status: 'asleep' as 'busy' }],
  ])('names %s when it cannot be right', async (field, query) => {
    await expect(exotelApi().presence.list(query)).rejects.toMatchObject({ field });
  });
});

describe('presence.iterate', () => {
  const agents = (...ids: string[]) => ids.map((user_id) => ({ ...AGENT, user_id }));
  const idsOf = async (query = {}) =>
    (await allOf(exotelApi().presence.iterate(query))).map(({ userId }) => userId);

  it('continues up to the total, by the real size of each page', async () => {
    const sent = answerNext(
      CCM,
      'GET',
      page(agents('a', 'b'), { total: 3 }),
      page(agents('c'), { total: 3 }),
    );
    expect(await idsOf({ limit: 50 })).toEqual(['a', 'b', 'c']);
    expect(sent.map(({ path }) => path.split('?')[1])).toEqual([
      'limit=50&offset=0',
      'limit=50&offset=2',
    ]);
  });

  it('ends with an empty page if there is no total', async () => {
    answerNext(CCM, 'GET', page(agents('a')), page(agents('b')), page([]));
    expect(await idsOf()).toEqual(['a', 'b']);
  });

  it('ends when the server ignores the offset', async () => {
    answerNext(CCM, 'GET', page(agents('a')), page(agents('a')), page(agents('a')));
    expect(await idsOf()).toEqual(['a']);
  });
});

it('presence.get reads one agent with the running call', async () => {
  const current_call = {
    call_sid: 's1',
    direction: 'inbound',
    customer_number: '+910000000000',
    duration: 5,
  };
  const sent = answerNext(CCM, 'GET', {
    body: { response: { data: { ...AGENT, status: 'on-call', current_call } } },
  });
  expect(await exotelApi().presence.get('u-1')).toMatchObject({
    userId: 'u-1',
    status: 'on-call',
    currentCall: { callSid: 's1', customerNumber: '+910000000000', durationSeconds: 5 },
  });
  expect(sent[0]?.path).toBe('/v2/accounts/acme/agents/u-1/presence');
});

describe('presence.set', () => {
  it('sends the state, and accepts any answer body', async () => {
    const sent = answerNext(CCM, 'PUT', { body: '' });
    expect(await exotelApi().presence.set('u-1', 'available')).toMatchObject({
      requestId: undefined,
    });
    expect(sent).toMatchObject([
      { path: '/v2/accounts/acme/agents/u-1/presence', body: { status: 'available' } },
    ]);
  });

  it('refuses on-call, which Exotel manages', async () => {
    await expect(exotelApi().presence.set('u', 'on-call' as 'busy')).rejects.toMatchObject({
      code: 'ERR_API_INPUT',
      field: 'status',
      message: expect.stringContaining('managed by Exotel'),
    });
  });
});
