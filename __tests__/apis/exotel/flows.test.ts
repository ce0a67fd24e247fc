import { describe, expect, it } from '@jest/globals';
import {
  isApiPayloadError,
  parseFlowRequest,
  parseHeartbeat,
  toConnectAnswer,
  toDialWhomAnswer,
  toGatherAnswer,
  toPassthruAnswer,
  toSwitchAnswer,
  type ExotelConnectAnswerInput,
  type ExotelFlowAnswer,
} from '../../../src/apis/exotel/index.js';
import { failureOf } from '../canned-answer.js';

const QUERY =
  'CallSid=fakecall1&CallFrom=0XXXXXXXXX1&CallTo=0XXXXXXXXX3&Direction=incoming' +
  '&Created=2030-01-02+10%3A00%3A00&DialCallDuration=0&StartTime=2030-01-02+10%3A00%3A01' +
  '&EndTime=1970-01-01+05%3A30%3A00&CallType=call-attempt&DialWhomNumber=&flow_id=1&tenant_id=2' +
  '&From=0XXXXXXXXX1&To=0XXXXXXXXX3&CurrentTime=2030-01-02+10%3A00%3A09&digits=%2212%22' +
  '&CustomField=t-1&RecordingUrl=null';
const PARSED = {
  callSid: 'fakecall1',
  from: '0XXXXXXXXX1',
  to: '0XXXXXXXXX3',
  direction: 'incoming',
  callStatus: undefined,
  callType: 'call-attempt',
  digits: '12',
  dialStatus: undefined,
  dialSeconds: 0,
  dialledNumber: undefined,
  recordingUrl: undefined,
  customField: 't-1',
  flowId: '1',
  createdTime: new Date('2030-01-02T10:00:00+05:30'),
  startTime: new Date('2030-01-02T10:00:01+05:30'),
  currentTime: new Date('2030-01-02T10:00:09+05:30'),
  stream: undefined,
};

describe('what an applet asks', () => {
  it.each([
    ['the path of a request', `/hook?${QUERY}`],
    ['a whole address', `https://example.invalid/hook?${QUERY}`],
    ['a URL', new URL(`https://example.invalid/hook?${QUERY}`)],
    ['a bare query', QUERY],
    ['URLSearchParams', new URLSearchParams(QUERY)],
    ['an object, as Express has it', Object.fromEntries(new URLSearchParams(QUERY))],
    ['a posted form', Buffer.from(QUERY)],
  ])('is read from %s', (_, request) => {
    expect(parseFlowRequest(request)).toEqual({ ...PARSED, raw: request });
  });

  it('is read after a Connect applet', () => {
    const query = {
      CallSid: 'fakecall1',
      CallType: 'completed',
      CallStatus: 'in-progress',
      DialCallStatus: 'completed',
      DialCallDuration: '42',
      DialWhomNumber: '+910000000001',
      RecordingUrl: 'https://example.invalid/r.mp3',
    };
    expect(parseFlowRequest(query)).toMatchObject({
      callStatus: 'in-progress',
      callType: 'completed',
      dialStatus: 'completed',
      dialSeconds: 42,
      dialledNumber: '+910000000001',
      recordingUrl: 'https://example.invalid/r.mp3',
    });
  });

  it.each([
    ['the documented name', 'CallFrom'],
    ['the name of one copy of the article', 'Callfrom'],
    ['the older name', 'From'],
  ])('names the caller by %s', (_, name) => {
    expect(parseFlowRequest({ CallSid: 's', [name]: '0XX1' })).toMatchObject({ from: '0XX1' });
  });

  it('may be the JSON that one account gets from Connect', () => {
    const body = '{"Call":{"Sid":"fakecall1","From":"0XXXXXXXXX1"}}';
    expect(parseFlowRequest(body)).toMatchObject({ callSid: 'fakecall1', from: '0XXXXXXXXX1' });
  });

  it.each([
    ['the documented form', '2030-01-01 10:00:00'],
    ['the form that has been seen', 'Tue, 01 Jan 2030 10:00:00'],
  ])('has its creation in %s', (_, Created) => {
    const options = { zonelessOffset: '+05:00' };
    expect(parseFlowRequest({ CallSid: 's', Created }, options).createdTime).toEqual(
      new Date('2030-01-01T10:00:00+05:00'),
    );
  });

  it.each(['', '""', 'null', undefined])('has no digits when they are %p', (digits) => {
    expect(parseFlowRequest({ CallSid: 's', digits }).digits).toBeUndefined();
  });

  it.each([
    [
      'keys with brackets',
      {
        'Stream[StreamSID]': 'st-1',
        'Stream[Status]': 'completed',
        'Stream[Duration]': '7',
        'Stream[DisconnectedBy]': 'user',
      },
    ],
    [
      'an object',
      { Stream: { StreamSID: 'st-1', Status: 'completed', Duration: 7, DisconnectedBy: 'user' } },
    ],
    [
      'JSON text',
      {
        Stream: '{"StreamSID":"st-1","Status":"completed","Duration":"7","DisconnectedBy":"user"}',
      },
    ],
  ])('tells of a stream in %s', (_, fields) => {
    expect(parseFlowRequest({ CallSid: 's', ...fields }).stream).toEqual({
      streamSid: 'st-1',
      status: 'completed',
      durationSeconds: 7,
      recordingUrl: undefined,
      streamUrl: undefined,
      disconnectedBy: 'user',
    });
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a path without a query', '/hook'],
    ['strange types', { CallSid: ['a', 'b'] }],
    ['a megabyte', `/hook?${'a=1&'.repeat(250_000)}`],
  ])('is refused when it is %s', async (_, request) => {
    const error = await failureOf(Promise.resolve().then(() => parseFlowRequest(request)));
    expect(isApiPayloadError(error)).toBe(true);
    expect(error).toMatchObject({ payload: 'flow request', field: 'CallSid' });
  });
});

