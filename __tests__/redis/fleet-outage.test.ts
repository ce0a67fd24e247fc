import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { startSandbox, type Sandbox } from '../../src/testing/index.js';
import { childFleet, type ChildFleet } from '../processes/child-fleet.js';
import type { MemberSettings } from '../processes/fleet-messages.js';
import { eventually } from '../setup/patience.js';
import { currentIoredis } from './clients.js';
import { describeWithRedis, startRedis, type RedisServer } from './redis-server.js';

/** How long an outage is watched, from its beginning; where token calls are counted, as long as they are counted. */
const COUNTED_MS = 12_000;
const WATCHED_MS = 6_000;
const figures: string[] = [];

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

describeWithRedis(
  'behaviour 54: 4 processes under load, and a token that is revoked while their Redis',
  () => {
    let sandbox: Sandbox;
    let fleet: ChildFleet;
    let outage: Outage | undefined;
    beforeAll(async () => {
      [sandbox, fleet] = await Promise.all([startSandbox({ only: ['oauth2'] }), childFleet()]);
    });
    beforeEach(() => sandbox.reset());
    afterEach(async () => {
      await fleet.killAll();
      await outage?.stop();
      outage = undefined;
    });
    afterAll(async () => {
      await Promise.all([fleet.close(), sandbox.close()]);
      process.stdout.write(`${figures.map((line) => `  ${line}`).join('\n')}\n`);
    });

    /** What the callers saw from the beginning of the outage on, and how many token calls it cost. */
    async function endure(
      name: string,
      start: () => Promise<Outage>,
      settings: Partial<MemberSettings>,
    ) {
      outage = await start();
      const { url, tokenUrl, credentials } = sandbox.oauth2;
      const { clientId, clientSecret } = credentials;
      if (settings.singleActiveToken === true) sandbox.oauth2.allowOneActiveToken();
      const members = await fleet.startMany(4, {
        url,
        tokenUrl,
        credentials: { clientId, clientSecret },
        client: 'ioredis',
        ...outage.address,
        ...settings,
      });
      await Promise.all(members.map((member) => member.requests(5)));
      expect(sandbox.oauth2.tokenCalls).toBe(1);
      await Promise.all(members.map((member) => member.startLoad()));
      await outage.begin();
      sandbox.oauth2.revokeTokens();
      await sleep(settings.singleActiveToken === true ? COUNTED_MS : WATCHED_MS);
      const reports = await Promise.all(members.map((member) => member.stopLoad()));
      const requests = reports.reduce((sum, report) => sum + report.requests, 0);
      const failures = reports.flatMap((report) => report.failures);
      const slowestMs = Math.round(Math.max(...reports.map((report) => report.slowestMs)));
      const tokenCalls = sandbox.oauth2.tokenCalls - 1;
      figures.push(
        `${settings.singleActiveToken === true ? 'one active token' : 'any number'}, ${settings.client ?? 'ioredis'}, Redis ${name}: ` +
          `${requests} requests, ${failures.length} failed, slowest ${slowestMs} ms, token calls ${tokenCalls}`,
      );
      return { requests, failures, tokenCalls };
    }

    describe.each(OUTAGES)('%s', (name, start, clients) => {
      test.each(clients)(
        'fails hardly any request and costs 12 token calls at most where each new token kills the last, with %s',
        async (client) => {
          const single = { singleActiveToken: true, client };
          const { requests, failures, tokenCalls } = await endure(name, start, single);
          expect(failures.length / requests).toBeLessThan(0.02);
          expect(tokenCalls).toBeLessThanOrEqual(12);
        },
      );

      test('fails no request otherwise', async () => {
        expect((await endure(name, start, {})).failures).toEqual([]);
      });
    });
  },
);
