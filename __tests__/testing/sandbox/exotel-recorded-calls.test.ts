import { beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import {
  createExotelApi,
  type ExotelApi,
  type ExotelVoiceListQuery,
} from '../../../src/apis/exotel/index.js';
import { createProviderClient } from '../../../src/index.js';
import { exotel } from '../../../src/providers/index.js';
import { createCallTimer } from '../../../src/testing/sandbox/exotel-call-timing.js';
import { useSandbox } from '../use-sandbox.js';

const NUMBERS = { from: '+919876543210', to: '+919876543211', callerId: '08012345678' };
const HOUR_MS = 3_600_000;

let skewMs = 0;
const book = useSandbox('exotel', { now: () => Date.now() + skewMs });
let api: ExotelApi;
beforeAll(() => {
  const { accountSid, ...basic } = book.credentials;
  const http = createProviderClient(exotel({ ...book.credentials, baseURL: book.url }));
  api = createExotelApi(http, { accountSid, basic });
});
beforeEach(() => {
  skewMs = 0;
});

describe('a call that runs by itself', () => {
  test('of Voice v1 rings, is answered, ends and settles', async () => {
    book.letCallsRun({ ringMs: 20, talkMs: 20, settleMs: 60_000 });
    const { callSid, status } = await api.voice.connectNumbers({ ...NUMBERS, record: true });
    expect(status).toBe('ringing');
    const limits = { pollMs: 5, settleMs: 30 };
    expect(await api.voice.waitForEnd(callSid, limits)).toMatchObject({
      state: 'ended',
      call: { status: 'completed', durationSeconds: undefined, price: undefined },
    });
    skewMs = 60_000;
    expect(await api.voice.waitForEnd(callSid, limits)).toMatchObject({
      state: 'settled',
      call: { price: 1.5 },
    });
  });

  test.each(['calls', 'callsV3'] as const)(
    'of %s ends, with a recording to fetch',
    async (group) => {
      book.letCallsRun({ ringMs: 1, talkMs: 1 });
      const from = { contactUri: book.agents[0]!.contactUri };
      const order = { from, to: '+919876543211', virtualNumber: '08012345678', record: true };
      const { callSid } = await api[group].create(order);
      const { call, state } = await api[group].waitForEnd(callSid, { pollMs: 5 });
      expect([state, call.outcome]).toEqual(['settled', 'completed']);
      const { body } = await api.voice.downloadRecording({ recordingUrl: call.recordingUrls[0] });
      expect(body.length).toBeGreaterThan(1_000);
    },
  );
});

test('a call that a test has ended is not answered afterwards', () => {
  jest.useFakeTimers();
  const timer = createCallTimer();
  timer.verbs.letCallsRun({ ringMs: 20, talkMs: 20 });
  const told: string[] = [];
  for (const endedAt of [undefined, Date.now()])
    timer.start(
      { endedAt },
      () => told.push('answered'),
      () => told.push('ended'),
    );
  jest.advanceTimersByTime(40);
  jest.useRealTimers();
  expect(told).toEqual(['answered', 'ended']);
});

describe('a recording', () => {
  const recorded = () => book.addVoiceCall({ ...NUMBERS, createdAt: Date.now(), recorded: true });

  test('takes the API key, and nothing else', async () => {
    const call = await api.voice.get(recorded());
    const recording = await api.voice.downloadRecording(call);
    expect(recording).toMatchObject({ contentType: 'audio/mpeg' });
    expect([...recording.body.subarray(0, 2)]).toEqual([0xff, 0xfb]);
    expect((await fetch(call.recordingUrl!)).status).toBe(401);
  });

  test('has a signed address once Exotel has enabled that, for as long as was asked', async () => {
    const callSid = recorded();
    const minutes = { recordingUrlMinutes: 10 };
    expect((await api.voice.get(callSid, minutes)).signedRecordingUrl).toBeUndefined();
    book.signRecordings();
    const call = await api.voice.get(callSid, minutes);
    expect((await fetch(call.signedRecordingUrl!)).status).toBe(200);
    const [listed] = (await api.voice.list(minutes)).calls;
    expect((await api.voice.downloadRecording(listed!)).body.length).toBeGreaterThan(1_000);
    skewMs = 601_000;
    await expect(api.voice.downloadRecording(call)).rejects.toMatchObject({
      reason: 'file-expired',
    });
  });

  test('refuses a request with both kinds of credentials, and a signature of its own', async () => {
    book.signRecordings();
    const { signedRecordingUrl = '' } = await api.voice.get(recorded(), { recordingUrlMinutes: 5 });
    const headers = { authorization: 'Basic eDp5' };
    expect((await fetch(signedRecordingUrl, { headers })).status).toBe(400);
    expect((await fetch(signedRecordingUrl.replace(/.$/, 'z'))).status).toBe(403);
  });

  test.each(['4', '61', 'x'])('cannot be asked for %s minutes', async (RecordingUrlValidity) => {
    const params = { RecordingUrlValidity };
    await expect(api.voice.get(recorded(), {}, { params })).rejects.toMatchObject({ status: 400 });
    await expect(api.voice.list({}, { params })).rejects.toMatchObject({ status: 400 });
  });
});

describe('the list of calls', () => {
  const now = Math.floor(Date.now() / 1_000) * 1_000;
  beforeEach(() => {
    const call = { ...NUMBERS, exoPhone: '08012345678' };
    book.addVoiceCall({ ...call, createdAt: now - 48 * HOUR_MS, status: 'busy', seconds: 0 });
    book.addVoiceCall({ ...call, createdAt: now - 24 * HOUR_MS, seconds: 90 });
    book.addVoiceCall({
      ...call,
      createdAt: now - HOUR_MS,
      from: '+919000000000',
      direction: 'outbound-api',
    });
  });
  const sidsOf = async (query: ExotelVoiceListQuery) =>
    (await api.voice.list(query)).calls.map(({ callSid }) => Number(callSid.slice(-1)));

  test.each<[string, ExotelVoiceListQuery, number[]]>([
    ['nothing', {}, [3, 2, 1]],
    ['the order', { order: 'oldest-first' }, [1, 2, 3]],
    ['the time', { created: { from: new Date(now - 24 * HOUR_MS), to: new Date(now) } }, [3, 2]],
    ['the status', { status: ['busy', 'failed'] }, [1]],
    ['the direction', { direction: ['inbound'] }, [2, 1]],
    ['who called, as dialled at home', { from: ['09876543210'] }, [2, 1]],
    ['who was called', { to: ['+919876543219'] }, []],
    ['the line', { phoneNumber: ['08012345678'] }, [3, 2, 1]],
    ['the duration', { durationSeconds: { atLeast: 60, atMost: 90 } }, [3, 2]],
    ['the exact duration', { durationSeconds: { exactly: 90 } }, [2]],
    ['the price', { price: { atLeast: 2, atMost: 3 } }, []],
    ['some sids', { callSids: ['sandboxvoice000001'] }, [1]],
  ])('is narrowed by %s', async (_, query, sids) => {
    expect(await sidsOf(query)).toEqual(sids);
  });

  test('pages forth and back, with what lists alone tell', async () => {
    const first = await api.voice.list({ pageSize: 2 });
    expect(first.calls[1]).toMatchObject({ phoneNumber: '08012345678', conversationSeconds: 90 });
    const second = await api.voice.list({ pageSize: 2, ...first.next });
    expect(second.calls).toHaveLength(1);
    expect((await api.voice.list({ pageSize: 2, ...second.previous })).calls).toEqual(first.calls);
  });

  test.each([
    { DateCreated: 'gte:2026-01-01 00:00:00;lte:2026-03-01 00:00:00' },
    { DateCreated: 'since:2026-01-01' },
    { Duration: 'gte:ten' },
  ])('refuses %j', async (params) => {
    await expect(api.voice.list({}, { params })).rejects.toMatchObject({ status: 400 });
  });
});
