import { expect, test } from '@jest/globals';

import { tell } from './explore.js';
import { simulate } from './simulate.js';

/* The same with every option that changes the life of a token, in random combinations. */
test('no order of events breaks a promise, with any options', async () => {
  const tally = await simulate(9558437, () => ({}));
  tell('simulation, any options', tally);
  expect(tally.steps).toBeGreaterThanOrEqual(50 * tally.runs);
}, 600_000);
