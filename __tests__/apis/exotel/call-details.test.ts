import { expect, it } from '@jest/globals';
import { answerNext } from '../canned-answer.js';
import { CCM, exotelApi } from './exotel-account.js';

const envelope = (response: unknown) => ({
  request_id: 'rq-3',
  method: 'GET',
  http_code: 200,
  response,
});

// The same call as each page would tell it.
const VOICE_V2_PAGE = envelope({
  call_details: {
    sid: 'fakecallsid0001',
    direction: 'outbound-api',
    state: 'terminal',
    status: 'completed',
    virtual_number: '+910000000001',
    assigned_agent_details: { user_id: 'u-1', contact_uri: '+910000000002' },
    customer_details: { number: '+910000000000' },
    created_time: '2030-01-02T03:04:05.000Z',
    updated_time: '2030-01-02T03:09:00.000Z',
    start_time: '2030-01-02T03:04:06.000Z',
    end_time: '2030-01-02T03:08:50.000Z',
    total_duration: 284,
    total_talk_time: 260,
    recording: { available: true, url: 'https://example.invalid/r.mp3' },
    custom_field: 't-1',
    legs: '/v2/accounts/acme/calls/fakecallsid0001/legs',
  },
});
const CONTACT_CENTRE_PAGE = envelope({
  code: 200,
  status: 'success',
  call_details: {
    call_sid: 'fakecallsid0001',
    direction: 'outbound',
    call_state: 'terminal',
    call_status: 'completed',
    from: '+910000000002',
    to: '+910000000000',
    virtual_number: '+910000000001',
    agent_details: { user_id: 'u-1', name: 'A', email: 'a@example.invalid' },
    customer_details: { number: '+910000000000' },
    start_time: '2030-01-02T08:34:06+05:30',
    end_time: '2030-01-02T08:38:50+05:30',
    duration: 284,
    talk_time: 260,
    recording_url: 'https://example.invalid/r.mp3',
    custom_field: 't-1',
  },
});
const V3_PAGE = envelope({
  code: 200,
  status: 'success',
  error_data: null,
  call_details: {
    sid: 'fakecallsid0001',
    direction: 'outbound',
    virtual_number: '+910000000001',
    state: 'terminal',
    status: 'completed',
    created_time: '2030-01-02 08:34:05+05:30',
    updated_time: '2030-01-02 08:39:00+05:30',
    start_time: '2030-01-02 08:34:06+05:30',
    end_time: '2030-01-02 08:38:50+05:30',
    total_duration: 284,
    total_talk_time: 260,
    custom_field: 't-1',
    app_id: null,
    app_name: null,
    digits: '1-2',
    recordings: [{ url: 'https://example.invalid/r.mp3' }],
    legs: '/v3/accounts/acme/calls/fakecallsid0001/legs',
  },
});

const SAME = {
  callSid: 'fakecallsid0001',
  state: 'terminal',
  outcome: 'completed',
  direction: 'outbound',
  virtualNumber: '+910000000001',
  startTime: new Date('2030-01-02T03:04:06.000Z'),
  endTime: new Date('2030-01-02T03:08:50.000Z'),
  durationSeconds: 284,
  talkSeconds: 260,
  recordingUrls: ['https://example.invalid/r.mp3'],
  customField: 't-1',
  requestId: 'rq-3',
};

const VARIANTS = [
  {
    page: 'the Voice v2 page (P9)',
    body: VOICE_V2_PAGE,
    own: {
      directionDetail: 'outbound-api',
      agent: { userId: 'u-1', contactUri: '+910000000002' },
    },
  },
  {
    page: 'the contact-centre page (R2)',
    body: CONTACT_CENTRE_PAGE,
    own: {
      directionDetail: 'outbound',
      agent: { userId: 'u-1', name: 'A', email: 'a@example.invalid' },
    },
  },
  { page: 'the v3 page (P23)', body: V3_PAGE, own: { digits: '1-2', appId: undefined } },
];

it.each(VARIANTS)('reads the same call from $page', async ({ body, own }) => {
  const sent = answerNext(CCM, 'GET', { body });
  const details = await exotelApi().calls.get('fakecallsid0001');
  expect(details).toMatchObject({ ...SAME, ...own });
  expect(details.raw).toEqual(body);
  expect(sent[0]?.path).toBe('/v2/accounts/acme/calls/fakecallsid0001');
});

it('reads a v3 call in the same way', async () => {
  const sent = answerNext(CCM, 'GET', { body: V3_PAGE });
  expect(await exotelApi().callsV3.get('fakecallsid0001')).toMatchObject(SAME);
  expect(sent[0]?.path).toBe('/v3/accounts/acme/calls/fakecallsid0001');
});

it('reads an active v3 call, whose end is the Unix epoch in IST and whose status is null', async () => {
  answerNext(CCM, 'GET', {
    body: envelope({
      code: 200,
      status: 'success',
      call_details: {
        sid: 'fakesid0002',
        direction: 'outbound',
        state: 'active',
        status: null,
        start_time: '2030-01-02 03:04:19+05:30',
        end_time: '1970-01-01 05:30:00+05:30',
      },
    }),
  });
  expect(await exotelApi().callsV3.get('fakesid0002')).toMatchObject({
    state: 'active',
    outcome: undefined,
    startTime: new Date('2030-01-01T21:34:19Z'),
    endTime: undefined,
    durationSeconds: undefined,
    recordingUrls: [],
  });
});

it.each([
  ['agent_canceled', 'agent_cancelled'],
  ['something_new', 'something_new'],
])('reads the outcome %s as %s', async (status, outcome) => {
  answerNext(CCM, 'GET', { body: envelope({ call_details: { sid: 's', status } }) });
  expect(await exotelApi().calls.get('s')).toMatchObject({ outcome });
});

it('leaves out a recording that is not there yet', async () => {
  const call = { sid: 's', recording: { available: false, url: '' } };
  answerNext(CCM, 'GET', { body: envelope({ call_details: call }) });
  expect(await exotelApi().calls.get('s')).toMatchObject({ recordingUrls: [] });
});

it('says so when the answer holds no call', async () => {
  answerNext(CCM, 'GET', { body: envelope({ code: 200, status: 'success' }) });
  await expect(exotelApi().calls.get('s')).rejects.toMatchObject({ reason: 'unexpected-body' });
});
