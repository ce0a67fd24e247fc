import { describe, expect, it } from '@jest/globals';
import {
  isApiPayloadError,
  parseCcmCallback,
  parseVoiceCallback,
} from '../../../src/apis/exotel/index.js';
import { failureOf } from '../canned-answer.js';

const CCM_NEWS = {
  call_sid: 'fakecallsid0001',
  event_type: 'terminal',
  call_state: 'terminal',
  duration: 284,
  recording_url: 'https://example.invalid/r.mp3',
  something_new: { deep: true },
};
const CCM_PARSED = {
  callSid: 'fakecallsid0001',
  event: 'terminal',
  state: 'terminal',
  durationSeconds: 284,
  recordingUrl: 'https://example.invalid/r.mp3',
};
const formOf = (fields: Record<string, unknown>) =>
  new URLSearchParams(Object.entries(fields).map(([key, value]) => [key, String(value)]));
function multipartOf(fields: Record<string, unknown>): FormData {
  const form = new FormData();
  for (const [key, value] of Object.entries(fields)) form.append(key, String(value));
  return form;
}

describe('the CCM status callback', () => {
  it.each([
    { form: 'a parsed body', body: CCM_NEWS },
    { form: 'JSON text', body: JSON.stringify(CCM_NEWS) },
    { form: 'bytes', body: Buffer.from(JSON.stringify(CCM_NEWS)) },
    { form: 'an urlencoded text', body: formOf(CCM_NEWS).toString() },
    { form: 'URLSearchParams', body: formOf(CCM_NEWS) },
    { form: 'FormData', body: multipartOf(CCM_NEWS) },
  ])('reads the same from $form', ({ body }) => {
    expect(parseCcmCallback(body)).toEqual({ ...CCM_PARSED, raw: body });
  });

  it('needs neither recording nor duration', () => {
    expect(parseCcmCallback({ call_sid: 's', event_type: 'answered' })).toMatchObject({
      event: 'answered',
      recordingUrl: undefined,
      durationSeconds: undefined,
    });
  });

  it.each([
    ['body', null],
    ['body', []],
    ['body', 'hello'],
    ['body', '{"call_sid":'],
    ['call_sid', { call_sid: '', event_type: 'terminal' }],
    ['event_type', { call_sid: 's' }],
  ])('is refused with the name of what is wrong: %s', async (field, body) => {
    const error = await failureOf(Promise.resolve().then(() => parseCcmCallback(body)));
    expect(isApiPayloadError(error)).toBe(true);
    expect(error).toMatchObject({ code: 'ERR_API_PAYLOAD', payload: 'CCM status callback', field });
  });
});

const VOICE_NEWS = {
  CallSid: 'fakesid0001',
  EventType: 'terminal',
  DateCreated: '2030-01-02 03:04:05',
  DateUpdated: '2030-01-02 03:09:00',
  Status: 'completed',
  To: '0XXXXXXXXX1',
  From: '0XXXXXXXXX2',
  PhoneNumberSid: '0XXXXXXXX3',
  StartTime: '2030-01-02 03:04:06',
  EndTime: '2030-01-02 03:08:50',
  ConversationDuration: 260,
  Direction: 'outbound-api',
  CustomField: 't-1',
  RecordingUrl: 'https://example.invalid/r.mp3',
};
const LEGS = [
  { OnCallDuration: 284, Status: 'completed', AnsweredBy: 'HUMAN' },
  { OnCallDuration: 260, Status: null, AnsweredBy: 'NotSure' },
];
const VOICE_PARSED = {
  callSid: 'fakesid0001',
  event: 'terminal',
  status: 'completed',
  createdTime: new Date('2030-01-01T21:34:05Z'),
  updatedTime: new Date('2030-01-01T21:39:00Z'),
  startTime: new Date('2030-01-01T21:34:06Z'),
  endTime: new Date('2030-01-01T21:38:50Z'),
  from: '0XXXXXXXXX2',
  to: '0XXXXXXXXX1',
  phoneNumberSid: '0XXXXXXXX3',
  conversationSeconds: 260,
  direction: 'outbound-api',
  customField: 't-1',
  recordingUrl: 'https://example.invalid/r.mp3',
  legs: [
    { onCallSeconds: 284, status: 'completed', answeredBy: 'human' },
    { onCallSeconds: 260, status: undefined, answeredBy: 'notsure' },
  ],
  deduplicationKey: 'fakesid0001:terminal',
};
const inKeys = Object.fromEntries(
  LEGS.flatMap((leg, index) =>
    Object.entries(leg).map(([name, value]) => [`Legs[${index}][${name}]`, String(value)]),
  ),
);

