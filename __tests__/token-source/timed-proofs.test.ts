import { afterAll, describe, expect, test } from '@jest/globals';

import { createSeededRandom } from '../../src/testing/index.js';
import type { TokenSource } from '../../src/token-source/token-source.js';
import { tell } from '../setup/figures.js';
import { bench, ended, type Bench } from './hand-held.js';

/*
 * What the library promises in figures, in virtual time: nothing sleeps, so minutes take milliseconds.
 */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const figures: string[] = [];

afterAll(() => tell(figures));

interface Asked {
  readonly waitedMs: number;
  readonly failure: unknown;
  /** The token that it got, and when. */
  readonly token?: string;
  readonly at: number;
}

/** Sends a request now and notes how long it waited for its token. */
function ask({ source, clock }: Bench, into: Asked[]): void {
  const startedAt = clock.monotonic();
  const note = (outcome: { token?: string; failure: unknown }) => {
    const at = clock.monotonic();
    into.push({ waitedMs: at - startedAt, at, ...outcome });
  };
  source.getToken().then(
    ({ value }) => note({ token: value, failure: undefined }),
    (failure: unknown) => note({ failure }),
  );
}

const SEEDS = [1, 2, 3];

describe('a token of 4 s, an endpoint that takes 400 ms, 100 requests/s for 13 s', () => {
  test.each(SEEDS)(
    'no request waits over 150 ms, none fails or draws a 401, at most 6 mints (seed %i)',
    async (seed) => {
      const slow = bench({ random: createSeededRandom(seed) });
      const issuedAt = new Map<string | undefined, number>();
      slow.endpoint.onCall = (call, count) =>
        void slow.clock.schedule(() => {
          issuedAt.set(`token-${count}`, slow.clock.monotonic());
          call.issue(`token-${count}`, { expires_in: 4 });
        }, 400);
      await Promise.all([slow.source.getToken(), slow.pass(400)]);
      const startedAt = slow.clock.monotonic();
      const asked: Asked[] = [];
      while (slow.clock.monotonic() - startedAt < 13 * SECOND) {
        ask(slow, asked);
        await slow.pass(10);
      }
      await slow.pass(SECOND);
      expect(asked).toHaveLength(1_300);
      const longest = Math.max(...asked.map(({ waitedMs }) => waitedMs));
      expect(asked.filter(({ failure }) => failure !== undefined)).toEqual([]);
      expect(longest).toBeLessThanOrEqual(150);
      const dead = asked.filter(({ token, at }) => !(at < issuedAt.get(token)! + 4 * SECOND));
      expect(dead).toEqual([]);
      expect(slow.endpoint.calls.length).toBeLessThanOrEqual(6);
      figures.push(
        `life 4 s, mint 400 ms, 1300 requests, seed ${seed}: longest wait ${longest} ms, mints ${slow.endpoint.calls.length}`,
      );
      slow.source.close();
    },
  );
});

describe('the token endpoint is down', () => {
  test.each(SEEDS)(
    'while the token is valid no request fails, and the next mint comes within the back-off (seed %i)',
    async (seed) => {
      const down = bench({ random: createSeededRandom(seed) });
      down.endpoint.onCall = (call) => call.issue('token-1', { expires_in: 3600 });
      await down.source.getToken();
      down.endpoint.onCall = (call) => call.cut('ECONNREFUSED');
      await down.pass(50 * MINUTE);
      const asked: Asked[] = [];
      const request = async () => {
        ask(down, asked);
        await down.pass(100);
      };
      while (down.clock.monotonic() < 59 * MINUTE) await request();
      expect(asked.filter(({ failure }) => failure !== undefined)).toEqual([]);
      expect(Math.max(...asked.map(({ waitedMs }) => waitedMs))).toBe(0);
      const attempts = down.endpoint.calls.length - 1;
      const [nextAttemptInMs] = down
        .told('refreshFailed')
        .map((event) => event.nextAttemptInMs)
        .slice(-1);

      down.endpoint.onCall = (call) => call.issue('token-2', { expires_in: 3600 });
      const backAt = down.clock.monotonic();
      while (down.source.peek() === undefined) await request();
      const recoveredInMs = down.clock.monotonic() - backAt;
      expect(recoveredInMs).toBeLessThanOrEqual(nextAttemptInMs! + 100);
      expect(recoveredInMs).toBeLessThanOrEqual(72 * SECOND + 100);
      figures.push(
        `down for the last 9 min of an hour's token, seed ${seed}: ${asked.length} requests, 0 failed, 0 waited, ` +
          `${attempts} attempts; back up: next token after ${(recoveredInMs / SECOND).toFixed(1)} s`,
      );
      down.source.close();
    },
  );

  test.each(SEEDS)(
    'with no token callers fail fast with the remaining delay, and few attempts reach it in 5 min (seed %i)',
    async (seed) => {
      const down = bench({ random: createSeededRandom(seed) });
      down.endpoint.onCall = (call) => call.cut('ECONNREFUSED');
      const asked: Asked[] = [];
      while (down.clock.monotonic() < 5 * MINUTE) {
        ask(down, asked);
        await down.pass(100);
      }
      await down.pass(10 * SECOND);
      expect(asked).toHaveLength(3_000);
      for (const { failure } of asked) {
        expect(failure).toMatchObject({ code: 'ERR_TOKEN_ENDPOINT_UNREACHABLE', retryable: true });
        expect((failure as { retryInMs: number }).retryInMs).toBeGreaterThan(0);
      }
      const flights = down.told('refreshFailed').length;
      // 1, 2, 4, 8, 16 and then 30 s, each a fifth shorter at worst: 5 + (300 - 0.8 * 31) / (0.8 * 30), rounded up.
      expect(flights).toBeLessThanOrEqual(17);
      expect(down.endpoint.calls.length).toBeLessThanOrEqual(3 * 17);
      const inCoolDown = asked.filter(
        ({ failure }) => (failure as { phase: string }).phase === 'cooling down',
      );
      expect(Math.max(...inCoolDown.map(({ waitedMs }) => waitedMs))).toBe(0);
      const longest = Math.max(...asked.map(({ waitedMs }) => waitedMs));
      expect(longest).toBeLessThanOrEqual(700);
      figures.push(
        `down with no token for 5 min, seed ${seed}: 3000 requests, ${flights} flights, ${down.endpoint.calls.length} attempts, ` +
          `longest wait ${longest.toFixed(0)} ms (in a flight), 0 ms while it cools down`,
      );
      down.source.close();
    },
  );

  test('the same with rejected credentials: one attempt a flight', async () => {
    const down = bench({ random: createSeededRandom(1) });
    down.endpoint.onCall = (call) => call.answer(401);
    for (let request = 0; request < 3_000; request += 1) {
      await ended(down.source.getToken());
      await down.pass(100);
    }
    // 5, 10, 20, 40, 80, 160 s, each a fifth shorter at worst.
    expect(down.endpoint.calls.length).toBeLessThanOrEqual(7);
    figures.push(
      `rejected credentials for 5 min: 3000 requests, ${down.endpoint.calls.length} attempts`,
    );
  });
});

