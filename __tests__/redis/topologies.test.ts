import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { SharedStore } from '../../src/store/index.js';
import { createRedisStore } from '../../src/redis/index.js';
import { describeStoreContract } from '../../src/testing/index.js';
import { aToken, anIdentity } from '../store/slots.js';
import { eventually } from '../setup/patience.js';
import { clientKinds, currentIoredis, isCurrent, valkeyGlide, type Connected } from './clients.js';
import { describeWithRedis, startRedis, type RedisServer } from './redis-server.js';

const SLOTS = 16_384;

/** Three masters that share the slots, joined by hand: `redis-cli` may not be there. */
async function startCluster(): Promise<RedisServer[]> {
  const nodes = await Promise.all(
    [0, 1, 2].map(() => startRedis('--cluster-enabled', 'yes', '--cluster-node-timeout', '2000')),
  );
  const connections = await Promise.all(nodes.map((node) => currentIoredis.connect(node)));
  const [first] = nodes;
  for (const [index, { command }] of connections.entries()) {
    const [from, to] = [index, index + 1].map((part) => Math.floor((part * SLOTS) / nodes.length));
    await command('CLUSTER', 'ADDSLOTSRANGE', String(from), String(to! - 1));
    if (index > 0) await command('CLUSTER', 'MEET', first!.host, String(first!.port));
  }
  const isWhole = async () =>
    (await Promise.all(connections.map(({ command }) => command('CLUSTER', 'INFO')))).every(
      (info) =>
        String(info).includes('cluster_state:ok') && String(info).includes('cluster_known_nodes:3'),
    );
  await eventually(isWhole);
  for (const connection of connections) connection.close();
  return nodes;
}

describeWithRedis('on a cluster of three nodes', () => {
  let nodes: RedisServer[] = [];
  beforeAll(async () => {
    nodes = await startCluster();
  });
  afterAll(() => Promise.all(nodes.map((node) => node.stop())));

  describe.each([...clientKinds, valkeyGlide])('$name', (kind) => {
    let connected: Connected;
    let store: SharedStore;
    beforeAll(async () => {
      connected = await kind.connectCluster(nodes);
      store = createRedisStore(connected.client);
    });
    afterAll(() => connected.close());

    if (isCurrent(kind)) describeStoreContract({ describe, test: test.concurrent }, () => store);

    test('spreads its identities over the nodes, and keeps each one in one place', async () => {
      for (let n = 0; n < 30; n += 1) {
        const slot = await store.open(anIdentity({ paramsKey: `spread ${n}` }), () => undefined);
        await slot.begin({ owner: 'a', leaseMs: 60_000, minRemainingMs: 0 });
        await slot.commit({ owner: 'b', fence: 1, token: aToken('T1'), remainingMs: 60_000 });
      }
      const perNode = await Promise.all(
        nodes.map(async (node) => {
          const { command, close } = await currentIoredis.connect(node);
          const keys = (await command('KEYS', '*')) as string[];
          close();
          return new Set(keys.map((key) => /\{(.+)\}/.exec(key)![1]));
        }),
      );
      expect(perNode.every((tags) => tags.size > 0)).toBe(true);
      const everywhere = perNode.flatMap((tags) => [...tags]);
      expect(new Set(everywhere).size).toBe(everywhere.length);
    });
  });
});

describeWithRedis('behind a Sentinel', () => {
  let master: RedisServer;
  let sentinel: RedisServer | undefined;
  beforeAll(async () => {
    master = await startRedis();
    const file = join(master.folder, 'sentinel.conf');
    writeFileSync(file, `sentinel monitor fleet ${master.host} ${master.port} 1\n`);
    sentinel = await startRedis(file, '--sentinel');
  });
  afterAll(async () => {
    await sentinel?.stop();
    await master.stop();
  });

  test.each(clientKinds)('$name shares a token', async (kind) => {
    const connected = await kind.connectSentinel(sentinel!, 'fleet');
    try {
      const store = createRedisStore(connected.client);
      const slot = await store.open(anIdentity({ paramsKey: kind.name }), () => undefined);
      const answer = await slot.begin({ owner: 'a', leaseMs: 60_000, minRemainingMs: 0 });
      expect(answer).toMatchObject({ kind: 'lead' });
      await slot.commit({ owner: 'a', fence: 1, token: aToken('T1'), remainingMs: 60_000 });
      expect((await slot.read())?.token.value).toBe('T1');
    } finally {
      connected.close();
    }
  });
});
