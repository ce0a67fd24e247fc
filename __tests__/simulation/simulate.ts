import { explore, runsUnlessGiven, type Tally } from './explore.js';
import type { Order } from './order.js';
import { setting, steps, type Setting, type Step } from './steps.js';
import { World } from './world.js';

/** Simulates half of all runs with settings of one kind; fails with the steps that broke a promise. */
export async function simulate(
  usualSeed: number,
  isWanted: (given: Setting) => Partial<Setting>,
): Promise<Tally> {
  const runs = Math.ceil(runsUnlessGiven(300) / 2);
  const tally: Tally = { seed: usualSeed, runs, steps: 0, tokenCalls: 0 };
  tally.seed = await explore({
    usualSeed,
    runs,
    settings: setting.map((given) => ({ ...given, ...isWanted(given) })),
    steps,
    run: (order, given, todo) => runOnce(order, given, todo, tally),
  });
  return tally;
}

export async function runOnce(
  order: Order,
  given: Setting,
  todo: readonly Step[],
  tally?: Tally,
): Promise<void> {
  const world = new World(order, given);
  for (const step of todo) await world.take(step);
  await world.finish();
  if (tally === undefined) return;
  tally.steps += todo.length;
  tally.tokenCalls += world.provider.callCount;
}
