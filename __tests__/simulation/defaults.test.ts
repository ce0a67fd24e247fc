import { expect, test } from '@jest/globals';

import { tell } from './explore.js';
import { simulate } from './simulate.js';

/* The real token source with its default options, among random callers and a provider in every kind of trouble. */
test('no order of events breaks a promise, with default options', async () => {
  const tally = await simulate(9558502, () => ({
    maxStaleMs: 0,
    singleActiveToken: false,
    keepWarm: false,
    onCredentialsRejected: 'keep',
    tokenBudget: undefined,
  }));
  tell('simulation, defaults', tally);
  expect(tally.steps).toBeGreaterThanOrEqual(50 * tally.runs);
}, 600_000);
