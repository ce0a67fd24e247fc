import { describe, expect, test } from '@jest/globals';
import { Redis as UpstashRedis } from '@upstash/redis';
import { GlideClient, GlideClusterClient } from '@valkey/valkey-glide';
import { Cluster, Redis } from 'ioredis';
import { Valkey } from 'iovalkey';
import { createClient, createCluster, createSentinel } from 'redis';
import { inspect } from 'node:util';

import { createTokenSource } from '../../src/index.js';
import { createRedisStore, type RedisStoreOptions } from '../../src/redis/index.js';
import { misconfiguration } from '../providers/conversation.js';
import { aToken, anIdentity, asking } from '../store/slots.js';
import { acme } from '../token-source/hand-held.js';

const here = { host: '127.0.0.1', port: 1, lazyConnect: true };
const storeKey = 'k'.repeat(32);

test('accepts the clients of all packages as they are, with their own types', () => {
  const ioredis = new Redis(here);
  const nodeRedis = createClient({ socket: here });
  const iovalkey = new Valkey(here);
  const cluster = new Cluster([here], { lazyConnect: true });
  const stores = [
    createRedisStore(ioredis),
    createRedisStore(ioredis, { subscriber: ioredis.duplicate() }),
    createRedisStore(cluster),
    createRedisStore(nodeRedis),
    createRedisStore(nodeRedis, { subscriber: nodeRedis.duplicate() }),
    createRedisStore(createCluster({ rootNodes: [{ socket: here }] })),
    createRedisStore(createSentinel({ name: 'fleet', sentinelRootNodes: [here] })),
    createRedisStore(iovalkey, { subscriber: iovalkey.duplicate() }),
    createRedisStore(new UpstashRedis({ url: 'http://127.0.0.1:1', token: 'x' })),
    createRedisStore(Object.create(GlideClient.prototype) as GlideClient),
    createRedisStore(Object.create(GlideClusterClient.prototype) as GlideClusterClient),
  ];
  expect(stores).toHaveLength(11);
  expect(ioredis.status).toBe('wait');
  expect(nodeRedis.isOpen).toBe(false);
});

test.each([undefined, null, 'redis://localhost', { eval: () => 0 }, { evalsha: 1, eval: 1 }])(
  'refuses %p as a client',
  (client) => {
    const { option, message } = misconfiguration(() => createRedisStore(client as never));
    expect(option).toBe('client');
    expect(message).toContain('createClient()');
    for (const name of ['redis (node-redis)', 'ioredis', 'iovalkey', 'valkey-glide', 'upstash'])
      expect(message).toContain(name);
  },
);

test.each<[string, RedisStoreOptions, string]>([
  ['a short store key', { storeKey: 'too-short-to-be-safe' }, 'storeKey'],
  ['short bytes', { storeKey: new Uint8Array(31) }, 'storeKey'],
  ['a store key that is none', { storeKey: 5 as never }, 'storeKey'],
  ['no store key in the list', { storeKey: [] }, 'storeKey'],
  ['one short store key of several', { storeKey: [storeKey, 'short'] }, 'storeKey[1]'],
  ['a store key twice', { storeKey: [storeKey, Buffer.from(storeKey)] }, 'storeKey'],
  ['an option that is not known', { prefix: 'app' } as never, 'options.prefix'],
  ['an empty prefix', { keyPrefix: '' }, 'options.keyPrefix'],
  ['a prefix that changes the hash tag', { keyPrefix: 'a{b}' }, 'options.keyPrefix'],
  ['a prefix that is none', { keyPrefix: 7 as never }, 'options.keyPrefix'],
  ['a subscriber that is none', { subscriber: {} as never }, 'options.subscriber'],
  [
    'a subscriber over HTTP',
    { subscriber: new UpstashRedis({ url: 'http://127.0.0.1:1', token: 'x' }) as never },
    'options.subscriber',
  ],
])('refuses %s', (_, options, named) => {
  const error = misconfiguration(() => createRedisStore(new Redis(here), options));
  expect(error.option).toBe(named);
  expect(error.message).not.toContain('too-short-to-be-safe');
});

test('refuses a cacheIdentity without a store key when the token source is created', () => {
  const store = createRedisStore(new Redis(here));
  const error = misconfiguration(() =>
    createTokenSource(acme(), { store, cacheIdentity: 'fleet' }),
  );
  expect(error.option).toBe('options.cacheIdentity');
  const keyed = createRedisStore(new Redis(here), { storeKey });
  expect(createTokenSource(acme(), { store: keyed, cacheIdentity: 'fleet' })).toBeDefined();
});

test('does not keep the bytes of the caller, who may wipe them', async () => {
  const key = new Uint8Array(32).fill(1);
  const answers: string[][] = [];
  const client = {
    evalsha: (_sha: string, _count: number, ...args: string[]) => {
      answers.push(args);
      return Promise.resolve(['committed']);
    },
    eval: () => Promise.reject(new Error('not needed')),
  };
  const store = createRedisStore(client, { storeKey: key });
  const sealed = async () => {
    const slot = await store.open(anIdentity(), () => undefined);
    await slot.commit({ owner: 'a', fence: 1, token: aToken('T1'), remainingMs: 1_000 });
    return answers.at(-1)!.at(-2)!.split('.')[0];
  };
  const before = await sealed();
  key.fill(0);
  expect(await sealed()).toBe(before);
});

test('shows neither key nor secret when inspected', async () => {
  const client = { evalsha: () => Promise.resolve(['none']), eval: () => Promise.resolve([]) };
  const store = createRedisStore(client, { storeKey });
  const slot = await store.open(anIdentity(), () => undefined);
  const shown = [store, slot].map((it) => inspect(it, { depth: 9, showHidden: true })).join();
  expect(shown).not.toContain(storeKey);
  expect(shown).not.toContain('a secret');
});

describe('an answer of the wrong kind', () => {
  test.each<[string, unknown]>([
    ['no list', 'OK'],
    ['a list of numbers', [1]],
    ['an unknown word', ['what']],
  ])('%s is a failure of the store', async (_, answer) => {
    const client = { evalsha: () => Promise.resolve(answer), eval: () => Promise.resolve(answer) };
    const slot = await createRedisStore(client).open(anIdentity(), () => undefined);
    await expect(slot.begin(asking('a'))).rejects.toThrow();
  });

  test('buffers, which some client settings return, are as good as text', async () => {
    const answer = ['held', '250'].map((text) => Buffer.from(text));
    const client = { evalsha: () => Promise.resolve(answer), eval: () => Promise.resolve(answer) };
    const slot = await createRedisStore(client).open(anIdentity(), () => undefined);
    expect(await slot.begin(asking('a'))).toEqual({ kind: 'held', remainingMs: 250 });
  });
});
