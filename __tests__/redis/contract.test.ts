import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import type { SharedStore } from '../../src/store/index.js';
import { createRedisStore } from '../../src/redis/index.js';
import { describeStoreContract } from '../../src/testing/index.js';
import { aToken, anIdentity, asking } from '../store/slots.js';
import { clientKinds, tellOfMissingClients, type Connected } from './clients.js';
import { describeWithRedis, startRedis, type RedisServer } from './redis-server.js';

tellOfMissingClients();
const storeKey = 'a store key of thirty-two bytes or more';

describeWithRedis('on a single node', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  describe.each(clientKinds)('$name keeps the contract', (kind) => {
    let connected: Connected;
    let store: SharedStore;
    beforeAll(async () => {
      connected = await kind.connect(redis);
      store = createRedisStore(connected.client, { storeKey });
    });
    afterAll(() => connected.close());

    describeStoreContract({ describe, test: test.concurrent }, () => store);

    test('loads its scripts again when Redis has forgotten them', async () => {
      const slot = await store.open(anIdentity({ paramsKey: kind.name }), () => undefined);
      await slot.begin(asking('a'));
      await connected.command('SCRIPT', 'FLUSH');
      await slot.commit({ owner: 'a', fence: 1, token: aToken('T1'), remainingMs: 60_000 });
      expect((await slot.read())?.token.value).toBe('T1');
    });

    test('hears of a commit, a rejection and a lease given back through a second connection', async () => {
      const subscriber = await connected.subscriber();
      const hinted = createRedisStore(connected.client, { subscriber });
      const identity = anIdentity({ paramsKey: `hints for ${kind.name}` });
      const slot = await hinted.open(identity, () => undefined);
      const heard: number[] = [];
      let next: () => void = () => undefined;
      const listen = () =>
        slot.subscribe!((fence) => {
          heard.push(fence);
          next();
        });
      const [stop, stopSecond] = [listen(), listen()];
      const hint = () => new Promise<void>((resolve) => (next = resolve));
      // Subscribing takes a round trip, and nobody waits for it: the first hint may be lost.
      while (heard.length === 0) {
        const first = hint();
        await slot.begin(asking('a'));
        await slot.release('a');
        await Promise.race([first, new Promise((resolve) => setTimeout(resolve, 20))]);
      }
      heard.length = 0;
      const committed = hint();
      await slot.commit({ owner: 'b', fence: 100, token: aToken('T1'), remainingMs: 60_000 });
      await committed;
      const rejected = hint();
      await slot.reject('T1');
      await rejected;
      expect([...new Set(heard)]).toEqual([100]);
      stop();
      stopSecond();
    });
  });
});

describeWithRedis('a client that keeps commands until an outage is over', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  test.each(clientKinds)('cannot make a commit of $name land late', async (kind) => {
    const connected = await kind.connect(redis);
    try {
      const store = createRedisStore(connected.client);
      const slot = await store.open(anIdentity({ paramsKey: kind.name }), () => undefined);
      const { fence } = (await slot.begin(asking('leader'))) as { fence: number };
      redis.pause();
      const commit = { token: aToken('T1'), remainingMs: 60_000 };
      const late = Promise.allSettled([
        slot.commit({ ...commit, owner: 'leader', fence }),
        slot.commit({ ...commit, owner: 'alone', fence: undefined }),
      ]);
      await new Promise((resolve) => setTimeout(resolve, 1_300));
      redis.resume();
      expect((await late).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      expect(await slot.read()).toBeUndefined();
      // The lease went back all the same, and whoever is in time commits.
      const next = (await slot.begin(asking('next'))) as { kind: string; fence: number };
      expect(next.kind).toBe('lead');
      await slot.commit({ ...commit, owner: 'next', fence: next.fence });
      expect((await slot.read())?.token.value).toBe('T1');
    } finally {
      connected.close();
    }
  });
});