const bodyOf = ({ body }: ExotelFlowAnswer): unknown => JSON.parse(body);

describe('what a server answers', () => {
  it('leads a Passthru to its first branch by 200, to its second by a bare 302', () => {
    const headers = { 'Content-Type': 'text/plain' };
    expect(toPassthruAnswer('first')).toEqual({ status: 200, headers, body: '' });
    expect(toPassthruAnswer('second')).toEqual({ status: 302, headers, body: '' });
    expect(() => toPassthruAnswer('third' as 'first')).toThrow('first, second');
  });

  it('names a case in plain text', () => {
    const { headers, body } = toSwitchAnswer('sales "IN"');
    expect(headers).toEqual({ 'Content-Type': 'text/plain' });
    expect(body).toBe(String.raw`{"select":"sales \"IN\""}`);
  });

  it('says whom to dial, in order', () => {
    expect(toDialWhomAnswer(['+910000000001', '+910000000002']).body).toBe(
      '+910000000001,+910000000002',
    );
    expect(() => toDialWhomAnswer([])).toThrow('must not be empty');
  });

  it('connects, in the fields that working code sends', () => {
    const answer = toConnectAnswer({
      numbers: ['+910000000001', '+910000000002'],
      trunk: 'trunk-1',
      outgoingPhoneNumber: '+910000000003',
      record: true,
      recordingChannels: 'dual',
      maxRingingSeconds: 30,
      maxConversationSeconds: 3600,
      musicOnHold: 'operator_tone',
      spokenAtStart: 'Hello',
      parallelRinging: 2,
      attemptUrl: 'https://example.invalid/dial',
      customParams: { order: '7 & 8' },
    });
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'Content-Type': 'application/json' },
    });
    expect(bodyOf(answer)).toEqual({
      fetch_after_attempt: false,
      destination: { numbers: ['+910000000001', '+910000000002'], trunk: 'trunk-1' },
      outgoing_phone_number: '+910000000003',
      record: true,
      recording_channels: 'dual',
      max_ringing_duration: 30,
      max_conversation_duration: 3600,
      music_on_hold: { type: 'operator_tone' },
      start_call_playback: { playback_to: 'both', type: 'text', value: 'Hello' },
      parallel_ringing: { activate: true, max_parallel_attempts: 2 },
      dial_passthru_event_url: 'https://example.invalid/dial',
      custom_params: 'order=7+%26+8',
    });
  });

  it('dials no one by an empty list', () => {
    expect(bodyOf(toConnectAnswer({ numbers: [] }))).toEqual({
      fetch_after_attempt: false,
      destination: { numbers: [] },
    });
  });

  it.each<[string, Partial<ExotelConnectAnswerInput>]>([
    ['numbers.0', { numbers: ['sip:agent@example.invalid'] }],
    ['parallelRinging', { parallelRinging: 6 }],
    ['customParams', { customParams: { a: '1', b: '2', c: '3', d: '4' } }],
    ['customParams', { customParams: { a: 'x'.repeat(200) } }],
    ['customParams', { customParams: { 'Exotel-Id': '1' } }],
    ['ringing', { ringing: 5 } as object],
  ])('refuses to connect when %s cannot be right', (field, wrong) => {
    expect(() => toConnectAnswer({ numbers: [], ...wrong })).toThrow(
      expect.objectContaining({ code: 'ERR_API_INPUT', field }),
    );
  });

  it('gathers digits, with every field filled in', () => {
    expect(bodyOf(toGatherAnswer({ prompt: 'Enter your code', maxDigits: 4 }))).toEqual({
      gather_prompt: { text: 'Enter your code' },
      max_input_digits: 4,
      finish_on_key: '#',
      input_timeout: 5,
      repeat_menu: 0,
      repeat_gather_prompt: { text: 'Enter your code' },
    });
    const all = { finishOnKey: '', timeoutSeconds: 9, repeat: 1, repeatPrompt: 'Once more' };
    expect(bodyOf(toGatherAnswer({ prompt: 'Code', maxDigits: 1, ...all }))).toMatchObject({
      finish_on_key: '',
      input_timeout: 9,
      repeat_menu: 1,
      repeat_gather_prompt: { text: 'Once more' },
    });
  });

  it.each([
    ['prompt', { prompt: ' ' }],
    ['maxDigits', { maxDigits: 0 }],
    ['finishOnKey', { finishOnKey: '12' }],
  ])('refuses to gather when %s cannot be right', (field, wrong) => {
    expect(() => toGatherAnswer({ prompt: 'Code', maxDigits: 1, ...wrong })).toThrow(
      expect.objectContaining({ field }),
    );
  });
});

describe('the heartbeat', () => {
  it('says which numbers are affected', () => {
    const body = {
      timestamp: '2030-01-02T03:04:05Z',
      status_type: 'WARNING',
      incoming_affected: ['e-1'],
      outgoing_affected: [],
      data: {},
    };
    expect(parseHeartbeat(JSON.stringify(body))).toEqual({
      status: 'WARNING',
      time: new Date('2030-01-02T03:04:05Z'),
      incomingAffected: ['e-1'],
      outgoingAffected: [],
      raw: JSON.stringify(body),
    });
  });

  it.each([null, 'hello', {}])('is refused when it is %p', (body) => {
    expect(() => parseHeartbeat(body)).toThrow('heartbeat: status_type is missing');
  });
});