describe('the Voice v1 status callback', () => {
  it.each([
    { form: 'JSON', body: { ...VOICE_NEWS, Legs: LEGS } },
    {
      form: 'a multipart form with JSON in a field',
      body: multipartOf({ ...VOICE_NEWS, Legs: JSON.stringify(LEGS) }),
    },
    { form: 'a form with brackets', body: formOf({ ...VOICE_NEWS, ...inKeys }).toString() },
    {
      form: 'legs nested as in call details',
      body: { ...VOICE_NEWS, Legs: LEGS.map((Leg) => ({ Leg })) },
    },
  ])('reads the same from $form', ({ body }) => {
    expect(parseVoiceCallback(body)).toMatchObject(VOICE_PARSED);
  });

  it('reads the four fields that come if no events were requested', () => {
    const body = {
      CallSid: 's',
      DateUpdated: '2030-01-02 03:09:00',
      Status: 'no-answer',
      RecordingUrl: 'null',
    };
    expect(parseVoiceCallback(body, { zonelessOffset: '+00:00' })).toMatchObject({
      status: 'no-answer',
      updatedTime: new Date('2030-01-02T03:09:00Z'),
      recordingUrl: undefined,
      event: undefined,
      legs: [],
      deduplicationKey: 's:terminal',
    });
  });

  it('has one key for every delivery of the same event', () => {
    const news = (EventType: string) =>
      parseVoiceCallback({ CallSid: 's', EventType }).deduplicationKey;
    expect(news('answered')).toBe(news('answered'));
    expect(news('answered')).not.toBe(news('terminal'));
  });

  it.each([
    ['body', 'hello'],
    ['CallSid', { call_sid: 's' }],
    ['Status', { CallSid: 's' }],
  ])('is refused with the name of what is wrong: %s', (field, body) => {
    expect(() => parseVoiceCallback(body)).toThrow(
      expect.objectContaining({ code: 'ERR_API_PAYLOAD', field }),
    );
  });

  it('ignores legs that are not legs', () => {
    const parse = (Legs: unknown) =>
      parseVoiceCallback({ CallSid: 's', Status: 'busy', Legs }).legs;
    expect([parse('nonsense'), parse(7), parse('{}')]).toEqual([[], [], []]);
  });

  it('is read from 900 kB that name ever more fields of one leg', () => {
    const fields = Array.from({ length: 55_000 }, (_, i) => `Legs[0][a${i}]=1`).join('&');
    expect(fields.length).toBeGreaterThan(900_000);
    // Each field used to copy the leg as it was by then: a tenth of this took nine seconds.
    expect(
      parseVoiceCallback(`CallSid=s&Status=busy&${fields}&Legs[0][Status]=busy`),
    ).toMatchObject({
      callSid: 's',
      legs: [{ status: 'busy' }],
    });
  });

  it('does not let a field reach the prototype', () => {
    parseVoiceCallback('CallSid=s&Status=busy&__proto__=x&Legs[0][__proto__]=y');
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });
});

describe('a callback of a megabyte', () => {
  const bodyOf = (bytes: number) => 'call_sid=c1&event_type=terminal&x='.padEnd(bytes, 'x');

  it('is read, as text and as bytes', () => {
    const body = bodyOf(1_048_576);
    expect(parseCcmCallback(body).callSid).toBe('c1');
    expect(parseCcmCallback(Buffer.from(body)).callSid).toBe('c1');
  });

  it('is refused before it is read if it is larger', () => {
    const body = bodyOf(1_048_577);
    for (const form of [body, Buffer.from(body)]) {
      expect(() => parseCcmCallback(form)).toThrow(expect.objectContaining({ field: 'body' }));
    }
  });
});
