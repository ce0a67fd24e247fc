import { describe, expect, it } from '@jest/globals';
import type {
  ExotelCreateCampaignInput,
  ExotelUpdateCampaignInput,
} from '../../../src/apis/exotel/index.js';
import { allOf, answerNext, failureOf } from '../canned-answer.js';
import { A_CAMPAIGN, exotelApi, VOICE } from './exotel-account.js';

const PATH = '/v2/accounts/acme/campaigns';
const WIRE = {
  id: 'fakecamp1',
  account_sid: 'acme',
  name: 'fake-campaign',
  type: 'trans',
  caller_id: '0XXXXXXXXX3',
  campaign_type: 'static',
  url: 'http://my.exotel.com/acme/exoml/start_voice/1',
  retries: { number_of_retries: 1, interval_mins: 15, mechanism: 'Linear', on_status: ['busy'] },
  schedule: { send_at: '2030-01-02T09:00:00+05:30', end_at: '2030-01-02T18:00:00+05:30' },
  status: 'Created',
  call_duplicate_numbers: false,
  date_created: '2030-01-01T10:00:00+05:30',
  date_updated: '2030-01-01T10:00:00+05:30',
  stats: { created: 2, completed: 0, failed: 0, pending: 2 },
};
const PARSED = {
  campaignId: 'fakecamp1',
  name: 'fake-campaign',
  status: 'Created',
  callerId: '0XXXXXXXXX3',
  campaignType: 'static',
  flowUrl: 'http://my.exotel.com/acme/exoml/start_voice/1',
  text: undefined,
  from: [],
  lists: [],
  retries: { count: 1, intervalMinutes: 15, mechanism: 'Linear', on: ['busy'] },
  schedule: {
    sendAt: new Date('2030-01-02T09:00:00+05:30'),
    endAt: new Date('2030-01-02T18:00:00+05:30'),
  },
  callDuplicateNumbers: false,
  stats: { created: 2, completed: 0, failed: 0, pending: 2 },
  customField: undefined,
  createdTime: new Date('2030-01-01T10:00:00+05:30'),
  updatedTime: new Date('2030-01-01T10:00:00+05:30'),
  startedTime: undefined,
  raw: WIRE,
};
const succeeded = (data: unknown) => ({ code: 200, status: 'success', data });
const around = (response: unknown, beside = {}) => ({
  body: { request_id: 'rq-1', http_code: 200, ...beside, response },
});

