import { expect, test } from '@jest/globals';

import { tell } from '../explore.js';
import { simulateFleet } from './simulate-fleet.js';
import { upgradeSteps } from './steps.js';

/* A rolling upgrade: processes of the first edition and of the second on one store. */
test('no order of events breaks a promise while one edition takes the place of the other', async () => {
  const tally = await simulateFleet({
    usualSeed: 14,
    part: 0.25,
    steps: upgradeSteps,
    setting: ({ editions }) => ({
      editions: editions.map((_, index) => (index % 2 === 0 ? 'first' : 'second')),
    }),
  });
  tell('simulation, rolling upgrade', tally);
  expect(tally.steps).toBeGreaterThanOrEqual(50 * tally.runs);
}, 600_000);
