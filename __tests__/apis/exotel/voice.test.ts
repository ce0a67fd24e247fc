import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import type { ExotelVoiceListQuery } from '../../../src/apis/exotel/index.js';
import { allOf, answerNext, failureOf, type SentRequest } from '../canned-answer.js';
import { serve } from '../../setup/loopback-server.js';
import { BASIC_HEADER, exotelApi, VOICE } from './exotel-account.js';

const NUMBERS = { from: '+910000000000', to: '08000000001', callerId: '08000000003' };
const CALL = {
  Sid: 'fakesid0001',
  ParentCallSid: null,
  DateCreated: '2030-01-02 03:04:05',
  DateUpdated: '2030-01-02 03:04:05',
  AccountSid: 'acme',
  To: '0XXXXXXXXX1',
  From: '0XXXXXXXXX2',
  PhoneNumberSid: '0XXXXXXXX3',
  Status: 'in-progress',
  StartTime: '2030-01-02 03:04:05',
  EndTime: null,
  Duration: null,
  Price: null,
  Direction: 'outbound-api',
  AnsweredBy: null,
  ForwardedFrom: null,
  CallerName: null,
  Uri: '/v1/Accounts/acme/Calls.json/fakesid0001',
  RecordingUrl: null,
};
const STARTED = {
  callSid: 'fakesid0001',
  accountSid: 'acme',
  status: 'in-progress',
  createdTime: new Date('2030-01-01T21:34:05Z'),
  startTime: new Date('2030-01-01T21:34:05Z'),
  endTime: undefined,
  durationSeconds: undefined,
  price: undefined,
  direction: 'outbound-api',
  from: '0XXXXXXXXX2',
  to: '0XXXXXXXXX1',
};
const IN_XML = `<?xml version="1.0" encoding="UTF-8"?>
<TwilioResponse>
 <Call>
${Object.entries(CALL)
  .map(([name, value]) => (value === null ? `  <${name}/>` : `  <${name}>${value}</${name}>`))
  .join('\n')}
 </Call>
</TwilioResponse>`;

const formIn = (request: SentRequest | undefined) => new URLSearchParams(String(request?.body));

