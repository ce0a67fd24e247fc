import fc from 'fast-check';

import type { Order } from './order.js';
import { setting, steps, type Setting, type Step } from './steps.js';
import { World } from './world.js';

/*
 * `SIMULATION_RUNS` sets the number of runs of both files together; `SIMULATION_SEED` and `SIMULATION_PATH` replay a run
 * that failed. Both stand in the report of the failure, above the steps that matter: keep those in `regressions.test.ts`.
 */
const givenSeed = process.env['SIMULATION_SEED'];
const totalRuns = Number(process.env['SIMULATION_RUNS'] ?? 10_000);
const path = process.env['SIMULATION_PATH'];

/** What a simulation did. */
export interface Tally {
  readonly seed: number;
  readonly runs: number;
  steps: number;
  tokenCalls: number;
}

/**
 * Simulates half of all runs with settings of one kind; fails with the steps that broke a promise.
 *
 * The usual seed makes a change, and not chance, the reason of a failure; `SIMULATION_SEED` explores others.
 */
export async function simulate(
  usualSeed: number,
  isWanted: (given: Setting) => Partial<Setting>,
): Promise<Tally> {
  const seed = givenSeed === undefined ? usualSeed : Number(givenSeed);
  const tally: Tally = { seed, runs: Math.ceil(totalRuns / 2), steps: 0, tokenCalls: 0 };
  const settings = setting.map((given) => ({ ...given, ...isWanted(given) }));
  // Thousands of errors are made, and none of their stacks is read.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    const details = await fc.check(
      fc.asyncProperty(fc.scheduler(), settings, steps, (scheduler, given, todo) =>
        runOnce(scheduler, given, todo, tally),
      ),
      { seed, numRuns: tally.runs, ...(path === undefined ? {} : { path }) },
    );
    if (details.failed) throw new Error(reportOf(details), { cause: details.errorInstance });
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
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

/** Tells a failing run without the steps that do nothing. */
function reportOf(details: fc.RunDetails<[fc.Scheduler, Setting, Step[]]>): string {
  const { counterexample, counterexamplePath, errorInstance } = details;
  const [scheduler, given, todo] = counterexample ?? [undefined, undefined, []];
  return [
    String(errorInstance),
    `Replay: SIMULATION_SEED=${details.seed} SIMULATION_PATH=${counterexamplePath ?? ''}`,
    `Setting: ${JSON.stringify(given)}`,
    ...todo.filter(({ kind }) => kind !== 'nothing').map((step) => JSON.stringify(step)),
    `Order of answers: ${fc.stringify(scheduler)}`,
  ].join('\n');
}

export function tell(name: string, { seed, runs, steps, tokenCalls }: Tally): void {
  process.stdout.write(
    `    ${name}: seed ${seed}, ${runs} runs, ${steps} steps, ${tokenCalls} token calls\n`,
  );
}
