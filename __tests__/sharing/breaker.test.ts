import { expect, test } from '@jest/globals';

import { createBreaker } from '../../src/sharing/breaker.js';

test('a store has been away since its first failure, as long as somebody goes on asking', () => {
  const breaker = createBreaker(1_000);
  breaker.failed(0);
  breaker.failed(9_000);
  expect(breaker.awayForMs(18_000)).toBe(18_000);
});

test('an outage during which the store was not asked for 10 s says nothing about now', () => {
  const breaker = createBreaker(1_000);
  breaker.failed(0);
  breaker.failed(9_000);
  expect(breaker.awayForMs(20_000)).toBe(0);
});
