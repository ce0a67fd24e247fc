import type { IntervalHistogram } from 'node:perf_hooks';
import pc from 'picocolors';

import type { Leftovers } from './leftovers.js';

/** The outcome of every request. */
export interface Account {
  started: number;
  succeeded: number;
  /** By verdict and cause. */
  readonly failures: Map<string, number>;
  healed: number;
  refreshes: number;
}

export interface Soaked {
  readonly account: Account;
  readonly requests: number;
  readonly tookMs: number;
  readonly played: ReadonlyMap<string, number>;
  readonly oddities: readonly string[];
  /** After the warm-up, and at the end. */
  readonly leftovers: readonly [Leftovers, Leftovers];
  readonly delays: IntervalHistogram;
}

interface Promised {
  readonly what: string;
  readonly held: boolean;
  readonly seen: string;
}

/** fetch may keep idle connections: at most one for each of the 32 callers, each with a timer. */
const IDLE_CONNECTIONS = 32;

/** How much more than after the warm-up there may be at the end. */
const ALLOWANCE: Readonly<Record<keyof Leftovers, number>> = {
  heapBytes: 2 * 2 ** 20,
  timers: IDLE_CONNECTIONS,
  sockets: IDLE_CONNECTIONS,
  requests: 0,
  abortSignals: 5,
  handles: 5,
  interceptors: 0,
  abortListeners: 0,
};

/** Prints what happened and what was promised; returns whether every promise was kept. */
export function printReport(soaked: Soaked): boolean {
  const { account, requests, tookMs, played, delays } = soaked;
  console.log('\nWhat happened to the provider:');
  for (const [name, times] of played) console.log(`  ${name.padEnd(28)} ${times}`);
  console.log('\nWhat became of the requests:');
  for (const [name, count] of [['succeeded', account.succeeded] as const, ...account.failures])
    console.log(`  ${String(count).padStart(9)}  ${name}`);
  const ms = (nanoseconds: number) => (nanoseconds / 1e6).toFixed(1);
  console.log(
    `\n${Math.round(requests / (tookMs / 1_000))} requests a second for ${(tookMs / 1_000).toFixed(0)} s. ` +
      `Event-loop delay: p50 ${ms(delays.percentile(50))} ms, p99 ${ms(delays.percentile(99))} ms, ` +
      `longest ${ms(delays.max)} ms.\n`,
  );
  const promises = [...promisesOnRequests(soaked), ...promisesOnLeftovers(soaked.leftovers)];
  for (const { what, held, seen } of promises)
    console.log(`${held ? pc.green('kept  ') : pc.red('BROKEN')}  ${what}: ${seen}`);
  return promises.every(({ held }) => held);
}

function promisesOnRequests({ account, requests, played, oddities }: Soaked): Promised[] {
  const failures = [...account.failures];
  const sum = (of: readonly (readonly [string, number])[]) =>
    of.reduce((total, [, count]) => total + count, 0);
  const lost = sum(failures.filter(([name]) => name.startsWith('lost')));
  const accounted = account.succeeded + sum(failures);
  const missed = [...played].filter(([, times]) => times === 0).map(([name]) => name);
  return [
    {
      what: 'every request is accounted for',
      held: accounted === requests,
      seen: `${accounted} of ${requests}`,
    },
    { what: 'no request is lost that could be saved', held: lost === 0, seen: `${lost} lost` },
    {
      what: '401s are healed unseen',
      held: account.healed > 0,
      seen: `${account.healed} healed, with ${account.refreshes} tokens in all`,
    },
    {
      what: 'the library does nothing that nothing accounts for',
      held: oddities.length === 0,
      seen: oddities.slice(0, 3).join('; ') || 'nothing',
    },
    {
      what: 'everything that can happen did',
      held: missed.length === 0,
      seen: missed.length === 0 ? `${sum([...played])} times` : `not ${missed.join(', ')}`,
    },
  ];
}

function promisesOnLeftovers([before, after]: Soaked['leftovers']): Promised[] {
  const names = Object.keys(ALLOWANCE) as (keyof Leftovers)[]; // The table has exactly these keys.
  return names.map((name) => {
    const show = (count: number) =>
      name === 'heapBytes' ? `${(count / 2 ** 20).toFixed(2)} MB` : String(count);
    return {
      what: `flat: ${name === 'heapBytes' ? 'heap' : name}`,
      held: after[name] - before[name] <= ALLOWANCE[name],
      seen: `${show(before[name])} after the warm-up, ${show(after[name])} at the end`,
    };
  });
}
