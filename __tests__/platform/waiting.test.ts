import { describe, expect, test } from '@jest/globals';

import { createFakeClock } from '../../src/testing/index.js';
import { unlessAborted, waitFor } from '../../src/platform/waiting.js';
import { outcome } from '../token-source/hand-held.js';

const never = new Promise<never>(() => undefined);

describe('waiting for something shared', () => {
  test('gives what it gives, and leaves neither a timer nor a listener', async () => {
    const clock = createFakeClock();
    const { signal } = new AbortController();
    const timeout = { ms: 1_000, error: () => new Error('late') };
    expect(await waitFor(Promise.resolve('it'), { clock, signal, timeout })).toBe('it');
    expect(clock.pendingTimers).toBe(0);
  });

  test('ends with the caller’s own reason, and that at once if it is too late already', async () => {
    const clock = createFakeClock();
    const abort = new AbortController();
    const waiting = outcome(waitFor(never, { clock, signal: abort.signal }));
    abort.abort('gone home');
    expect(await waiting).toBe('gone home');
    expect(await outcome(waitFor(never, { clock, signal: abort.signal }))).toBe('gone home');
    expect(clock.pendingTimers).toBe(0);
  });

  test('ends when its time is over', async () => {
    const clock = createFakeClock();
    const waiting = waitFor(never, { clock, timeout: { ms: 5, error: () => new Error('late') } });
    const end = outcome(waiting);
    await clock.advanceAsync(5);
    expect(await end).toEqual(new Error('late'));
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

describe('work that may be aborted', () => {
  test('gives what it gives, unless the signal aborts first', async () => {
    const abort = new AbortController();
    const { signal } = abort;
    expect(await unlessAborted(Promise.resolve('it'), signal)).toEqual({
      kind: 'done',
      value: 'it',
    });
    await expect(unlessAborted(Promise.reject(new Error('its own')), signal)).rejects.toThrow(
      'its own',
    );
    const deaf = unlessAborted(never, signal);
    abort.abort();
    expect(await deaf).toEqual({ kind: 'aborted' });
    expect(await unlessAborted(never, signal)).toEqual({ kind: 'aborted' });
  });
});
