/*
 * One process of a fleet: an axios client of its own, with a store on the Redis that the test has started. It does
 * what the test tells it over the channel between the processes, and answers with what came of it.
 */
import { createProviderClient, type Clock } from '../../src/index.js';
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
async function openStore(): Promise<SharedStore> {
  const { redisPort: port, sentinelFor, client } = settings;
  // Only the package that is used is loaded: it takes a process longer than everything else together.
  const { openStore: open } = await (client === 'ioredis'
    ? import('./ioredis-store.js')
    : import('./node-redis-store.js'));
  return open({ port, sentinelFor });
}

/** Every request, until all have an answer; what the callers saw. */
async function requests(count: number): Promise<MemberReport> {
  const failures: string[] = [];
  await Promise.all(
    Array.from({ length: count }, async () => {
      try {
        await http.get('/__sandbox/echo');
      } catch (error) {
        failures.push((error as Error).message);
      }
    }),
  );
  return { requests: count, failures };
}

const load: { isOn: boolean; report?: Promise<MemberReport> } = { isOn: false };

/** A steady stream of requests, a few at a time: fifty a second leave the machine to what is tested. */
async function underLoad(): Promise<MemberReport> {
  const total = { requests: 0, failures: [] as string[] };
  while (load.isOn) {
    const report = await requests(5);
    total.requests += report.requests;
    total.failures.push(...report.failures);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return total;
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
