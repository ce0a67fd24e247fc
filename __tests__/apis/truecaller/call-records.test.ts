import { describe, expect, it, jest } from '@jest/globals';
import axios from 'axios';
import {
  createTruecallerCallsApi,
  createTruecallerRateLimiter,
  type TruecallerCallRecord,
  type TruecallerCallsApiOptions,
} from '../../../src/apis/truecaller/index.js';
import { createProviderClient } from '../../../src/index.js';
import { truecallerCalls } from '../../../src/providers/index.js';
import { createFakeClock, startSandbox } from '../../../src/testing/index.js';
import { answerNext, failureOf, type CannedAnswer } from '../canned-answer.js';
import { PORTAL, WEBHOOKS } from './truecaller-organisation.js';

const RECORD: TruecallerCallRecord = {
  callerNumber: '+91 98765 43210',
  receiverNumber: '098765 43211',
  startsAt: new Date('2100-01-02T03:00:00Z'),
  endsAt: new Date('2100-01-02T04:00:00Z'),
  labelId: 'fake-label',
  labelName: 'Fake Bank',
  callReason: 'About your application',
};
const aRecord = (changes: object = {}): TruecallerCallRecord => ({ ...RECORD, ...changes });

function recordsApi(options: Partial<TruecallerCallsApiOptions> = {}) {
  const instance = axios.create({
    baseURL: PORTAL,
    headers: { Authorization: 'Bearer fake-token' },
  });
  return createTruecallerCallsApi(instance, { clientAccountId: 'fake-account', ...options })
    .callRecords;
}

const WIRE = {
  caller_number: '919876543210',
  receiver_number: '919876543211',
  starts_at: 4102542000000,
  ends_at: 4102545600000,
  label_id: 'fake-label',
  dynamic_label_name: 'Fake Bank',
  dynamic_call_reason: 'About your application',
};

describe('push', () => {
  it('sends a record with the bearer, as the later pages name its fields', async () => {
    const sent = answerNext(PORTAL, 'POST', { body: { statusInfo: { status: 'success' } } });
    await recordsApi().push(RECORD);

    expect(sent).toMatchObject([
      {
        path: '/v2/clients/fake-account/dynamic_call_record',
        headers: { authorization: 'Bearer fake-token', 'content-type': 'application/json' },
        body: WIRE,
      },
    ]);
  });

  it('leaves out missing fields', async () => {
    const sent = answerNext(PORTAL, 'POST', {});
    const { callerNumber, receiverNumber, startsAt, endsAt } = RECORD;
    await recordsApi().push({ callerNumber, receiverNumber, startsAt, endsAt });

    expect(Object.keys(sent[0]?.body as object)).toEqual([
      'caller_number',
      'receiver_number',
      'starts_at',
      'ends_at',
    ]);
  });

  it.each<[string, CannedAnswer]>([
    [
      'the newest copy of the page',
      { body: { statusInfo: { status: 'success', message: 'Record processed successfully' } } },
    ],
    ["the batch's shape", { body: { status_info: { status: 'success' } } }],
    ['nothing, as v1 does', { body: '' }],
  ])('is done when the answer is that of %s', async (_, answer) => {
    answerNext(PORTAL, 'POST', answer);

    expect(await recordsApi().push(RECORD)).toMatchObject({ pushed: true });
  });

  it.each([
    ['Not a Truecaller user', 'not-a-truecaller-user'],
    ['OS not supported', 'os-not-supported'],
    ['App version not supported', 'app-version-not-supported'],
    ['Failed to push', 'failed-to-push'],
  ])('has "%s" as an outcome, for the call can go out all the same', async (message, reason) => {
    answerNext(PORTAL, 'POST', { body: { status_info: { status: 'error', message } } });

    expect(await recordsApi().push(RECORD)).toMatchObject({ pushed: false, reason, message });
  });

  const refusal = { status: 'error', message: 'OS not supported' };
  it.each<[string, CannedAnswer]>([
    ['statusInfo', { body: { statusInfo: refusal } }],
    ['the top of a 400', { status: 400, body: { ...refusal, field: '' } }],
  ])('finds such an outcome in %s, too', async (_, answer) => {
    answerNext(PORTAL, 'POST', answer);

    expect(await recordsApi().push(RECORD)).toMatchObject({ reason: 'os-not-supported' });
  });

  const message = 'Request body is invalid: ends_at cannot be more than 24 hours after starts_at';
  it.each<[string, CannedAnswer, object]>([
    [
      'a bad field',
      { status: 400, body: { status: 'error', field: 'ends_at', message } },
      { status: 400, field: 'ends_at', message: expect.stringContaining(message) },
    ],
    [
      'a bad field inside 200',
      { body: { status_info: { status: 'error', field: 'ends_at', message: 'Invalid input' } } },
      { status: 200, field: 'ends_at' },
    ],
  ])('fails for %s', async (_, answer, expected) => {
    answerNext(PORTAL, 'POST', answer);

    await expect(recordsApi().push(RECORD)).rejects.toMatchObject({
      code: 'ERR_TRUECALLER_API',
      operation: 'callRecords.push',
      ...expected,
    });
  });

  it.each([
    ['callerNumber', { callerNumber: '12345' }],
    ['callerNumber', { callerNumber: '+44 20 7946 0123' }],
    ['receiverNumber', { receiverNumber: 'a'.repeat(64) }],
    ['startsAt', { startsAt: 4102542000000 }],
    ['endsAt', { endsAt: RECORD.startsAt }],
    ['endsAt', { startsAt: new Date(0), endsAt: new Date(1) }],
    ['labelName', { labelName: 'ab' }],
    ['labelName', { labelName: 'x'.repeat(41) }],
    ['callReason', { callReason: 'Too short' }],
    ['callReason', { callReason: 'x'.repeat(101) }],
    ['caller', { caller: '919876543210' }],
  ])('sends nothing when %s is invalid', async (field, wrong) => {
    await expect(recordsApi().push(aRecord(wrong))).rejects.toMatchObject({
      code: 'ERR_API_INPUT',
      api: 'truecaller',
      operation: 'callRecords.push',
      field,
    });
  });

  it('leaves a window of more than a day to Truecaller, whose own sample has one', async () => {
    const sent = answerNext(PORTAL, 'POST', {});
    await recordsApi().push(aRecord({ endsAt: new Date('2100-01-03T11:00:00Z') }));

    expect(sent).toHaveLength(1);
  });
});

