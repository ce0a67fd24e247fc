import { afterAll, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { tell } from '../../setup/figures.js';
import { withoutStacks } from '../explore.js';
import { Violation, type FleetInvariant } from '../invariants.js';
import { Fleet } from './fleet.js';
import { realCreateBreaker, realNextStep, type FleetBug } from './library.js';
import type { Command } from './redis.js';
import { fleetSetting, healthySteps, troubledSteps, type FleetSetting } from './steps.js';

/* The simulation is worth as much as the bugs it finds: each of these is seeded on purpose, and must be found. */

const found: string[] = [];

afterAll(() => tell(found));

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

/** Three failures in a row, and then the store is left alone for 10 s. */
function breakerOfTenSeconds(...args: Parameters<typeof realCreateBreaker>) {
  const breaker = realCreateBreaker(...args);
  let inARow = 0;
  let openUntil = -Infinity;
  return {
    ...breaker,
    allows: (now: number) => now >= openUntil,
    succeeded: () => {
      inARow = 0;
      breaker.succeeded();
    },
    failed: (now: number) => {
      inARow += 1;
      if (inARow >= 3) openUntil = now + 10_000;
      breaker.failed(now);
    },
    pausedForMs: (now: number) => Math.max(0, openUntil - now),
  };
}

interface SeededBug {
  readonly name: string;
  readonly bug: FleetBug;
  readonly steps: typeof troubledSteps;
  readonly setting?: Partial<FleetSetting>;
  readonly caughtBy: readonly FleetInvariant[];
  /** Of the runs; 2 unless these would find it late only. */
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
    name: 'any process may give a lease back',
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
    seed: 22,
    caughtBy: ['a late holder overwrites no newer token'],
  },
  {
    name: 'the lease is not renewed',
    bug: {
      tamper: {
        swallow: ({ operation }) => (operation === 'renew' ? { answer: true } : undefined),
      },
    },
    steps: healthySteps,
    caughtBy: ['a holder at work is not overtaken'],
  },
  {
    name: 'the breaker leaves the store alone for 10 s at once, as in the first edition',
    bug: { createBreaker: breakerOfTenSeconds },
    steps: troubledSteps,
    setting: { singleActiveToken: true },
    caughtBy: ['the store is asked again soon'],
  },
  {
    name: 'a single-active process mints alone as soon as the store is away',
    bug: {
      nextStep: (outcome, situation) => {
        const step = realNextStep(outcome, situation);
        return step.kind === 'wait' && step.for === 'store' ? { kind: 'mint-alone' } : step;
      },
    },
    steps: troubledSteps,
    setting: { singleActiveToken: true },
    caughtBy: ['mints without the store are rare'],
  },
  {
    name: 'a commit that arrives after its token died is not taken back',
    bug: {
      tamper: {
        swallow: ({ operation }) => (operation === 'reject' ? { answer: undefined } : undefined),
      },
    },
    steps: troubledSteps,
    seed: 6,
    caughtBy: ['a dead token does not come back'],
  },
  {
    name: 'a process takes a token from the store that drew a 401 here',
    bug: {
      nextStep: (outcome, situation) => realNextStep(outcome, { ...situation, isUseless: false }),
    },
    steps: troubledSteps,
    caughtBy: ['a replaced token is never sent again', 'mints without the store are rare'],
  },
  {
    name: 'clear() does not reach the store',
    bug: {
      tamper: {
        swallow: ({ operation }) => (operation === 'clear' ? { answer: undefined } : undefined),
      },
    },
    steps: healthySteps,
    caughtBy: ['no token from before clear() is served after it'],
  },
  {
    name: 'a lease that a late question has taken is not given back',
    bug: {
      tamper: {
        swallow: ({ operation }) => (operation === 'release' ? { answer: undefined } : undefined),
      },
    },
    steps: troubledSteps,
    caughtBy: ['no lease stays'],
  },
  {
    name: 'processes do not wait for the holder of the lease',
    bug: {
      nextStep: (outcome, situation) => {
        const step = realNextStep(outcome, situation);
        return step.kind === 'wait' ? { kind: 'mint-alone' } : step;
      },
    },
    steps: healthySteps,
    caughtBy: [
      'each mint of the fleet has a need',
      'mints without the store are rare',
      'a caller fails only if no usable token existed and none could be had',
    ],
  },
];

test.each(bugs)(
  'finds the bug: $name',
  async ({ name, bug, steps, setting, caughtBy, seed = 2 }) => {
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
