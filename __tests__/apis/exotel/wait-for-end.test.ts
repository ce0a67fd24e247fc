import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createExotelApi } from '../../../src/apis/exotel/index.js';
import { failureOf } from '../canned-answer.js';
import { answeringInstance, type NextAnswer } from './answering-instance.js';
import { BASIC } from './exotel-account.js';

const call = (fields: object): NextAnswer => ({ body: { Call: { Sid: 'c1', ...fields } } });
const RINGING = call({ Status: 'ringing' });
const ON = call({ Status: 'in-progress' });
const ENDED = call({ Status: 'completed', EndTime: '2030-01-02 03:05:05' });
const SETTLED = call({ Status: 'completed', Duration: '17', Price: '1.500' });

function apiThat(...answers: NextAnswer[]) {
  const { instance, sent } = answeringInstance(...answers);
  return { api: createExotelApi(instance, { accountSid: 'acme', basic: BASIC }), sent };
}

beforeEach(() => {
  jest.useFakeTimers();
});

/** Lets time pass until the promise is done, and tells how much of it did. */
async function inTime<T>(promise: Promise<T>): Promise<{ value: T; seconds: number }> {
  const started = Date.now();
  const progress = { isDone: false };
  const watched = promise.finally(() => (progress.isDone = true));
  watched.catch(() => undefined);
  while (!progress.isDone) await jest.advanceTimersByTimeAsync(1_000);
  return { value: await watched, seconds: (Date.now() - started) / 1_000 };
}

describe('waitForEnd of Voice v1', () => {
  it('polls until the call has ended and its price and duration are known', async () => {
    const { api, sent } = apiThat(RINGING, ON, ENDED, SETTLED);
    const { value, seconds } = await inTime(api.voice.waitForEnd('c1', { legs: true }));
    expect(value).toMatchObject({
      state: 'settled',
      call: { callSid: 'c1', durationSeconds: 17, price: 1.5 },
    });
    expect(sent.map(({ url }) => url)).toEqual(
      Array(4).fill('/v1/Accounts/acme/Calls/c1.json?details=true'),
    );
    // 5 s, 5 s, and 15 s once it has ended.
    expect(seconds).toBeLessThanOrEqual(27);
  });

  it('gives up on the price after settleMs, and says so', async () => {
    const { api } = apiThat(ON, ENDED);
    const { value, seconds } = await inTime(api.voice.waitForEnd('c1', { settleMs: 40_000 }));
    expect(value).toMatchObject({ state: 'ended', call: { status: 'completed' } });
    expect(seconds).toBeLessThan(50);
  });

  it('ends after waitMs with the call as it was', async () => {
    const { api, sent } = apiThat(ON);
    const { value } = await inTime(api.voice.waitForEnd('c1', { waitMs: 60_000 }));
    expect(value).toMatchObject({ state: 'running', call: { status: 'in-progress' } });
    expect(sent).toHaveLength(13);
  });

  it('does not take an undocumented status for an end', async () => {
    const { api } = apiThat(call({ Status: 'on-hold' }));
    const { value } = await inTime(api.voice.waitForEnd('c1', { waitMs: 10_000 }));
    expect(value).toMatchObject({ state: 'running', call: { status: 'on-hold' } });
  });

  it('waits as long as a 429 asks, and continues after a 503 and a broken connection', async () => {
    const { api, sent } = apiThat(
      { status: 429, headers: { 'retry-after': '30' } },
      { status: 503 },
      'reset',
      SETTLED,
    );
    const { value, seconds } = await inTime(api.voice.waitForEnd('c1'));
    expect(value.state).toBe('settled');
    expect(sent).toHaveLength(4);
    expect(seconds).toBeGreaterThan(30);
  });

  it('reports a permanent refusal at once', async () => {
    const { api, sent } = apiThat({ status: 404 });
    const wait = failureOf(api.voice.waitForEnd('c1'));
    expect((await inTime(wait)).value).toMatchObject({
      status: 404,
      operation: 'voice.waitForEnd',
    });
    expect(sent).toHaveLength(1);
  });

  it('ends when it is aborted, and stops polling', async () => {
    const { api, sent } = apiThat(ON);
    const leave = new AbortController();
    const wait = failureOf(api.voice.waitForEnd('c1', {}, { signal: leave.signal }));
    await jest.advanceTimersByTimeAsync(12_000);
    leave.abort();
    expect((await inTime(wait)).value).toMatchObject({ code: 'ERR_CANCELED' });
    expect(sent).toHaveLength(3);
  });

  it.each([
    ['a minute', undefined, undefined, 60_000],
    ['the time-out of the instance', 5_000, undefined, 5_000],
    ['its own time-out', 5_000, 800, 800],
  ])('waits for the answer to a look no longer than %s', async (_, ofInstance, own, expected) => {
    const { instance, sent } = answeringInstance(SETTLED);
    if (ofInstance !== undefined) instance.defaults.timeout = ofInstance;
    const { voice } = createExotelApi(instance, { accountSid: 'acme', basic: BASIC });
    await inTime(voice.waitForEnd('c1', {}, { timeout: own, signal: undefined }));
    expect(sent[0]?.timeout).toBe(expected);
  });

  it('names an unknown limit', async () => {
    const { api } = apiThat(ON);
    const limits = { waitMS: 1_000 } as object;
    await expect(api.voice.waitForEnd('c1', limits)).rejects.toMatchObject({ field: 'waitMS' });
  });

  it.each(['waitMs', 'settleMs', 'pollMs'])('names %s when it cannot be right', async (field) => {
    const { api } = apiThat(ON);
    await expect(api.voice.waitForEnd('c1', { [field]: -1 })).rejects.toMatchObject({ field });
  });
});

describe.each(['calls', 'callsV3'] as const)('waitForEnd of %s', (group) => {
  const details = (fields: object): NextAnswer => ({
    body: { response: { call_details: { sid: 'c1', ...fields } } },
  });

  it('polls until the state is terminal and the duration known', async () => {
    const { api } = apiThat(
      details({ state: 'active', status: null, end_time: '1970-01-01 05:30:00+05:30' }),
      details({ state: 'terminal', status: 'completed' }),
      details({ state: 'terminal', status: 'completed', total_duration: 284 }),
    );
    expect((await inTime(api[group].waitForEnd('c1'))).value).toMatchObject({
      state: 'settled',
      call: { outcome: 'completed', durationSeconds: 284 },
    });
  });
});