describe('pushBatch', () => {
  it('sends up to 500 records, and returns the id of the batch', async () => {
    const sent = answerNext(PORTAL, 'POST', { body: { batch_id: 'd76s5-dfg9d' } });
    const records = Array<TruecallerCallRecord>(500).fill(RECORD);

    expect(await recordsApi().pushBatch(records)).toMatchObject({ batchId: 'd76s5-dfg9d' });
    expect(sent[0]).toMatchObject({ path: '/v2/clients/fake-account/dynamic_call_records' });
    expect(sent[0]?.body).toEqual({ call_records: Array(500).fill(WIRE) });
  });

  it.each([
    ['records', []],
    ['records', Array<TruecallerCallRecord>(501).fill(RECORD)],
    ['records.1.endsAt', [RECORD, aRecord({ endsAt: new Date(0) })]],
    ['records.1.receiverNumber', [RECORD, aRecord({ receiverNumber: '' })]],
  ])('sends nothing when %s is invalid', async (field, records) => {
    await expect(recordsApi().pushBatch(records)).rejects.toMatchObject({
      code: 'ERR_API_INPUT',
      field,
    });
  });

  it('says that the records may have been accepted when the answer has no batch_id', async () => {
    answerNext(PORTAL, 'POST', { body: {} });

    await expect(recordsApi().pushBatch([RECORD])).rejects.toMatchObject({
      code: 'ERR_TRUECALLER_API',
      status: 200,
      message: expect.stringContaining('may have been accepted'),
    });
  });
});

