import { describe, expect, it } from '@jest/globals';
import type { ExotelCreateCallInput } from '../../../src/apis/exotel/index.js';
import { answerNext, failureOf } from '../canned-answer.js';
import { A_CALL, BASIC_HEADER, CCM, VOICE, exotelApi } from './exotel-account.js';

const MADE = { body: { request_id: 'rq', response: { call_sid: 's1', call_state: 'active' } } };

describe('calls.create sends', () => {
  it('every field under its documented name', async () => {
    const sent = answerNext(CCM, 'POST', MADE);
    await exotelApi().calls.create({
      from: { userId: 'u-1' },
      to: '+910000000000',
      virtualNumber: '08000000000',
      record: true,
      recordingChannels: 'dual',
      waitAudioUrl: 'https://example.invalid/wait.wav',
      maxDurationSeconds: 600,
      ringTimeoutSeconds: 30,
      customField: 'order 7',
      statusCallbacks: [{ event: 'terminal', url: 'https://example.invalid/hook' }],
    });
    expect(sent).toMatchObject([
      { path: '/v2/accounts/acme/calls', headers: { 'content-type': 'application/json' } },
    ]);
    expect(sent[0]?.body).toEqual({
      from: { user_id: 'u-1' },
      to: { customer_contact_uri: '+910000000000' },
      virtual_number: '08000000000',
      recording: true,
      recording_channels: 'dual',
      wait_audio_url: 'https://example.invalid/wait.wav',
      max_time_limit: 600,
      attempt_time_out: 30,
      custom_field: 'order 7',
      status_callback: [{ event: 'terminal', url: 'https://example.invalid/hook' }],
    });
  });

  it('no missing fields', async () => {
    const sent = answerNext(CCM, 'POST', MADE);
    await exotelApi().calls.create(A_CALL);
    expect(sent[0]?.body).toEqual({
      from: { user_contact_uri: 'sip:someone@example.invalid' },
      to: { customer_contact_uri: '+910000000000' },
      virtual_number: '+910000000001',
    });
  });

  it('to.number if the client or the call chooses the new docs', async () => {
    const sent = answerNext(CCM, 'POST', MADE, MADE, MADE);
    const byClient = exotelApi({ wire: { createCallTo: 'number' } });
    await byClient.calls.create(A_CALL);
    await exotelApi().calls.create(A_CALL, { wire: { createCallTo: 'number' } });
    await byClient.calls.create(A_CALL, { wire: { createCallTo: undefined } });
    expect(sent.map(({ body }): unknown => body.to)).toEqual(
      Array(3).fill({ number: '+910000000000' }),
    );
  });
});

describe('callsV3.create sends', () => {
  it("the old portal's body by default, with its boolean as a string", async () => {
    const sent = answerNext(CCM, 'POST', MADE);
    await exotelApi().callsV3.create({
      ...A_CALL,
      stateManagement: true,
      record: true,
      recordingChannels: 'single',
      statusCallbacks: [{ event: 'terminal', url: 'https://app.example/done' }],
    });
    expect(sent[0]?.path).toBe('/v3/accounts/acme/calls');
    expect(sent[0]?.body).toEqual({
      from: { contact_uri: 'sip:someone@example.invalid', state_management: 'true' },
      to: { contact_uri: '+910000000000' },
      virtual_number: '+910000000001',
      recording: { record: true, channels: 'single' },
      status_callback: [{ event: 'terminal', url: 'https://app.example/done' }],
    });
  });

  it("the new docs' body when chosen", async () => {
    const sent = answerNext(CCM, 'POST', MADE);
    const options = { wire: { createCallV3: 'flat' } } as const;
    await exotelApi().callsV3.create({ ...A_CALL, from: { userId: 'u-1' }, record: true }, options);
    expect(sent[0]?.body).toEqual({
      from: { user_id: 'u-1' },
      to: { number: '+910000000000' },
      virtual_number: '+910000000001',
      recording: true,
    });
  });

  it.each([
    { input: { ...A_CALL, from: { userId: 'u' } }, wire: {}, field: 'from.userId' },
    {
      input: { ...A_CALL, stateManagement: false },
      wire: { createCallV3: 'flat' as const },
      field: 'stateManagement',
    },
  ])('nothing when $field does not fit the chosen body', async ({ input, wire, field }) => {
    const error = await failureOf(exotelApi().callsV3.create(input, { wire }));
    expect(error).toMatchObject({ code: 'ERR_API_INPUT', operation: 'callsV3.create', field });
    expect(error.message).toContain('createCallV3');
  });
});

