import { Redis as UpstashRedis } from '@upstash/redis';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { createTokenSource } from '../../src/index.js';
import type { SharedStore } from '../../src/store/index.js';
import { createRedisStore } from '../../src/redis/index.js';
import { createFakeClock, describeStoreContract } from '../../src/testing/index.js';
import { aToken, anIdentity, asking } from '../store/slots.js';
import { acme, handHeldEndpoint } from '../token-source/hand-held.js';
import { currentIoredis, valkeyGlide, type Connected } from './clients.js';
import { describeWithRedis, startRedis, type RedisServer } from './redis-server.js';
import { startUpstashStandIn } from './upstash-stand-in.js';

const storeKey = 'a store key of thirty-two bytes or more';
let redis: RedisServer;
let admin: Connected;

async function start(): Promise<void> {
  redis = await startRedis();
  admin = await currentIoredis.connect(redis);
}
async function stop(): Promise<void> {
  admin.close();
  await redis.stop();
}

describeWithRedis('@valkey/valkey-glide keeps the contract', () => {
  let connected: Connected;
  let store: SharedStore;
  beforeAll(async () => {
    await start();
    connected = await valkeyGlide.connect(redis);
    store = createRedisStore(connected.client, { storeKey });
  });
  afterAll(async () => {
    connected.close();
    await stop();
  });

  describeStoreContract({ describe, test: test.concurrent }, () => store);

  test('loads its scripts again when Redis has forgotten them', async () => {
    expect(await afterForgottenScripts(store)).toBe('T1');
  });
});

describeWithRedis('@upstash/redis, over HTTP, keeps the contract', () => {
  let url: string;
  beforeAll(async () => {
    await start();
    url = await startUpstashStandIn((...args) => admin.command(...args));
  });
  afterAll(stop);

  const settings = { token: 'x', enableTelemetry: false, retry: false } as const;
  describe.each([
    ['as it is', {}],
    ['without parsing of answers', { automaticDeserialization: false }],
    ['without pipelining', { enableAutoPipelining: false }],
  ])('%s', (_, changes) => {
    let store: SharedStore;
    beforeAll(() => {
      const client = new UpstashRedis({ url, ...settings, ...changes });
      store = createRedisStore(client, { storeKey });
    });

    describeStoreContract({ describe, test }, () => store);

    test('loads its scripts again when Redis has forgotten them', async () => {
      expect(await afterForgottenScripts(store)).toBe('T1');
    });
  });

  test('a record of another program that parses as JSON reads as absent', async () => {
    await admin.command('FLUSHALL');
    const client = new UpstashRedis({ url, ...settings });
    const store = createRedisStore(client, { storeKey });
    const told: string[] = [];
    const slot = await store.open(anIdentity({ paramsKey: 'garbage' }), (problem) => {
      told.push(problem);
    });
    await slot.commit({ owner: 'a', fence: 1, token: aToken('T1'), remainingMs: 60_000 });
    const [key] = (await admin.command('KEYS', '*:tok')) as string[];
    for (const payload of ['{"a":1}', 'null', 'true', '17', '[]', '"text"', '']) {
      await admin.command('HSET', key!, 'p', payload);
      expect(await slot.read()).toBeUndefined();
    }
    expect(told).toHaveLength(7);
  });

  test('three processes share one token', async () => {
    const clock = createFakeClock();
    const endpoint = handHeldEndpoint(clock);
    endpoint.onCall = (call, count) => call.issue(`T${count}`);
    for (let process = 0; process < 3; process += 1) {
      const client = new UpstashRedis({ url, ...settings });
      const source = createTokenSource(acme(), {
        store: createRedisStore(client, { storeKey }),
        transport: { adapter: endpoint.adapter },
      });
      expect((await source.getToken()).value).toBe('T1');
      source.close();
    }
    expect(endpoint.calls).toHaveLength(1);
  });
});

/** The token that is read after all scripts were forgotten on the way. */
async function afterForgottenScripts(store: SharedStore): Promise<string | undefined> {
  const slot = await store.open(anIdentity({ paramsKey: 'scripts' }), () => undefined);
  await slot.begin(asking('a'));
  await admin.command('SCRIPT', 'FLUSH');
  await slot.commit({ owner: 'a', fence: 1_000, token: aToken('T1'), remainingMs: 60_000 });
  return (await slot.read())?.token.value;
}
