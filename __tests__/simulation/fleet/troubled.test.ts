import { expect, test } from '@jest/globals';

import { tell } from '../explore.js';
import { simulateFleet } from './simulate-fleet.js';
import { troubledSteps } from './steps.js';

/* Several processes on one store, and everything goes wrong that can: the store, the way to it, the processes themselves. */
test.each([false, true])(
  'no order of events breaks a promise of the fleet, single active token: %s',
  async (singleActiveToken) => {
    const tally = await simulateFleet({
      usualSeed: 14,
      part: 0.25,
      steps: troubledSteps,
      setting: () => ({ singleActiveToken }),
    });
    tell(`simulation, troubled fleet, single active token: ${singleActiveToken}`, tally);
    expect(tally.steps).toBeGreaterThanOrEqual(50 * tally.runs);
  },
  600_000,
);