describe('an input that cannot be right is not sent, and named:', () => {
  it.each<[string, Partial<Record<keyof ExotelCreateCallInput, unknown>>]>([
    ['from', { from: { contactUri: '12345' } }],
    ['from', { from: {} }],
    ['from', { from: { contactUri: '+910000000000', userId: 'u' } }],
    ['to', { to: '9876543210' }],
    ['to', { to: undefined }],
    ['virtualNumber', { virtualNumber: 'exophone' }],
    ['record', { record: 'yes' }],
    ['recordingChannels', { recordingChannels: 'stereo' }],
    ['waitAudioUrl', { waitAudioUrl: 'wait.wav' }],
    ['maxDurationSeconds', { maxDurationSeconds: 0 }],
    ['ringTimeoutSeconds', { ringTimeoutSeconds: 1.5 }],
    [
      'statusCallbacks.0.event',
      { statusCallbacks: [{ event: 'ringing', url: 'https://x.invalid' }] },
    ],
    [
      'statusCallbacks.1.url',
      {
        statusCallbacks: [
          { event: 'answered', url: 'https://x.invalid' },
          { event: 'answered', url: '/hook' },
        ],
      },
    ],
  ])('%s', async (field, wrong) => {
    const input = { ...A_CALL, ...wrong } as ExotelCreateCallInput;
    const error = await failureOf(exotelApi().calls.create(input));
    expect(error).toMatchObject({
      name: 'ApiInputError',
      code: 'ERR_API_INPUT',
      api: 'exotel',
      field,
    });
    expect(error.message).toMatch(/^exotel calls\.create: /);
  });

  it('an unknown field', async () => {
    const input = { ...A_CALL, virtual_number: '+91' } as ExotelCreateCallInput;
    await expect(exotelApi().calls.create(input)).rejects.toMatchObject({
      field: 'virtual_number',
    });
  });

  it.each(['', '.', '..', 'a/b', 'a?b', 'a b'])('the call sid %j', async (callSid) => {
    await expect(exotelApi().calls.get(callSid)).rejects.toMatchObject({ code: 'ERR_API_INPUT' });
  });

  it('without repeating the value', async () => {
    const input = { ...A_CALL, to: 'secret-of-a-customer' };
    const error = await failureOf(exotelApi().calls.create(input));
    expect(JSON.stringify(error) + String(error)).not.toContain('secret-of-a-customer');
  });
});

describe('calls.list', () => {
  const CALLS = [{ sid: 'a' }, { sid: 'b' }];
  it.each([
    { shape: 'records', response: CALLS },
    {
      shape: 'wrapped records',
      response: CALLS.map((data) => ({ code: 200, status: 'success', data })),
    },
    {
      shape: 'bulk items',
      response: CALLS.map((data) => ({ http_code: 200, error_data: null, data })),
    },
    { shape: 'response.data', response: { code: 200, status: 'success', data: CALLS } },
  ])('reads a list of $shape', async ({ response }) => {
    answerNext(CCM, 'GET', { body: { request_id: 'rq', response } });
    const { calls } = await exotelApi().calls.list();
    expect(calls?.map(({ callSid }) => callSid)).toEqual(['a', 'b']);
  });

  it('returns a body that it cannot read, instead of an empty list', async () => {
    answerNext(CCM, 'GET', { body: { response: { items: [] } } });
    expect(await exotelApi().calls.list()).toMatchObject({
      calls: undefined,
      raw: { response: { items: [] } },
    });
  });

  it('takes a query that the caller knows to work', async () => {
    const sent = answerNext(CCM, 'GET', { body: { response: [] } });
    await exotelApi().calls.list({ params: { limit: 5 } });
    expect(sent[0]?.path).toBe('/v2/accounts/acme/calls?limit=5');
  });
});