describe('a path that always answers 401 among others that succeed, 50 requests/s', () => {
  /** Half of the requests go to a path that likes no token at all; the endpoint takes 100 ms. */
  async function mixed(seed: number, minutes: number, sameToken = false) {
    const random = createSeededRandom(seed);
    const api = bench({ random });
    api.endpoint.onCall = (call, count) =>
      void api.clock.schedule(
        () => call.issue(sameToken ? 'token-1' : `token-${count}`, { expires_in: 24 * 3600 }),
        100,
      );
    await Promise.all([api.source.getToken(), api.pass(100)]);
    const startedAt = api.clock.monotonic();
    const others: Asked[] = [];
    let unexpected = 0;
    const mintsByMinute: number[] = [];
    for (let minute = 0; minute < minutes; minute += 1) {
      const before = api.endpoint.calls.length;
      for (let request = 0; request < 50 * 60; request += 1) {
        if (request % 2 === 0) ask(api, others);
        else always401(api.source, () => api.pass(0)).catch(() => (unexpected += 1));
        await api.pass(20);
      }
      mintsByMinute.push(api.endpoint.calls.length - before);
    }
    expect(api.clock.monotonic() - startedAt).toBe(minutes * MINUTE);
    expect(unexpected).toBe(0);
    const longest = Math.max(...others.map(({ waitedMs }) => waitedMs));
    expect(others.filter(({ failure }) => failure !== undefined)).toEqual([]);
    expect(longest).toBeLessThanOrEqual(100);
    return { mintsByMinute, longest, others: others.length, api };
  }

  /** What the interceptors do for a request that is answered 401 whatever it carries. */
  async function always401(source: TokenSource, answered: () => Promise<void>): Promise<void> {
    const { value } = await source.getToken();
    await answered();
    const answer = source.reject(value);
    if (answer.kind === 'pass') return;
    const failure = await ended(source.getToken({ not: value }));
    if (typeof failure !== 'string') return;
    await answered();
    source.replayed({ accepted: false, forcedMint: answer.forcedMint });
    source.reject(failure, { on: 'replay' });
  }

  test.each(SEEDS)(
    'behaviour 30: 7 mints in the first minute, then at most 1 a minute; the others never fail nor wait beyond one flight (seed %i)',
    async (seed) => {
      const { mintsByMinute, longest, others } = await mixed(seed, 4);
      expect(mintsByMinute[0]).toBeLessThanOrEqual(7);
      for (const mints of mintsByMinute.slice(1)) expect(mints).toBeLessThanOrEqual(1);
      figures.push(
        `always 401 beside ${others} that succeed, seed ${seed}: mints by minute ${mintsByMinute.join(', ')}; ` +
          `longest wait of the others ${longest} ms, failures 0`,
      );
    },
  );

  test('behaviour 30: the same if the endpoint returns the same token again', async () => {
    const { mintsByMinute } = await mixed(1, 2, true);
    expect(mintsByMinute[0]).toBeLessThanOrEqual(7);
    for (const mints of mintsByMinute.slice(1)) expect(mints).toBeLessThanOrEqual(1);
    figures.push(
      `always 401 and always the same token: mints by minute ${mintsByMinute.join(', ')}`,
    );
  });
});
