import { expect, it } from '@jest/globals';
import { retryPauseMs } from '../../src/apis/repeat.js';

it.each([
  [0, undefined, 0.5, 1_000],
  [1, undefined, 0.5, 2_000],
  [2, undefined, 0.5, 4_000],
  [0, undefined, 0, 800],
  [0, undefined, 1, 1_200],
  [20, undefined, 0.5, 60_000],
  [3, 0, 0.5, 0],
  [0, 60_000, 0.5, 60_000],
  [0, 60_001, 0.5, undefined],
])(
  'after %i repetitions, a Retry-After of %j ms and chance %d the pause is %j ms',
  (repetitions, retryAfterMs, random, pauseMs) => {
    expect(retryPauseMs(repetitions, retryAfterMs, random)).toBe(pauseMs);
  },
);
