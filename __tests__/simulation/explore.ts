import fc from 'fast-check';

import { tell as tellFigures } from '../setup/figures.js';
import type { Order } from './order.js';

/*
 * `SIMULATION_RUNS` sets the number of runs; `SIMULATION_SEED` and `SIMULATION_PATH` replay a run that failed. Both stand in
 * the report of the failure, above the steps that matter: keep those in `regressions.test.ts`.
 */
const givenSeed = process.env['SIMULATION_SEED'];
const givenRuns = process.env['SIMULATION_RUNS'];
const path = process.env['SIMULATION_PATH'];

/** How many runs there are, unless the environment says otherwise. */
export function runsUnlessGiven(usual: number): number {
  return givenRuns === undefined ? usual : Number(givenRuns);
}

/** What a simulation did. */
export interface Tally {
  seed: number;
  readonly runs: number;
  steps: number;
  tokenCalls: number;
}

export function tell(name: string, { seed, runs, steps, tokenCalls }: Tally): void {
  tellFigures([`${name}: seed ${seed}, ${runs} runs, ${steps} steps, ${tokenCalls} token calls`]);
}

export interface Exploration<Setting, Step> {
  /** Makes a change, and not chance, the reason of a failure; `SIMULATION_SEED` explores others. */
  readonly usualSeed: number;
  readonly runs: number;
  readonly settings: fc.Arbitrary<Setting>;
  readonly steps: fc.Arbitrary<Step[]>;
  readonly run: (order: Order, given: Setting, todo: readonly Step[]) => Promise<void>;
}

/** Tries many runs, and fails with the steps that broke a promise; resolves with the seed. */
export async function explore<Setting, Step extends { readonly kind: string }>({
  usualSeed,
  runs,
  settings,
  steps,
  run,
}: Exploration<Setting, Step>): Promise<number> {
  const seed = givenSeed === undefined ? usualSeed : Number(givenSeed);
  const details = await withoutStacks(() =>
    fc.check(
      fc.asyncProperty(fc.scheduler(), settings, steps, (order, given, todo) =>
        run(order, given, todo),
      ),
      { seed, numRuns: runs, ...(path === undefined ? {} : { path, endOnFailure: true }) },
    ),
  );
  if (details.failed) throw new Error(reportOf(details), { cause: details.errorInstance });
  return seed;
}

/** Thousands of errors are made, and none of their stacks is read. */
export async function withoutStacks<T>(work: () => T | Promise<T>): Promise<T> {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return await work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Tells a failing run without the steps that do nothing. */
function reportOf<Setting, Step extends { readonly kind: string }>(
  details: fc.RunDetails<[fc.Scheduler, Setting, Step[]]>,
): string {
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
