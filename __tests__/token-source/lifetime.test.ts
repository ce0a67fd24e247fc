import { describe, expect, test } from '@jest/globals';

import { jwt } from '../providers/conversation.js';
import { bench, ended, warmBench } from './hand-held.js';

const HOUR = 3_600_000;
const MINUTE = 60_000;

test('behaviour 9: a life counts from before the token call was sent, not from its answer', async () => {
  const { source, endpoint, clock, pass } = bench({ attemptTimeoutMs: 10_000 });
  const sentAt = clock.now();
  const caller = source.getToken();
  await pass(5_000);
  endpoint.lastCall.issue('token-1', { expires_in: 3600 });
  expect((await caller).expiresAt).toBe(sentAt + HOUR);
  expect(source.timeToExpiryMs()).toBe(HOUR - 5_000);
});

describe('behaviour 10: whatever is said of a life, it is neither eternal nor over at once', () => {
  const YEAR_MS = 365 * 24 * HOUR;

  test.each([
    ['"3600"', '3600', HOUR],
    ['1e12, clamped to a year', 1e12, YEAR_MS],
    ['0', 0, undefined],
    ['absent', undefined, undefined],
  ])('expires_in %s', async (_, expiresIn, lifeMs) => {
    const { source, clock } = await warmBench({ life: expiresIn });
    expect(source.peek()?.value).toBe('token-1');
    expect(source.peek()?.expiresAt).toBe(lifeMs === undefined ? undefined : clock.now() + lifeMs);
  });

  test('an exp without iat counts from the provider’s clock', async () => {
    const { source, endpoint, clock, settle } = bench();
    const caller = source.getToken();
    await settle();
    const providersNow = clock.now() + 20 * MINUTE;
    const exp = Math.floor((providersNow + HOUR) / 1000);
    endpoint.lastCall.answer(
      200,
      { access_token: jwt({ exp }) },
      { date: new Date(providersNow).toUTCString() },
    );
    const lifeMs = (await caller).expiresAt! - clock.now();
    expect(lifeMs).toBeGreaterThan(HOUR - 2_000);
    expect(lifeMs).toBeLessThanOrEqual(HOUR);
  });
});

test('behaviour 11: a token of unknown life is renewed in the background every 15 min and never runs out', async () => {
  const { source, endpoint, pass, told } = await warmBench({ life: undefined });
  await pass(15 * MINUTE - 1);
  expect(source.peek()?.value).toBe('token-1');
  await pass(1);
  expect((await source.getToken()).value).toBe('token-1');
  await pass(0);
  endpoint.lastCall.answer(500);
  await pass(0);
  expect(endpoint.calls.length).toBeGreaterThanOrEqual(2);

  await pass(100 * 24 * HOUR);
  expect((await source.getToken()).value).toBe('token-1');
  await pass(0);
  endpoint.lastCall.issue('token-2', { expires_in: undefined });
  await pass(0);
  expect(source.peek()?.value).toBe('token-2');
  expect(told('refreshed').map(({ reason }) => reason)).toEqual(['cold', 'revalidate']);
});

test('behaviour 12: a token of 60 s is used for at least 80 % of its life', async () => {
  const { source, pass } = await warmBench({ life: 60 });
  await pass(0.8 * MINUTE);
  expect(source.peek()?.value).toBe('token-1');
  await pass(0.1 * MINUTE);
  expect(source.peek()).toBeUndefined();
});

describe('behaviour 13: a token that has already expired when it comes', () => {
  test('is a failed refresh: the old token stays, the back-off starts, nothing loops', async () => {
    const { source, endpoint, clock, pass, told } = await warmBench({ maxAttempts: 3 });
    await pass(0.95 * HOUR);
    endpoint.onCall = (call) =>
      call.answer(200, { access_token: 'dead', expires_at: clock.now() / 1000 - 5 });
    expect((await source.getToken()).value).toBe('token-1');
    await pass(0);
    expect(endpoint.calls).toHaveLength(2);
    expect(told('refreshFailed')).toMatchObject([
      {
        stillServing: true,
        nextAttemptInMs: 4_000,
        error: { code: 'ERR_TOKEN_RESPONSE_MALFORMED' },
      },
    ]);

    for (let request = 0; request < 50; request += 1) {
      expect((await source.getToken()).value).toBe('token-1');
      await pass(50);
    }
    expect(endpoint.calls).toHaveLength(2);
    await pass(4_000);
    await source.getToken();
    await pass(0);
    expect(endpoint.calls).toHaveLength(3);
  });

  test('includes one whose life is shorter than the call that brought it', async () => {
    // Such a token used to be handed out although it was over.
    const { source, endpoint, pass } = bench();
    const caller = ended(source.getToken());
    await pass(4_000);
    endpoint.lastCall.issue('token-1', { expires_in: 3 });
    expect(await caller).toMatchObject({ code: 'ERR_TOKEN_RESPONSE_MALFORMED' });
    expect(endpoint.calls).toHaveLength(1);
  });
});

describe('a wall clock that goes ahead while a token call is under way', () => {
  const dateOf = (ms: number) => ({ date: new Date(ms).toUTCString() });
  const answer = { access_token: 'token-1', expires_in: 3600 };

  test('is not blamed on the answer', async () => {
    const { source, endpoint, clock, pass } = bench();
    const caller = ended(source.getToken());
    await pass(100);
    clock.jumpWall(2 * HOUR);
    endpoint.lastCall.answer(200, answer);
    expect(await caller).toBe('token-1');
    expect(endpoint.calls).toHaveLength(1);
  });

  test('costs nothing if it was set right, as the provider’s clock shows', async () => {
    const { source, endpoint, clock, pass } = bench();
    const caller = source.getToken();
    await pass(100);
    clock.jumpWall(2 * HOUR);
    endpoint.lastCall.answer(200, answer, dateOf(clock.now()));
    expect((await caller).expiresAt).toBeGreaterThan(clock.now() + HOUR - 2_000);
    expect(source.peek()?.value).toBe('token-1');
  });

  test('may mean that the host has slept: then the token is served no longer than it lives', async () => {
    const { source, endpoint, clock, pass } = bench();
    const caller = ended(source.getToken());
    await pass(100);
    const answeredAt = clock.now();
    clock.suspend(2 * HOUR);
    endpoint.lastCall.answer(200, answer, dateOf(answeredAt));
    await caller;
    expect(source.peek()).toBeUndefined();
  });
});

describe('behaviour 14: a token is over as soon as either clock says so', () => {
  test('after the host was suspended', async () => {
    const { source, endpoint, clock, settle } = await warmBench();
    clock.suspend(2 * HOUR);
    expect(source.peek()).toBeUndefined();
    const caller = source.getToken();
    await settle();
    endpoint.lastCall.issue('token-2');
    expect((await caller).value).toBe('token-2');
  });

  test('after the wall clock jumped back', async () => {
    const { source, endpoint, clock, pass, settle } = await warmBench();
    clock.jumpWall(-HOUR);
    await pass(HOUR);
    expect(source.peek()).toBeUndefined();
    const caller = source.getToken();
    await settle();
    endpoint.lastCall.issue('token-2');
    expect((await caller).value).toBe('token-2');
  });
});
