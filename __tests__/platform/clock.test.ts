import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';

import { systemClock } from '../../src/platform/clock.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

test('the system’s clock counts, schedules and cancels', () => {
  let fired = 0;
  expect(systemClock.now()).toBe(Date.now());
  const earlier = systemClock.monotonic();
  const cancel = systemClock.schedule(() => void (fired += 1), 10);
  systemClock.schedule(() => void (fired += 1), 10, { keepAlive: true });
  cancel();
  jest.advanceTimersByTime(20);
  expect(fired).toBe(1);
  expect(systemClock.monotonic()).toBe(earlier + 20);
});

test('a delay longer than a timer can keep does not fire at once', () => {
  let fired = 0;
  const cancel = systemClock.schedule(() => void (fired += 1), 1e12);
  jest.advanceTimersByTime(1_000);
  expect(fired).toBe(0);
  cancel();
});
