import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { parseTruecallerCallEvent } from '../../../src/apis/truecaller/index.js';
import { createFakeClock, startSandbox } from '../../../src/testing/index.js';
import { serve } from '../../setup/loopback-server.js';

const EVENT = {
  event_id: 'fake-event-1',
  client_account_id: 'fake-account',
  event_type: 'cmb',
  created_at: '1893556800',
  cmb_payload: {
    business_number: '910000000001',
    feature_set: 'Fake',
    client_number: '910000000000',
    requested_at: '1893556800',
    requested_date: '2030-01-02',
    requested_slot: 'Wednesday',
    preferred_from_time: '1893560400',
    preferred_to_time: '1893562200',
    is_interested: true,
    alternate_number: '',
    cmb_config_name: 'Fake',
  },
};

it.each([
  ['a parsed body', EVENT],
  ['JSON text', JSON.stringify(EVENT)],
])('a Call Me Back is read from %s', (_, body) => {
  expect(parseTruecallerCallEvent(body)).toEqual({
    eventId: 'fake-event-1',
    eventType: 'cmb',
    clientAccountId: 'fake-account',
    createdTime: new Date('2030-01-02T04:00:00Z'),
    callMeBack: {
      businessNumber: '910000000001',
      clientNumber: '910000000000',
      alternateNumber: undefined,
      isInterested: true,
      requestedTime: new Date('2030-01-02T04:00:00Z'),
      requestedDate: '2030-01-02',
      requestedSlot: 'Wednesday',
      preferredFromTime: new Date('2030-01-02T05:00:00Z'),
      preferredToTime: new Date('2030-01-02T05:30:00Z'),
      featureSet: 'Fake',
      configName: 'Fake',
    },
    raw: body,
  });
});

it('a missing field is undefined, however the page writes it', () => {
  const cmb_payload = {
    client_number: 'Phone number not available',
    requested_date: 'NA',
    requested_slot: 'NA',
    preferred_from_time: null,
    preferred_to_time: 'NA',
    is_interested: false,
  };

  expect(parseTruecallerCallEvent({ ...EVENT, cmb_payload }).callMeBack).toEqual({
    ...Object.fromEntries(
      Object.keys(parseTruecallerCallEvent(EVENT).callMeBack!).map((name) => [name, undefined]),
    ),
    isInterested: false,
  });
});

it('an event of another type, or with other fields, is read by its common fields', () => {
  const { cmb_payload, ...outer } = EVENT;
  const feedback = { ...outer, event_type: 'user_feedback', content: cmb_payload };

  expect(parseTruecallerCallEvent(feedback)).toMatchObject({
    eventId: 'fake-event-1',
    eventType: 'user_feedback',
    callMeBack: undefined,
    raw: feedback,
  });
  expect(parseTruecallerCallEvent(outer).callMeBack).toBeUndefined();
});

describe('an invalid body is refused with the name of the field:', () => {
  it.each([
    ['body', 'hello'],
    ['body', null],
    ['event_id', { ...EVENT, event_id: {} }],
    ['event_type', { ...EVENT, event_type: undefined }],
    ['created_at', { ...EVENT, created_at: 'soon' }],
    ['cmb_payload.requested_at', { ...EVENT, cmb_payload: { requested_at: '1893556800000' } }],
  ])('%s', (field, body) => {
    expect(() => parseTruecallerCallEvent(body)).toThrow(
      expect.objectContaining({ code: 'ERR_API_PAYLOAD', payload: 'call event', field }),
    );
  });
});

it('the sandbox posts one', async () => {
  const clock = createFakeClock();
  await using sandbox = await startSandbox({ only: ['truecallerCalls'], now: clock.now });
  const bodies: Buffer[] = [];
  const url = await serve((request, response) => {
    void buffer(request).then((body) => {
      bodies.push(body);
      response.writeHead(200).end('{}');
    });
  });
  const eventId = sandbox.truecallerCalls.postCallMeBack(url, { businessNumber: '910000000001' });
  await sandbox.truecallerCalls.webhooksSettled();

  expect(bodies.map((body) => parseTruecallerCallEvent(body))).toMatchObject([
    {
      eventId,
      eventType: 'cmb',
      clientAccountId: sandbox.truecallerCalls.credentials.clientAccountId,
      callMeBack: { businessNumber: '910000000001', clientNumber: undefined, isInterested: true },
    },
  ]);
});
