import { describe, expect, test } from '@jest/globals';
import { getEventListeners } from 'node:events';

import { createFakeClock } from '../../src/testing/index.js';
import { boundedSignal, sleep, waitFor, within } from '../../src/platform/waiting.js';
import { outcome } from '../token-source/hand-held.js';

const listenersOf = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;

const never = new Promise<never>(() => undefined);

describe('waiting for something shared', () => {
  test('gives what it gives, and leaves neither a timer nor a listener', async () => {
    const clock = createFakeClock();
    const { signal } = new AbortController();
    const limits = { clock, signal, until: clock.monotonic() + 1_000 };
    const waiting = waitFor(Promise.resolve('it'), limits);
    expect([clock.pendingTimers, listenersOf(signal)]).toEqual([1, 1]);
    expect(await waiting).toEqual({ kind: 'done', value: 'it' });
    expect([clock.pendingTimers, listenersOf(signal)]).toEqual([0, 0]);
  });

  test('ends when its caller leaves, and at once if that was before', async () => {
    const clock = createFakeClock();
    const abort = new AbortController();
    const waiting = waitFor(never, { clock, signal: abort.signal });
    abort.abort();
    expect(await waiting).toEqual({ kind: 'aborted' });
    expect(await waitFor(never, { clock, signal: abort.signal })).toEqual({ kind: 'aborted' });
    expect(clock.pendingTimers).toBe(0);
  });

  test('ends when its time is up', async () => {
    const clock = createFakeClock();
    const waiting = waitFor(never, { clock, until: clock.monotonic() + 5 });
    await clock.advanceAsync(5);
    expect(await waiting).toEqual({ kind: 'timed-out' });
  });

  test('goes on without end if it has no limit, but keeps the process alive for an hour only', async () => {
    const clock = createFakeClock();
    const waiting = waitFor(never, { clock });
    expect(clock.msToNextTimer).toBe(3_600_000);
    await clock.advanceAsync(3_600_000);
    expect(await outcome(waiting)).toBe('pending');
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('work within bounds', () => {
  test('fails as it does by itself', async () => {
    const { signal } = new AbortController();
    await expect(within(Promise.reject(new Error('its own')), { signal })).rejects.toThrow(
      'its own',
    );
  });

  test('is left if it is deaf to them', async () => {
    const clock = createFakeClock();
    const bounded = boundedSignal(new AbortController().signal, 5, clock);
    const deaf = within(never, { signal: bounded.signal });
    await clock.advanceAsync(5);
    expect(await deaf).toEqual({ kind: 'aborted' });
  });
});

describe('sleep', () => {
  test('lasts as long as it should, or until its signal aborts', async () => {
    const clock = createFakeClock();
    const abort = new AbortController();
    const whole = sleep(10, { clock, signal: abort.signal });
    await clock.advanceAsync(9);
    expect(await outcome(whole)).toBe('pending');
    await clock.advanceAsync(1);
    await whole;
    const cut = sleep(10, { clock, signal: abort.signal });
    abort.abort();
    await cut;
    expect(clock.pendingTimers).toBe(0);
  });
});