describe('v3', () => {
  it('reads legs', async () => {
    const leg = {
      sid: 'l1',
      name: null,
      contact_uri: '+910000000000',
      date_created: '2030-01-02 08:34:05+05:30',
      date_updated: '2030-01-02 08:34:09+05:30',
      status: 'completed',
    };
    const sent = answerNext(CCM, 'GET', {
      body: {
        request_id: 'rq',
        response: {
          code: 200,
          error_data: null,
          status: 'success',
          leg_details: {
            call_sid: 's1',
            account_sid: 'acme',
            from: [leg],
            to: [{ ...leg, sid: 'l2', group_id: 'g', group_name: 'Sales' }],
          },
        },
      },
    });
    expect(await exotelApi().callsV3.legs('s1')).toMatchObject({
      callSid: 's1',
      from: [{ sid: 'l1', name: undefined, createdTime: new Date('2030-01-02T03:04:05Z') }],
      to: [{ sid: 'l2', groupId: 'g', groupName: 'Sales', status: 'completed' }],
    });
    expect(sent[0]?.path).toBe('/v3/accounts/acme/calls/s1/legs');
  });

  it('reads active calls', async () => {
    const call = {
      call_sid: 's1',
      status: 'in-progress',
      from: 'a',
      to: 'b',
      recording_enabled: true,
    };
    const sent = answerNext(CCM, 'GET', {
      body: {
        response: {
          active_calls: [{ ...call, start_time: '2030-01-02T03:04:05Z', duration: 5 }],
          total_active: 1,
        },
      },
    });
    expect(await exotelApi().callsV3.active()).toMatchObject({
      total: 1,
      calls: [{ callSid: 's1', durationSeconds: 5, recording: true, startTime: expect.any(Date) }],
    });
    expect(sent[0]?.path).toBe('/v3/accounts/acme/calls/active');
  });

  it('reads a voice log, on the host that the samples show where chosen', async () => {
    const sent = answerNext(VOICE, 'GET', {
      body: {
        response: {
          voice_log: {
            call_sid: 's1',
            recording_url: 'https://example.invalid/r.wav',
            recording_duration: 12,
            recording_size_bytes: 1000,
            format: 'wav',
            channel: 'dual',
            created_at: '2030-01-02T03:04:05Z',
            expires_at: '2030-01-03T03:04:05Z',
          },
        },
      },
    });
    const { callsV3 } = exotelApi({ wire: { v3ExtrasHost: 'voice' } });
    expect(await callsV3.voiceLog('s1', { format: 'wav', channel: 'dual' })).toMatchObject({
      callSid: 's1',
      durationSeconds: 12,
      sizeBytes: 1000,
      expiryTime: new Date('2030-01-03T03:04:05Z'),
    });
    expect(sent).toMatchObject([
      {
        path: '/v3/accounts/acme/calls/s1/voice-logs?format=wav&channel=dual',
        headers: { authorization: BASIC_HEADER },
      },
    ]);
  });

  it.each(['legs', 'active', 'voiceLog'] as const)(
    'says so when %s finds nothing',
    async (name) => {
      answerNext(CCM, 'GET', { body: { response: { code: 200 } } });
      const { callsV3 } = exotelApi();
      const answer = name === 'active' ? callsV3.active() : callsV3[name]('s1');
      await expect(answer).rejects.toMatchObject({ reason: 'unexpected-body' });
    },
  );
});
