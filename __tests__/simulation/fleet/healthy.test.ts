import { expect, test } from '@jest/globals';

import { tell } from '../explore.js';
import { simulateFleet } from './simulate-fleet.js';
import { healthySteps } from './steps.js';

/* Several processes on one store that works: there is one mint for each need of the whole fleet. */
test('no order of events breaks a promise of the fleet while its store is well', async () => {
  const tally = await simulateFleet({
    usualSeed: 14,
    part: 0.25,
    steps: healthySteps,
    setting: () => ({ clocksApart: false }),
  });
  tell('simulation, healthy fleet', tally);
  expect(tally.steps).toBeGreaterThanOrEqual(50 * tally.runs);
}, 600_000);
