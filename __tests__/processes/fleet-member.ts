/*
 * One process of a fleet: an axios client of its own, with a store on the Redis that the test has started. It does
 * what the test tells it over the channel between the processes, and answers with what came of it.
 */
import { performance } from 'node:perf_hooks';

import { bearerOf, createProviderClient, type Clock } from '../../src/index.js';
import { systemClock } from '../../src/platform/clock.js';
import type { SharedStore } from '../../src/store/index.js';
import { oauth2ClientCredentials } from '../../src/providers/index.js';
import type { MemberOrder, MemberReport, MemberSettings } from './fleet-messages.js';

/** What the library waits for an answer of the store; a process that waits no longer fetches a token of its own. */
const STORE_TIMEOUT_MS = 250;
const patientClock: Clock = {
  ...systemClock,
  schedule: (callback, delayMs, options) =>
    systemClock.schedule(callback, delayMs === STORE_TIMEOUT_MS ? 20_000 : delayMs, options),
};

const settings = JSON.parse(process.env['MEMBER'] ?? '{}') as MemberSettings;
const store = await openStore();
const http = createProviderClient(
  oauth2ClientCredentials({
    ...settings.credentials,
    baseURL: settings.url,
    tokenUrl: settings.tokenUrl,
    singleActiveToken: settings.singleActiveToken ?? false,
  }),
  { timeout: 30_000 },
  {
    store,
    flightTimeoutMs: settings.flightTimeoutMs,
    clock: settings.isPatient === true ? patientClock : undefined,
  },
);
const source = bearerOf(http)!.source;

const counts: Record<string, number> = {};
for (const name of [
  'refreshed',
  'storeFailed',
  'storeRecovered',
  'refreshFailed',
  'replayed',
] as const) {
  source.on(name, (event) => {
    const key = 'from' in event ? `${name} from ${event.from}` : name;
    counts[key] = (counts[key] ?? 0) + 1;
  });
}

async function openStore(): Promise<SharedStore | undefined> {
  const { redisPort: port, sentinelFor, client, hints = false } = settings;
  if (port === undefined) return undefined;
  // Only the package that is used is loaded: it takes a process longer than everything else together.
  const { openStore: open } = await (client === 'ioredis'
    ? import('./ioredis-store.js')
    : import('./node-redis-store.js'));
  return open({ port, sentinelFor, hints });
}

/** Every request, until all have an answer; what the callers saw. */
async function requests(count: number): Promise<MemberReport> {
  const failures: string[] = [];
  let slowestMs = 0;
  await Promise.all(
    Array.from({ length: count }, async () => {
      const startedAt = performance.now();
      try {
        await http.get('/__sandbox/echo');
      } catch (error) {
        failures.push((error as Error).message);
      }
      slowestMs = Math.max(slowestMs, performance.now() - startedAt);
    }),
  );
  return { requests: count, failures, slowestMs, counts: { ...counts } };
}

const load: { isOn: boolean; report?: Promise<MemberReport> } = { isOn: false };

/** A steady stream of requests, a few at a time: fifty a second leave the machine to what is tested. */
async function underLoad(): Promise<MemberReport> {
  const total = { requests: 0, failures: [] as string[], slowestMs: 0 };
  while (load.isOn) {
    const report = await requests(5);
    total.requests += report.requests;
    total.failures.push(...report.failures);
    total.slowestMs = Math.max(total.slowestMs, report.slowestMs);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { ...total, counts: { ...counts } };
}

async function obey(order: MemberOrder): Promise<MemberReport | undefined> {
  switch (order.do) {
    case 'requests':
      return requests(order.count);
    case 'start load':
      load.isOn = true;
      load.report = underLoad();
      return undefined;
    case 'stop load':
      load.isOn = false;
      return load.report;
  }
}

process.on('message', ({ id, order }: { id: number; order: MemberOrder }) => {
  void obey(order).then((report) => process.send?.({ id, report }));
});
process.on('disconnect', () => process.exit());
process.send?.({ id: 0 });