describe('getBatch', () => {
  const LATER = { ...WIRE, id: 'r1', status_info: { status: 'success' } };
  const EARLIER = {
    id: 'r1',
    caller: WIRE.caller_number,
    receiver: WIRE.receiver_number,
    label_id: WIRE.label_id,
    label_name: WIRE.dynamic_label_name,
    call_reason: WIRE.dynamic_call_reason,
    starts_at: WIRE.starts_at,
    ends_at: WIRE.ends_at,
    status: 'success',
  };

  it.each([
    ['later', LATER],
    ['earlier', EARLIER],
  ])('reads a record with the names of the %s pages', async (_, record) => {
    const body = { batch_id: 'b', client_account_id: 'c', data: [record] };
    const sent = answerNext(PORTAL, 'GET', { body });
    const batch = await recordsApi().getBatch('b-1');

    expect(sent[0]?.path).toBe('/v2/clients/fake-account/dynamic_call_records?batchId=b-1');
    expect(batch).toEqual({
      batchId: 'b',
      clientAccountId: 'c',
      raw: body,
      records: [
        {
          ...RECORD,
          callerNumber: '919876543210',
          receiverNumber: '919876543211',
          id: 'r1',
          status: 'success',
          reason: undefined,
          field: undefined,
          message: undefined,
          raw: record,
        },
      ],
    });
  });

  it('says why a record was not pushed, and passes on unknown words', async () => {
    const data = [
      { status_info: { status: 'error', message: 'OS not supported' } },
      { status_info: { status: 'error', field: 'caller_number', message: 'Invalid input' } },
      { status_info: { status: 'queued' } },
      {},
      'nonsense',
    ];
    answerNext(PORTAL, 'GET', { body: { data } });
    const { records } = await recordsApi().getBatch('b');

    expect(records.map(({ status, reason, field }) => [status, reason, field])).toEqual([
      ['error', 'os-not-supported', undefined],
      ['error', undefined, 'caller_number'],
      ['queued', undefined, undefined],
      [undefined, undefined, undefined],
      [undefined, undefined, undefined],
    ]);
  });

  it('fails for an answer without records, and sends nothing for an id with a slash', async () => {
    answerNext(PORTAL, 'GET', { body: { batch_id: 'b' } });

    await expect(recordsApi().getBatch('b')).rejects.toMatchObject({ code: 'ERR_TRUECALLER_API' });
    await expect(recordsApi().getBatch('a/b')).rejects.toMatchObject({ field: 'batchId' });
  });
});

describe('a rate limiter', () => {
  it('is asked for the budget of each request before it goes out', async () => {
    answerNext(PORTAL, 'POST', {}, { body: { batch_id: 'b' } });
    answerNext(PORTAL, 'GET', { body: { data: [] } });
    const asked: string[] = [];
    const rateLimiter = {
      acquire: (budget: string) => Promise.resolve(void asked.push(budget)),
    };
    const api = recordsApi({ rateLimiter });
    await api.push(RECORD);
    await api.pushBatch([RECORD]);
    await api.getBatch('b');

    expect(asked).toEqual(['calls', 'batches']);
  });

  it('does not hold back a cancelled call', async () => {
    const leaving = new AbortController();
    const rateLimiter = {
      acquire: () => {
        setImmediate(() => leaving.abort());
        return new Promise<void>(() => {});
      },
    };
    const { signal } = leaving;
    const error = await failureOf(recordsApi({ rateLimiter }).push(RECORD, { signal }));

    expect(axios.isCancel(error)).toBe(true);
  });

  it('lets 100 calls through in any second, and 60 batches in any minute', async () => {
    jest.useFakeTimers();
    const limiter = createTruecallerRateLimiter();
    const out = { calls: 0, batches: 0 };
    for (const budget of ['calls', 'batches'] as const) {
      for (let turn = 0; turn < 101; turn += 1) {
        void limiter.acquire(budget).then(() => (out[budget] += 1));
      }
    }
    await jest.advanceTimersByTimeAsync(0);
    expect(out).toEqual({ calls: 100, batches: 60 });
    await jest.advanceTimersByTimeAsync(1_000);
    expect(out).toEqual({ calls: 101, batches: 60 });
    await jest.advanceTimersByTimeAsync(59_000);
    expect(out.batches).toBeGreaterThan(60);
  });

  it('refuses a limit below 1', () => {
    expect(() => createTruecallerRateLimiter({ callsPerSecond: 0 })).toThrow(
      expect.objectContaining({ code: 'ERR_API_INPUT', field: 'callsPerSecond' }),
    );
  });
});