describe('connectNumbers', () => {
  it('sends an urlencoded form to connect.json', async () => {
    const sent = answerNext(VOICE, 'POST', { body: { Call: CALL } });
    await exotelApi().voice.connectNumbers({
      ...NUMBERS,
      callType: 'trans',
      maxDurationSeconds: 14_400,
      ringTimeoutSeconds: 30,
      waitUrl: 'https://example.invalid/w.wav?v=2',
      record: false,
      recordingChannels: 'dual',
      recordingFormat: 'mp3-hq',
      stream: { url: 'wss://example.invalid/s', begin: 'leg2' },
      customField: 'a & b',
      playback: { url: 'https://example.invalid/p.wav', to: 'both' },
      statusCallback: {
        url: 'https://example.invalid/hook',
        events: ['terminal', 'answered'],
        contentType: 'application/json',
      },
    });
    expect(sent).toMatchObject([
      {
        path: '/v1/Accounts/acme/Calls/connect.json',
        headers: {
          authorization: BASIC_HEADER,
          'content-type': 'application/x-www-form-urlencoded',
        },
      },
    ]);
    expect([...formIn(sent[0])]).toEqual([
      ['From', '+910000000000'],
      ['To', '08000000001'],
      ['CallerId', '08000000003'],
      ['CallType', 'trans'],
      ['TimeLimit', '14400'],
      ['TimeOut', '30'],
      ['WaitUrl', 'https://example.invalid/w.wav?v=2'],
      ['Record', 'false'],
      ['RecordingChannels', 'dual'],
      ['RecordingFormat', 'mp3-hq'],
      ['StreamUrl', 'wss://example.invalid/s'],
      ['StreamBegin', 'at Leg2Connect'],
      ['CustomField', 'a & b'],
      ['StartPlaybackToNew', 'Both'],
      ['StartPlaybackValueNew', 'https://example.invalid/p.wav'],
      ['StatusCallback', 'https://example.invalid/hook'],
      ['StatusCallbackEvents[]', 'terminal'],
      ['StatusCallbackEvents[]', 'answered'],
      ['StatusCallbackContentType', 'application/json'],
    ]);
  });

  it.each([
    { form: 'JSON', body: { Call: CALL } },
    { form: 'XML', body: IN_XML },
  ])('reads the same from $form', async ({ body }) => {
    answerNext(VOICE, 'POST', { body });
    expect(await exotelApi().voice.connectNumbers(NUMBERS)).toMatchObject(STARTED);
  });

  it("sends the docs' other forms when chosen", async () => {
    let got = { path: '', type: '', body: '' };
    const host = await serve((request, response) => {
      void buffer(request).then((body) => {
        got = { path: request.url!, type: request.headers['content-type']!, body: String(body) };
        response.writeHead(200, { 'content-type': 'application/xml' }).end(IN_XML);
      });
    });
    const { voice } = exotelApi({
      hosts: { voice: host },
      wire: {
        connectPath: 'connect',
        connectForm: 'multipart',
        callbackEvents: 'indexed',
        playbackField: 'StartPlaybackValue',
      },
    });
    await voice.connectNumbers({
      ...NUMBERS,
      playback: { url: 'https://example.invalid/p.wav' },
      statusCallback: { url: 'https://example.invalid/hook', events: ['terminal'] },
    });
    expect(got.path).toBe('/v1/Accounts/acme/Calls/connect');
    const form = await new Response(got.body, { headers: { 'content-type': got.type } }).formData();
    expect(Object.fromEntries(form)).toEqual({
      From: '+910000000000',
      To: '08000000001',
      CallerId: '08000000003',
      StartPlaybackValue: 'https://example.invalid/p.wav',
      StatusCallback: 'https://example.invalid/hook',
      'StatusCallbackEvents[0]': 'terminal',
    });
  });

  it.each([
    ['from', { from: 'me' }],
    ['to', { to: '' }],
    ['callerId', { callerId: 'x' }],
    ['maxDurationSeconds', { maxDurationSeconds: 14_401 }],
    ['customField', { customField: 'x'.repeat(129) }],
    ['stream.url', { stream: { url: 'https://example.invalid' } }],
    ['callType', { callType: 'other' }],
  ])('names %s when it cannot be right', async (field, wrong) => {
    const input = { ...NUMBERS, ...wrong };
    await expect(exotelApi().voice.connectNumbers(input as never)).rejects.toMatchObject({
      code: 'ERR_API_INPUT',
      operation: 'voice.connectNumbers',
      field,
    });
  });

  it('says that the call may have been placed when the answer makes no sense', async () => {
    answerNext(VOICE, 'POST', { body: '<html></html>' });
    const error = await failureOf(exotelApi().voice.connectNumbers(NUMBERS));
    expect(error).toMatchObject({ reason: 'unexpected-body' });
    expect(error.message).toContain('may or may not have been placed');
  });
});

describe('connectToFlow', () => {
  const FLOW = { from: '+910000000000', callerId: '08000000003' };

  it.each([
    [{ appId: '7' }, 'http://my.exotel.com/acme/exoml/start_voice/7'],
    [{ flowUrl: 'https://my.exotel.com/x' }, 'https://my.exotel.com/x'],
  ])('sends the address of %j', async (target, Url) => {
    const sent = answerNext(VOICE, 'POST', { body: { Call: CALL } });
    await exotelApi().voice.connectToFlow({ ...FLOW, ...target });
    expect(Object.fromEntries(formIn(sent[0]))).toEqual({
      From: '+910000000000',
      Url,
      CallerId: '08000000003',
    });
  });

  it.each([{}, { appId: '7', flowUrl: 'https://my.exotel.com/x' }])(
    'wants one of the two addresses, not %j',
    async (target) => {
      const input = { ...FLOW, ...target } as typeof FLOW & { appId: string };
      await expect(exotelApi().voice.connectToFlow(input)).rejects.toMatchObject({
        field: 'appId',
      });
    },
  );
});

