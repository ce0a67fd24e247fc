import { describe, expect, it, jest } from '@jest/globals';
import axios from 'axios';
import {
  createExotelRateLimiter,
  type ExotelApi,
  type ExotelRateLimiter,
  type ExotelRateLimiterOptions,
} from '../../../src/apis/exotel/index.js';
import { answerNext, failureOf } from '../canned-answer.js';
import { A_CALL, CCM, exotelApi } from './exotel-account.js';

const flush = () => jest.advanceTimersByTimeAsync(0);

describe('createExotelRateLimiter', () => {
  it('lets at most 200 voice calls out in any minute, and every call in the end', async () => {
    jest.useFakeTimers();
    const limiter = createExotelRateLimiter();
    const out: number[] = [];
    const go = () => void limiter.acquire('voice').then(() => out.push(Date.now()));
    for (let call = 0; call < 250; call += 1) go();
    await flush();
    expect(out).toHaveLength(200);
    await jest.advanceTimersByTimeAsync(45_000);
    for (let call = 0; call < 200; call += 1) go();
    await jest.advanceTimersByTimeAsync(300_000);
    expect(out).toHaveLength(450);
    // The 200th call after any call has to be a minute away.
    const gaps = out.slice(200).map((at, index) => at - (out[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(60_000);
  });

  it('counts each budget separately', async () => {
    jest.useFakeTimers();
    const limiter = createExotelRateLimiter({
      voicePerMinute: 1,
      usersPerMinute: 1,
      campaignsPerMinute: 1,
      exoPhonesPerMinute: 1,
      readsPerMinute: 1,
    });
    const out: string[] = [];
    const budgets = ['voice', 'users', 'campaigns', 'exoPhones', 'reads'] as const;
    for (const budget of [...budgets, ...budgets]) {
      void limiter.acquire(budget).then(() => out.push(budget));
    }
    await flush();
    expect(out).toEqual(budgets);
  });

  it.each([{ voicePerMinute: 0 }, { usersPerMinute: 1.5 }, { perMinute: 3 }])(
    'refuses %j',
    (options) => {
      expect(() => createExotelRateLimiter(options as ExotelRateLimiterOptions)).toThrow(
        expect.objectContaining({ code: 'ERR_API_INPUT' }),
      );
    },
  );
});

describe('a client with a limiter', () => {
  /** Opens its gate by hand. */
  function gate() {
    const budgets: string[] = [];
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    const limiter: ExotelRateLimiter = {
      acquire(budget) {
        budgets.push(budget);
        return opened;
      },
    };
    return { limiter, budgets, open: () => open() };
  }

  it('waits for its turn before it sends', async () => {
    const { limiter, budgets, open } = gate();
    const sent = answerNext(CCM, 'POST', { body: { call_sid: 's' } });
    const call = exotelApi({ rateLimiter: limiter }).calls.create(A_CALL);
    await new Promise(setImmediate);
    expect([sent.length, budgets]).toEqual([0, ['voice']]);
    open();
    expect(await call).toMatchObject({ callSid: 's' });
  });

  it('stops waiting when the call is cancelled, and sends nothing', async () => {
    const { limiter } = gate();
    const sent = answerNext(CCM, 'POST', { body: { call_sid: 's' } });
    const controller = new AbortController();
    const api = exotelApi({ rateLimiter: limiter });
    const call = failureOf(api.calls.create(A_CALL, { signal: controller.signal }));
    await new Promise(setImmediate);
    controller.abort();
    expect(axios.isCancel(await call)).toBe(true);
    expect(sent).toEqual([]);
  });

  it.each<[string, (api: ExotelApi) => Promise<unknown>]>([
    ['voice', ({ voice }) => voice.get('s')],
    ['voice', ({ callsV3 }) => callsV3.active()],
    ['voice', ({ request }) => request({ method: 'GET', host: 'ccm', path: '/v2/accounts/a/x' })],
    ['users', ({ users }) => users.list()],
    ['users', ({ devices }) => devices.update('u', 1, { available: true })],
    ['reads', ({ presence }) => presence.list()],
    ['reads', ({ account }) => account.balance()],
    ['campaigns', ({ campaigns }) => campaigns.list()],
    ['exoPhones', ({ exoPhones }) => exoPhones.list()],
  ])('counts a call towards %s', async (budget, call) => {
    const { limiter, budgets } = gate();
    void call(exotelApi({ rateLimiter: limiter })).catch(() => undefined);
    await new Promise(setImmediate);
    expect(budgets).toEqual([budget]);
  });

  it('does not hold back calls without a documented limit', async () => {
    const { limiter, budgets } = gate();
    const sent = answerNext(CCM, 'PUT', {});
    await exotelApi({ rateLimiter: limiter }).presence.set('u', 'busy');
    expect([budgets, sent.length]).toEqual([[], 1]);
  });
});
