import type fc from 'fast-check';

import { explore, runsUnlessGiven, type Tally } from '../explore.js';
import type { Order } from '../order.js';
import { Fleet } from './fleet.js';
import { fleetSetting, type FleetSetting, type FleetStep } from './steps.js';

/** How many runs there are in all worlds together. */
const USUAL_RUNS = 200;

/** Simulates a part of all runs in worlds of one kind; fails with the steps that broke a promise. */
export async function simulateFleet(world: {
  readonly usualSeed: number;
  /** Its part of all runs. */
  readonly part: number;
  readonly steps: fc.Arbitrary<FleetStep[]>;
  readonly setting?: (given: FleetSetting) => Partial<FleetSetting>;
}): Promise<Tally> {
  const { usualSeed, part, steps, setting = () => ({}) } = world;
  const runs = Math.ceil(runsUnlessGiven(USUAL_RUNS) * part);
  const tally: Tally = { seed: usualSeed, runs, steps: 0, tokenCalls: 0 };
  tally.seed = await explore({
    usualSeed,
    runs,
    settings: fleetSetting.map((given) => ({ ...given, ...setting(given) })),
    steps,
    run: (order, given, todo) => runFleet(order, given, todo, tally),
  });
  return tally;
}

export async function runFleet(
  order: Order,
  given: FleetSetting,
  todo: readonly FleetStep[],
  tally?: Tally,
): Promise<void> {
  const fleet = new Fleet(order, given);
  for (const step of todo) await fleet.take(step);
  await fleet.finish();
  if (tally === undefined) return;
  tally.steps += todo.length;
  tally.tokenCalls += fleet.provider.callCount;
}