describe('the host', () => {
  it.each([
    [{ baseURL: WEBHOOKS }, {}, PORTAL],
    [{}, { hosts: { portal: 'https://other.example' } }, 'https://other.example'],
  ])('of an instance with %j and options %j is %s', async (config, options, base) => {
    const sent = answerNext(base, 'POST', {});
    const api = createTruecallerCallsApi(axios.create(config), {
      clientAccountId: 'a',
      ...options,
    });
    await api.callRecords.push(RECORD);

    expect(sent[0]?.path).toBe('/v2/clients/a/dynamic_call_record');
  });

  it('has to be named somewhere', () => {
    expect(() => createTruecallerCallsApi(axios.create(), { clientAccountId: 'a' })).toThrow(
      expect.objectContaining({
        code: 'ERR_API_INPUT',
        operation: 'createTruecallerCallsApi',
        field: 'hosts',
        message: expect.stringContaining(PORTAL),
      }),
    );
  });
});

describe('against the sandbox', () => {
  const clock = createFakeClock();

  it('records are pushed, and a batch reports on each of its records', async () => {
    await using sandbox = await startSandbox({ only: ['truecallerCalls'], now: clock.now });
    const { credentials, url } = sandbox.truecallerCalls;
    const { clientAccountId } = credentials;
    const http = createProviderClient(truecallerCalls({ ...credentials, baseURL: url }));
    const { callRecords } = createTruecallerCallsApi(http, { clientAccountId });
    sandbox.truecallerCalls.refuseReceiver('919876543212', 'Not a Truecaller user');
    const other = aRecord({ receiverNumber: '919876543212' });

    expect(await callRecords.push(RECORD)).toMatchObject({ pushed: true });
    expect(await callRecords.push(other)).toMatchObject({ reason: 'not-a-truecaller-user' });
    sandbox.truecallerCalls.revokeTokens();
    const { batchId } = await callRecords.pushBatch([RECORD, other]);
    const { records } = await callRecords.getBatch(batchId);
    expect(records.map(({ status }) => status)).toEqual(['success', 'error']);
    expect(sandbox.truecallerCalls.batches).toHaveLength(1);
    expect(sandbox.truecallerCalls.tokenCalls).toBe(2);
  });

  it('100 calls a second and 60 batches a minute pass, and then 429', async () => {
    await using sandbox = await startSandbox({ only: ['truecallerCalls'], now: clock.now });
    const { credentials, url } = sandbox.truecallerCalls;
    const { clientAccountId } = credentials;
    const http = createProviderClient(truecallerCalls({ ...credentials, baseURL: url }));
    const { callRecords } = createTruecallerCallsApi(http, { clientAccountId });
    const statusesOf = async (send: () => Promise<unknown>, count: number) => {
      const sent = Array.from({ length: count }, () => send().then(() => 200, statusOf));
      return (await Promise.all(sent)).filter((status) => status !== 200);
    };
    const statusOf = (error: { status?: number }) => error.status;

    expect(await statusesOf(() => callRecords.push(RECORD), 101)).toEqual([429]);
    expect(await statusesOf(() => callRecords.pushBatch([RECORD]), 61)).toEqual([429]);
    sandbox.truecallerCalls.enforceCallRateLimit(false);
    expect(await statusesOf(() => callRecords.push(RECORD), 1)).toEqual([]);
  });

  it('records that the pages rule out are refused, and so is the account of another', async () => {
    await using sandbox = await startSandbox({ only: ['truecallerCalls'], now: clock.now });
    const { credentials, url } = sandbox.truecallerCalls;
    const http = createProviderClient(truecallerCalls({ ...credentials, baseURL: url }));
    const pushTo = (clientAccountId: string, record = RECORD) =>
      createTruecallerCallsApi(http, { clientAccountId }).callRecords.push(record);
    const tooLong = aRecord({ endsAt: new Date('2100-01-03T11:00:00Z') });

    await expect(pushTo(credentials.clientAccountId, tooLong)).rejects.toMatchObject({
      status: 400,
      field: 'ends_at',
    });
    await expect(pushTo('another')).rejects.toMatchObject({ slug: 'forbidden-error' });
  });
});
