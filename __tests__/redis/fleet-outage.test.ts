import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { startSandbox } from '../../src/testing/index.js';
import { childFleet, type ChildFleet } from '../processes/child-fleet.js';
import type { MemberSettings } from '../processes/fleet-messages.js';
import { tell } from '../setup/figures.js';
import { eventually } from '../setup/patience.js';
import { currentIoredis } from './clients.js';
import { describeWithRedis, startRedis, type RedisServer } from './redis-server.js';

/** How long an outage is watched, from its beginning; where token calls are counted, as long as they are counted. */
const COUNTED_MS = 12_000;
const WATCHED_MS = 6_000;

/** A Redis that processes share, and an outage of it. */
interface Outage {
  readonly address: Pick<MemberSettings, 'redisPort' | 'sentinelFor'>;
  /** Begins the outage. */
  begin(): Promise<void>;
  stop(): Promise<unknown>;
}

async function pausedFor(ms: number): Promise<Outage> {
  const redis = await startRedis();
  return {
    address: { redisPort: redis.port },
    begin() {
      redis.pause();
      setTimeout(() => redis.resume(), ms);
      return Promise.resolve();
    },
    stop: () => redis.stop(),
  };
}

async function replacedThroughSentinel(): Promise<Outage> {
  const master = await startRedis();
  const replica = await startRedis('--replicaof', master.host, String(master.port));
  const file = join(master.folder, 'sentinel.conf');
  writeFileSync(
    file,
    [
      `sentinel monitor fleet ${master.host} ${master.port} 1`,
      'sentinel down-after-milliseconds fleet 1000',
      'sentinel failover-timeout fleet 3000',
    ].join('\n'),
  );
  await eventually(async () => (await infoOf(replica)).includes('master_link_status:up'));
  const sentinel = await startRedis(file, '--sentinel');
  await eventually(async () => (await infoOf(sentinel)).includes('slaves=1'));
  return {
    address: { redisPort: sentinel.port, sentinelFor: 'fleet' },
    begin: () => master.kill(),
    stop: () => Promise.all([sentinel, replica, master].map((one) => one.stop())),
  };
}

async function infoOf(redis: RedisServer): Promise<string> {
  const { command, close } = await currentIoredis.connect(redis);
  try {
    return String(await command('INFO'));
  } finally {
    close();
  }
}

const OUTAGES: readonly (readonly [
  name: string,
  start: () => Promise<Outage>,
  clients: readonly ('ioredis' | 'redis')[],
])[] = [
  ['is paused for 1.2 s', () => pausedFor(1_200), ['ioredis', 'redis']],
  ['is away for 4 s', () => pausedFor(4_000), ['redis']],
  ['is replaced by its replica through Sentinel', replacedThroughSentinel, ['ioredis']],
];

/** What the callers saw from the beginning of an outage on, and how many token calls it cost. */
interface Endured {
  readonly requests: number;
  readonly failures: readonly string[];
  readonly tokenCalls: number;
}

async function endure(
  fleet: ChildFleet,
  start: () => Promise<Outage>,
  settings: Pick<MemberSettings, 'client' | 'singleActiveToken'>,
): Promise<Endured> {
  const [outage, sandbox] = await Promise.all([start(), startSandbox({ only: ['oauth2'] })]);
  try {
    const { oauth2 } = sandbox;
    const { url, tokenUrl, credentials } = oauth2;
    const { clientId, clientSecret } = credentials;
    if (settings.singleActiveToken === true) oauth2.allowOneActiveToken();
    const members = await fleet.startMany(4, {
      url,
      tokenUrl,
      credentials: { clientId, clientSecret },
      ...outage.address,
      ...settings,
    });
    await Promise.all(members.map((member) => member.requests(5)));
    const before = oauth2.tokenCalls;
    await Promise.all(members.map((member) => member.startLoad()));
    await outage.begin();
    oauth2.revokeTokens();
    await sleep(settings.singleActiveToken === true ? COUNTED_MS : WATCHED_MS);
    const reports = await Promise.all(members.map((member) => member.stopLoad()));
    return {
      requests: reports.reduce((sum, report) => sum + report.requests, 0),
      failures: reports.flatMap((report) => report.failures),
      tokenCalls: oauth2.tokenCalls - before,
    };
  } finally {
    await Promise.all([outage.stop(), sandbox.close()]);
  }
}

describeWithRedis(
  'behaviour 54: 4 processes under load, and a token that is revoked while their Redis',
  () => {
    // Each takes up to 12 s, in which the machine has little to do: all go on at once.
    const endured = new Map<string, Promise<Endured>>();
    let fleet: ChildFleet;
    beforeAll(async () => {
      fleet = await childFleet();
      for (const [name, start, clients] of OUTAGES) {
        for (const client of clients)
          endured.set(
            `${name}, ${client}`,
            endure(fleet, start, { client, singleActiveToken: true }),
          );
        endured.set(name, endure(fleet, start, { client: 'ioredis' }));
      }
      await Promise.all(endured.values());
    });
    afterAll(async () => {
      await fleet.close();
      for (const [name, outcome] of endured) {
        const { requests, failures, tokenCalls } = await outcome;
        tell([
          `Redis ${name}: ${requests} requests, ${failures.length} failed, ${tokenCalls} token calls`,
        ]);
      }
    });

    describe.each(OUTAGES)('%s', (name, _, clients) => {
      test.each(clients)(
        'fails hardly any request and costs 12 token calls at most where each new token kills the last, with %s',
        async (client) => {
          const { requests, failures, tokenCalls } = (await endured.get(`${name}, ${client}`))!;
          expect(failures.length / requests).toBeLessThan(0.02);
          expect(tokenCalls).toBeLessThanOrEqual(12);
        },
      );

      test('fails no request otherwise', async () => {
        expect((await endured.get(name))!.failures).toEqual([]);
      });
    });
  },
);
