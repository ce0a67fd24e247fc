import { afterAll, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { withoutStacks } from '../explore.js';
import { Violation, type FleetInvariant } from '../invariants.js';
import { Fleet } from './fleet.js';
import { realCreateBreaker, realNextStep, type FleetBug } from './library.js';
import type { Command } from './redis.js';
import { fleetSetting, healthySteps, troubledSteps, type FleetSetting } from './steps.js';

/* The simulation is worth as much as the bugs it finds: each of these is seeded on purpose, and must be found. */

const found: string[] = [];

afterAll(() => {
  process.stdout.write(`${found.map((line) => `    ${line}`).join('\n')}\n`);
});

/** What a command says, but for its owner. */
function ownedBy(command: Command, owner: string): Command {
  switch (command.operation) {
    case 'begin':
    case 'renew':
    case 'fail':
      return { ...command, argument: { ...command.argument, owner } } as Command;
    case 'commit':
      return { ...command, argument: { ...command.argument, owner } };
    case 'release':
      return { ...command, argument: owner };
    default:
      return command;
  }
}

interface SeededBug {
  readonly name: string;
  readonly bug: FleetBug;
  readonly steps: typeof troubledSteps;
  readonly setting?: Partial<FleetSetting>;
  readonly caughtBy: readonly FleetInvariant[];
  /** Of the runs; 3 unless these would find it after very many only. */
  readonly seed?: number;
}

const bugs: readonly SeededBug[] = [
  {
    name: 'the owner of a lease is a constant',
    bug: { tamper: { command: (command) => ownedBy(command, 'owner') } },
    steps: healthySteps,
    caughtBy: ['a live lease is never stolen', 'a holder at work is not overtaken'],
  },
  {
    name: 'anybody may give a lease back',
    bug: { releasedByAnybody: true },
    steps: troubledSteps,
    caughtBy: ['a live lease is never stolen', 'a holder at work is not overtaken'],
  },
  {
    name: 'a commit takes no heed of its fence',
    bug: {
      tamper: {
        command: (command) =>
          command.operation === 'commit'
            ? { ...command, argument: { ...command.argument, fence: undefined } }
            : command,
      },
    },
    steps: troubledSteps,
    caughtBy: ['a late holder overwrites no newer token'],
  },
  {
    name: 'the breaker is open after one failure, for ever',
    bug: {
      createBreaker: (...args) => {
        const breaker = realCreateBreaker(...args);
        let failed = false;
        return {
          ...breaker,
          allows: (...asked) => !failed && breaker.allows(...asked),
          failed: (now) => {
            failed = true;
            breaker.failed(now);
          },
        };
      },
    },
    steps: troubledSteps,
    caughtBy: [
      'each mint of the fleet has a need',
      'the fleet recovers once its surroundings have',
    ],
  },
  {
    name: 'nobody waits for the holder of the lease',
    bug: {
      nextStep: (outcome, situation) => {
        const step = realNextStep(outcome, situation);
        return step.kind === 'wait' ? { kind: 'mint-alone' } : step;
      },
    },
    steps: healthySteps,
    caughtBy: [
      'each mint of the fleet has a need',
      'a caller fails only if no usable token existed and none could be had',
    ],
  },
];

test.each(bugs)(
  'finds the bug: $name',
  async ({ name, bug, steps, setting, caughtBy, seed = 3 }) => {
    const details = await withoutStacks(() =>
      fc.check(
        fc.asyncProperty(fc.scheduler(), fleetSetting, steps, async (order, given, todo) => {
          const fleet = new Fleet(order, { ...given, ...setting }, bug);
          for (const step of todo) await fleet.take(step);
          await fleet.finish();
        }),
        { seed, numRuns: 2_000, endOnFailure: true },
      ),
    );
    expect(details.failed).toBe(true);
    expect(details.errorInstance).toBeInstanceOf(Violation);
    const { invariant } = details.errorInstance as Violation;
    found.push(`${name}: found in run ${details.numRuns} by "${invariant}"`);
    expect(caughtBy).toContain(invariant);
  },
  120_000,
);