describe('a campaign is created', () => {
  it('in the body that working code sends', async () => {
    const sent = answerNext(VOICE, 'POST', around([succeeded(WIRE)]));
    const campaign = await exotelApi().campaigns.create({
      ...A_CAMPAIGN,
      name: 'fake-campaign',
      campaignType: 'static',
      retries: { count: 1, intervalMinutes: 15, mechanism: 'Linear', on: ['busy', 'no-answer'] },
      schedule: {
        sendAt: new Date('2030-01-02T03:30:00Z'),
        endAt: new Date('2030-01-02T12:30:00Z'),
      },
      callStatusCallback: 'https://hooks.example.invalid/a',
      callScheduleCallback: 'https://hooks.example.invalid/b',
      statusCallback: 'https://hooks.example.invalid/c',
      callsPerMinute: 10,
      callDuplicateNumbers: true,
      customField: 'diwali',
    });
    expect(campaign).toEqual(PARSED);
    expect(sent[0]?.path).toBe(PATH);
    expect(sent[0]?.body).toEqual({
      campaigns: [
        {
          caller_id: '08012345678',
          from: ['+910000000001', '+910000000002'],
          url: 'http://my.exotel.com/acme/exoml/start_voice/1',
          name: 'fake-campaign',
          campaign_type: 'static',
          retries: {
            number_of_retries: 1,
            interval_mins: 15,
            mechanism: 'Linear',
            on_status: ['busy', 'no-answer'],
          },
          schedule: { send_at: '2030-01-02T09:00:00+05:30', end_at: '2030-01-02T18:00:00+05:30' },
          call_status_callback: 'https://hooks.example.invalid/a',
          call_schedule_callback: 'https://hooks.example.invalid/b',
          status_callback: 'https://hooks.example.invalid/c',
          mode: 'custom',
          throttle: 10,
          call_duplicate_numbers: true,
          custom_field: 'diwali',
        },
      ],
    });
  });

  it('in the body of the new pages, when the client or the call says so', async () => {
    const sent = answerNext(VOICE, 'POST', around([succeeded(WIRE)]), around([succeeded(WIRE)]));
    const api = exotelApi({ wire: { campaignBody: 'bare' } });
    await api.campaigns.create(A_CAMPAIGN);
    await api.campaigns.create(A_CAMPAIGN, { wire: { campaignFrom: 'text' } });
    const url = 'http://my.exotel.com/acme/exoml/start_voice/1';
    expect(sent.map(({ body }): unknown => body)).toEqual([
      { caller_id: '08012345678', from: ['+910000000001', '+910000000002'], url },
      { caller_id: '08012345678', from: '+910000000001,+910000000002', url },
    ]);
  });

  it.each<[string, string, Partial<Record<keyof ExotelCreateCampaignInput, unknown>>]>([
    ['neither numbers nor lists', 'from', { from: undefined }],
    ['both numbers and lists', 'from', { lists: ['l-1'] }],
    ['a bad number among good ones', 'from.1', { from: ['+910000000001', '12'] }],
    ['more than 5000 numbers', 'from', { from: Array<string>(5001).fill('+910000000001') }],
    ['no flow and no text', 'appId', { appId: undefined }],
    ['a flow and a text', 'appId', { text: 'Hello' }],
    ['six lists', 'lists', { from: undefined, lists: ['1', '2', '3', '4', '5', '6'] }],
    ['a dynamic one without a list', 'lists', { campaignType: 'dynamic' }],
    ['a name of two characters', 'name', { name: 'ab' }],
    ['four retries', 'retries.count', { retries: { count: 4, intervalMinutes: 1 } }],
    ['retries without an interval', 'retries.intervalMinutes', { retries: { count: 1 } }],
    ['a start in the past', 'schedule.sendAt', { schedule: { sendAt: new Date(0) } }],
    [
      'an end before the start',
      'schedule.endAt',
      { schedule: { sendAt: new Date('2090-01-02'), endAt: new Date('2090-01-01') } },
    ],
  ])('not with %s: the error names %s, and nothing is sent', async (_, field, wrong) => {
    const input = { ...A_CAMPAIGN, ...wrong } as ExotelCreateCampaignInput;
    expect(await failureOf(exotelApi().campaigns.create(input))).toMatchObject({
      code: 'ERR_API_INPUT',
      operation: 'campaigns.create',
      field,
    });
  });

  it('once only: after a 503 the error says that telephones may ring', async () => {
    const sent = answerNext(VOICE, 'POST', { status: 503 });
    await expect(exotelApi().campaigns.create(A_CAMPAIGN)).rejects.toMatchObject({
      status: 503,
      message: expect.stringContaining('may ring anyway'),
    });
    expect(sent).toHaveLength(1);
  });
});

describe('a campaign is read', () => {
  it.each([
    ['an array of envelopes', [succeeded(WIRE)]],
    ['an envelope', succeeded(WIRE)],
    ['a bare campaign', WIRE],
    ['an array with a bare campaign', [WIRE]],
  ])('from %s', async (_, response) => {
    answerNext(VOICE, 'GET', around(response));
    expect(await exotelApi().campaigns.get('fakecamp1')).toEqual(PARSED);
  });

  it('with what only working code has seen', async () => {
    const record = {
      ...WIRE,
      from: '+910000000001,+910000000002',
      lists: ['l-1'],
      read_via_text: 'Hello @@name',
      custom_field: 'diwali',
      date_started: '2030-01-02T09:00:01+05:30',
      stats: { 'in-progress': 1, 'failed-dnd': '2', odd: null },
    };
    answerNext(VOICE, 'GET', around([succeeded(record)]));
    expect(await exotelApi().campaigns.get('fakecamp1')).toMatchObject({
      from: ['+910000000001', '+910000000002'],
      lists: ['l-1'],
      text: 'Hello @@name',
      customField: 'diwali',
      startedTime: new Date('2030-01-02T09:00:01+05:30'),
      stats: { 'in-progress': 1, 'failed-dnd': 2 },
    });
  });

  it('from an answer without an id as an error', async () => {
    answerNext(VOICE, 'GET', around([succeeded({})]));
    await expect(exotelApi().campaigns.get('c')).rejects.toMatchObject({
      reason: 'unexpected-body',
    });
  });

  it('never under an id that would lead elsewhere', async () => {
    await expect(exotelApi().campaigns.get('../calls')).rejects.toMatchObject({
      code: 'ERR_API_INPUT',
    });
  });
});