describe('get', () => {
  it('reads the strings of duration and price as numbers, and the nested legs', async () => {
    const sent = answerNext(VOICE, 'GET', {
      body: {
        Call: {
          ...CALL,
          Status: 'completed',
          Duration: '17',
          Price: '1.500',
          EndTime: '2030-01-02 03:05:05',
          Details: {
            ConversationDuration: 11,
            Leg1Status: 'completed',
            Leg2Status: 'busy',
            Legs: [{ Leg: { Id: 1, OnCallDuration: 21 } }, { Leg: { Id: 2, OnCallDuration: 0 } }],
          },
        },
      },
    });
    expect(await exotelApi().voice.get('fakesid0001', { legs: true })).toMatchObject({
      durationSeconds: 17,
      price: 1.5,
      endTime: new Date('2030-01-01T21:35:05Z'),
      conversationSeconds: 11,
      legs: [
        { id: 1, onCallSeconds: 21, status: 'completed' },
        { id: 2, onCallSeconds: 0, status: 'busy' },
      ],
    });
    expect(sent[0]?.path).toBe('/v1/Accounts/acme/Calls/fakesid0001.json?details=true');
  });

  it('reads details beside the call, and states without a list of legs', async () => {
    const Details = { ConversationDuration: '3', Leg1Status: 'completed', Leg2Status: 'null' };
    answerNext(VOICE, 'GET', { body: { Call: CALL, Details } });
    expect(await exotelApi().voice.get('s')).toMatchObject({
      conversationSeconds: 3,
      legs: [{ id: 1, status: 'completed' }],
    });
  });

  it('reads times in the offset of the client', async () => {
    answerNext(VOICE, 'GET', { body: { Call: CALL } });
    expect(await exotelApi({ zonelessOffset: '+08:00' }).voice.get('s')).toMatchObject({
      createdTime: new Date('2030-01-01T19:04:05Z'),
    });
  });
});

const page = (sids: string[], next: string | null, previous: string | null = null) => ({
  body: {
    Metadata: {
      Total: '3',
      PageSize: 2,
      FirstPageUri: '/v1/Accounts/acme/Calls.json?PageSize=2',
      PrevPageUri: previous,
      NextPageUri: next,
    },
    Calls: sids.map((Sid) => ({ ...CALL, Sid, Duration: '45', Price: '1.500' })),
  },
});

