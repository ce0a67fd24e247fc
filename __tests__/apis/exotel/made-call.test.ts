import { expect, it } from '@jest/globals';
import { answerNext } from '../canned-answer.js';
import { A_CALL, CCM, exotelApi } from './exotel-account.js';

const CALL = {
  call_sid: 'fakecallsid0001',
  call_state: 'active',
  call_status: null,
  assigned_agent_details: { user_id: 'fake-user', contact_uri: 'sip:someone@example.invalid' },
  customer_details: { number: '+910000000000' },
};
const CALL_WITH_ALL = {
  ...CALL,
  virtual_number: '+910000000001',
  recording: true,
  created_time: '2030-01-02T03:04:05.000Z',
};
const around = (response: unknown) => ({
  request_id: 'rq-2',
  method: 'POST',
  http_code: 200,
  response,
});

const EXPECTED = {
  callSid: 'fakecallsid0001',
  state: 'active',
  outcome: undefined,
  agent: {
    userId: 'fake-user',
    contactUri: 'sip:someone@example.invalid',
    name: undefined,
    email: undefined,
  },
  customer: { number: '+910000000000' },
};
const EXPECTED_OF_ALL = {
  ...EXPECTED,
  virtualNumber: '+910000000001',
  recording: true,
  createdTime: new Date('2030-01-02T03:04:05.000Z'),
};

const VARIANTS = [
  { page: 'fields under response (P5)', body: around(CALL_WITH_ALL), same: EXPECTED_OF_ALL },
  { page: 'the bare object (P3)', body: CALL, same: EXPECTED },
  {
    page: 'response[0].data with its wrapper (C2)',
    body: around([{ code: 200, status: 'success', data: CALL_WITH_ALL }]),
    same: EXPECTED_OF_ALL,
  },
  {
    page: 'response.data with its wrapper (C2)',
    body: around({ code: 200, status: 'success', error_data: null, data: CALL_WITH_ALL }),
    same: EXPECTED_OF_ALL,
  },
];

it.each(VARIANTS)('reads the same call from $page', async ({ body, same }) => {
  answerNext(CCM, 'POST', { body });
  const made = await exotelApi().calls.create(A_CALL);
  expect(made).toMatchObject(same);
  expect(made.raw).toEqual(body);
});

it('reads a v3 call in the same way, and keeps the request id', async () => {
  answerNext(CCM, 'POST', { body: around(CALL_WITH_ALL) });
  expect(await exotelApi().callsV3.create(A_CALL)).toMatchObject({
    ...EXPECTED_OF_ALL,
    requestId: 'rq-2',
  });
});

it.each([
  { what: 'a page of HTML', body: '<html>maintenance</html>' },
  {
    what: 'an envelope without a call',
    body: around({ code: 200, status: 'success', data: null }),
  },
])('says that the call may have been placed when the answer is $what', async ({ body }) => {
  answerNext(CCM, 'POST', { body });
  await expect(exotelApi().calls.create(A_CALL)).rejects.toMatchObject({
    code: 'ERR_EXOTEL_API',
    reason: 'unexpected-body',
    status: 200,
    message: expect.stringContaining('may or may not have been placed'),
  });
});