describe('campaigns are listed', () => {
  it.each([
    ['envelopes', [succeeded(WIRE)]],
    ['bare campaigns', [WIRE]],
  ])('from %s, with the position beside them', async (_, response) => {
    const metadata = { count: 1, offset: 0, total: 1, limit: 20 };
    const sent = answerNext(VOICE, 'GET', around(response, { metadata }));
    const page = await exotelApi().campaigns.list({
      status: ['InProgress', 'Paused'],
      sortBy: 'date_created:desc',
      name: 'fake',
      limit: 500,
    });
    expect(page).toMatchObject({ items: [PARSED], total: 1, requestId: 'rq-1' });
    expect(sent[0]?.path).toBe(
      `${PATH}?limit=500&name=fake&sort_by=date_created%3Adesc&status=InProgress%2CPaused`,
    );
  });

  it('not more than 500 at once', async () => {
    await expect(exotelApi().campaigns.list({ limit: 501 })).rejects.toMatchObject({
      field: 'limit',
    });
  });
});

describe('a campaign is changed', () => {
  it.each(['pause', 'resume', 'complete', 'archive'] as const)('by %s', async (action) => {
    const sent = answerNext(VOICE, 'PUT', around([]), around([]));
    await exotelApi().campaigns[action]('fakecamp1');
    await exotelApi().campaigns[action]('fakecamp1', { wire: { campaignBody: 'bare' } });
    expect(sent).toMatchObject([
      { path: `${PATH}/fakecamp1`, body: { campaigns: [{ action }] } },
      { path: `${PATH}/fakecamp1`, body: { action } },
    ]);
  });

  it('by a new schedule that is resumed at once', async () => {
    const sent = answerNext(VOICE, 'PUT', around([]));
    const schedule = { sendAt: new Date('2090-01-03T03:30:00Z') };
    await exotelApi().campaigns.update('fakecamp1', { schedule, action: 'resume' });
    expect(sent[0]?.body).toEqual({
      campaigns: [{ action: 'resume', schedule: { send_at: '2090-01-03T09:00:00+05:30' } }],
    });
  });

  it.each<[string, ExotelUpdateCampaignInput]>([
    ['input', {}],
    ['action', { action: 'stop' as 'pause' }],
  ])('not by what cannot work: %s', async (field, changes) => {
    await expect(exotelApi().campaigns.update('c', changes)).rejects.toMatchObject({ field });
  });

  it('by being deleted', async () => {
    const sent = answerNext(VOICE, 'DELETE', around(null));
    expect(await exotelApi().campaigns.delete('fakecamp1')).toMatchObject({ requestId: 'rq-1' });
    expect(sent[0]?.path).toBe(`${PATH}/fakecamp1`);
  });
});

describe('the calls of a campaign', () => {
  const call = {
    number: '+910000000001',
    name: 'A B',
    date_created: '2030-01-02T09:05:00+05:30',
    status: 'completed',
    recording_url: 'https://example.invalid/r.mp3',
    start_time: '2030-01-02T09:05:02+05:30',
    end_time: '2030-01-02T09:05:42+05:30',
    caller_id: '0XXXXXXXXX3',
    direction: 'Outgoing',
    call_sid: 'fakecall1',
  };

  it.each([
    ['the page', { ...call, duration: 40, digit: '1' }],
    ['working code', { ...call, duration: '40', digits: '1' }],
  ])('are read as %s has them', async (_, record) => {
    const sent = answerNext(VOICE, 'GET', around([record], { metadata: { total: 1 } }));
    const query = { status: 'completed', sortBy: 'date_created:asc' } as const;
    expect((await exotelApi().campaigns.listCalls('fakecamp1', query)).items).toEqual([
      {
        callSid: 'fakecall1',
        number: '+910000000001',
        name: 'A B',
        callerId: '0XXXXXXXXX3',
        status: 'completed',
        durationSeconds: 40,
        digits: '1',
        recordingUrl: 'https://example.invalid/r.mp3',
        direction: 'Outgoing',
        createdTime: new Date('2030-01-02T09:05:00+05:30'),
        startTime: new Date('2030-01-02T09:05:02+05:30'),
        endTime: new Date('2030-01-02T09:05:42+05:30'),
      },
    ]);
    expect(sent[0]?.path).toBe(
      `${PATH}/fakecamp1/call-details?sort_by=date_created%3Aasc&status=completed`,
    );
  });

  it('are listed page after page', async () => {
    const metadata = { total: 2 };
    const second = { ...call, call_sid: 'fakecall2' };
    answerNext(VOICE, 'GET', around([call], { metadata }), around([second], { metadata }));
    expect(await allOf(exotelApi().campaigns.iterateCalls('fakecamp1'))).toMatchObject([
      { callSid: 'fakecall1' },
      { callSid: 'fakecall2' },
    ]);
  });
});