describe('list', () => {
  it('writes the query as in the docs, encoded', async () => {
    const sent = answerNext(VOICE, 'GET', page([], null));
    await exotelApi().voice.list({
      callSids: ['a', 'b'],
      created: { from: new Date('2030-01-01T00:00:00Z'), to: new Date('2030-01-02T00:00:00Z') },
      to: ['+910000000000'],
      from: ['+910000000001', '+910000000002'],
      phoneNumber: ['+910000000003'],
      status: ['completed', 'busy'],
      direction: ['inbound'],
      durationSeconds: { atLeast: 10, atMost: 45 },
      price: { atLeast: 0.1, atMost: 1 },
      order: 'oldest-first',
      pageSize: 100,
      recordingUrlMinutes: 5,
    });
    expect(sent[0]?.path).not.toMatch(/[+ ]/);
    expect(Object.fromEntries(new URLSearchParams(sent[0]?.path.split('?')[1]))).toEqual({
      Sid: 'a,b',
      DateCreated: 'gte:2030-01-01 05:30:00;lte:2030-01-02 05:30:00',
      To: '+910000000000',
      From: '+910000000001,+910000000002',
      PhoneNumber: '+910000000003',
      Status: 'completed,busy',
      Direction: 'inbound',
      Duration: 'gte:10s;lte:45s',
      Price: 'gte:0.1;lte:1',
      SortBy: 'DateCreated:asc',
      PageSize: '100',
      RecordingUrlValidity: '5',
    });
  });

  it('writes one exact duration', async () => {
    const sent = answerNext(VOICE, 'GET', page([], null));
    await exotelApi().voice.list({ durationSeconds: { exactly: 30 }, order: 'newest-first' });
    expect(sent[0]?.path).toBe(
      '/v1/Accounts/acme/Calls.json?Duration=eq%3A30s&SortBy=DateCreated%3Adesc',
    );
  });

  it('reads the page and its two cursors', async () => {
    const uri = '/v1/Accounts/acme/Calls.json?PageSize=2';
    answerNext(VOICE, 'GET', page(['a', 'b'], `${uri}&After=c1`, `${uri}&Before=c0`));
    expect(await exotelApi().voice.list()).toMatchObject({
      total: 3,
      pageSize: 2,
      next: { after: 'c1' },
      previous: { before: 'c0' },
      calls: [
        { callSid: 'a', durationSeconds: 45, price: 1.5 },
        { callSid: 'b', durationSeconds: 45, price: 1.5 },
      ],
    });
  });

  it.each<[string, ExotelVoiceListQuery]>([
    ['callSids', { callSids: Array(101).fill('s') }],
    ['to', { to: Array(6).fill('+910000000000') }],
    ['pageSize', { pageSize: 101 }],
    ['recordingUrlMinutes', { recordingUrlMinutes: 4 }],
    ['created.from', { created: { from: new Date(NaN), to: new Date() } }],
    ['price.atMost', { price: { atLeast: 1, atMost: Infinity } }],
    ['durationSeconds', { durationSeconds: {} as { exactly: number } }],
  ])('names %s when it cannot be right', async (field, query) => {
    await expect(exotelApi().voice.list(query)).rejects.toMatchObject({ field });
  });

  it('says so when the answer holds no calls', async () => {
    answerNext(VOICE, 'GET', { body: {} });
    await expect(exotelApi().voice.list()).rejects.toMatchObject({ reason: 'unexpected-body' });
  });
});

describe('iterate', () => {
  it('follows the cursor on its own host, whatever address the page gives', async () => {
    const sent = answerNext(
      VOICE,
      'GET',
      page(['a', 'b'], 'https://elsewhere.example/v1/Accounts/acme/Calls.json?After=c1'),
      page(['c'], null),
    );
    const sids: string[] = [];
    for await (const call of exotelApi().voice.iterate({ pageSize: 2, status: ['completed'] })) {
      sids.push(call.callSid);
    }
    expect(sids).toEqual(['a', 'b', 'c']);
    expect(sent.map(({ path }) => path.split('?')[1])).toEqual([
      'Status=completed&PageSize=2',
      'Status=completed&PageSize=2&After=c1',
    ]);
  });

  it('fetches a page only when its calls are needed', async () => {
    const sent = answerNext(VOICE, 'GET', page(['a', 'b'], '/Calls.json?After=c1'));
    for await (const { callSid } of exotelApi().voice.iterate()) {
      if (callSid === 'b') break;
    }
    expect(sent).toHaveLength(1);
  });

  it('ends at an empty cursor', async () => {
    const sent = answerNext(VOICE, 'GET', page(['a'], '/Calls.json?After='), page(['a'], null));
    const calls = await allOf(exotelApi().voice.iterate());
    expect([calls.length, sent.length]).toEqual([1, 1]);
  });

  it('ends when a cursor is repeated', async () => {
    const again = page(['a'], '/Calls.json?After=c1');
    const sent = answerNext(VOICE, 'GET', again, again, again);
    const calls = await allOf(exotelApi().voice.iterate());
    expect([calls.length, sent.length]).toEqual([2, 2]);
  });
});
