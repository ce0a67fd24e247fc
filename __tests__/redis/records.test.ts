import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { createTokenSource } from '../../src/index.js';
import type { SharedStore, TokenIdentity, TokenStoreSlot } from '../../src/store/index.js';
import { oauth2ClientCredentials } from '../../src/providers/index.js';
import { createRedisStore, type RedisStoreOptions } from '../../src/redis/index.js';
import { startSandbox, storeContractChecks } from '../../src/testing/index.js';
import { eventually } from '../setup/patience.js';
import { aToken, anIdentity, asking } from '../store/slots.js';
import { describeWithRedis, startRedis, type RedisServer } from './redis-server.js';

describeWithRedis('what is in Redis', () => {
  let server: RedisServer;
  let redis: Redis;
  let reports: string[];
  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(server);
  });
  beforeEach(async () => {
    await redis.flushall();
    reports = [];
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });

  /** A store for each set of options: a new one would derive the keys of the credentials again, which is slow on purpose. */
  const stores = new Map<string, SharedStore>();

  function storeWith(options: RedisStoreOptions): SharedStore {
    const key = JSON.stringify(options);
    const store = stores.get(key) ?? createRedisStore(redis, options);
    stores.set(key, store);
    return store;
  }

  const open = async (
    changes: Partial<TokenIdentity> = {},
    options: RedisStoreOptions = {},
  ): Promise<TokenStoreSlot> =>
    storeWith(options).open(anIdentity(changes), (problem) => reports.push(problem));

  const commit = (slot: TokenStoreSlot, value: string, fence?: number) =>
    slot.commit({ owner: 'a', fence, token: aToken(value), remainingMs: 60_000 });

  const keyOf = async (suffix: string) => {
    const [key] = await redis.keys(`*:${suffix}`);
    if (key === undefined) throw new Error(`there is no key ${suffix}`);
    return key;
  };

  test('every key lies in one slot and ends by itself', async () => {
    const slot = await open();
    await slot.begin(asking('a'));
    const failure = { cause: 'credentials', code: 'C', retryable: false, failures: 1 } as const;
    await slot.fail({ owner: 'a', failure, coolMs: 5_000 });
    await slot.begin(asking('b'));
    await slot.clear();
    await slot.begin(asking('b'));
    await commit(slot, 'T1');
    const keys = (await redis.keys('*')).sort();
    const tag = /^\{axios-bearer:[\w-]{22}\}/.exec(keys[0]!)![0];
    expect(keys).toEqual([`${tag}:gen`, `${tag}:lk`, `${tag}:tok`]);
    for (const key of keys) expect(await redis.pttl(key)).toBeGreaterThan(0);
  });

  test('a whole run leaves no token, secret, client id or URL in Redis, nor sends one there', async () => {
    const sandbox = await startSandbox({ only: ['oauth2'] });
    const monitor = await redis.monitor();
    const sent: string[] = [];
    monitor.on('monitor', (_time: string, args: string[]) => sent.push(args.join(' ')));
    try {
      const { url, tokenUrl, credentials, tokenEndpoint } = sandbox.oauth2;
      const source = createTokenSource(
        oauth2ClientCredentials({
          ...credentials,
          baseURL: url,
          tokenUrl,
          scope: 'a-scope-of-ours',
        }),
        { store: createRedisStore(redis), maxAttempts: 1 },
      );
      const { value } = await source.getToken();
      source.reject(value);
      await source.getToken({ not: value });
      await source.getToken({ params: { audience: 'an-audience-of-ours' } });
      tokenEndpoint.fail({
        status: 400,
        body: { error: 'invalid_client', error_description: `no ${credentials.clientSecret}` },
      });
      await source.getToken({ params: { audience: 'refused' } }).catch(() => undefined);
      const keys = await redis.keys('*');
      expect(keys.filter((key) => key.endsWith(':tok'))).toHaveLength(2);
      expect(keys.filter((key) => key.endsWith(':neg'))).toHaveLength(1);

      const dump = await Promise.all(keys.map(async (key) => [key, await contentOf(key)]));
      const everything = JSON.stringify(dump) + sent.join('\n');
      const secrets = [
        ...sandbox.oauth2.issuedTokens,
        credentials.clientId,
        credentials.clientSecret,
        new URL(tokenUrl).host,
        'a-scope-of-ours',
        'an-audience-of-ours',
        'error_description',
      ];
      for (const secret of secrets) {
        for (const form of [
          secret,
          encodeURIComponent(secret),
          ...(['base64', 'base64url', 'hex'] as const).map((encoding) =>
            Buffer.from(secret).toString(encoding).replace(/=+$/, ''),
          ),
        ])
          expect(everything).not.toContain(form);
      }
      source.close();
    } finally {
      monitor.disconnect();
      await sandbox.close();
    }

    async function contentOf(key: string): Promise<unknown> {
      return (await redis.type(key)) === 'hash' ? redis.hgetall(key) : redis.get(key);
    }
  });

  describe('a record that does not belong there reads as absent, is reported, and is overwritten', () => {
    const OTHER = { paramsKey: 'other' };

    async function expectMissThenHealed(slot: TokenStoreSlot): Promise<void> {
      const answer = await slot.begin(asking('next'));
      if (answer.kind !== 'lead') throw new Error(answer.kind);
      expect(await slot.read()).toBeUndefined();
      expect(reports.length).toBeGreaterThan(0);
      expect(new Set(reports).size).toBe(1);
      await slot.commit({
        owner: 'next',
        fence: answer.fence,
        token: aToken('T-healed'),
        remainingMs: 60_000,
      });
      expect((await slot.read())?.token.value).toBe('T-healed');
      expect((await slot.begin(asking('another'))).kind).toBe('token');
    }

    test('copied from another identity', async () => {
      await commit(await open(OTHER), 'T-other');
      const from = await keyOf('tok');
      const slot = await open();
      await commit(slot, 'T1');
      const to = (await redis.keys('*:tok')).find((key) => key !== from)!;
      await redis.del(to);
      await redis.call('COPY', from, to);
      await expectMissThenHealed(slot);
    });

    test('replayed as a newer one', async () => {
      const slot = await open();
      await commit(slot, 'T-old');
      const key = await keyOf('tok');
      const old = await redis.hget(key, 'p');
      await commit(slot, 'T-new');
      await redis.hset(key, { p: old!, f: '99' });
      await expectMissThenHealed(slot);
    });

    test.each([
      [
        'with one letter changed',
        (payload: string) =>
          payload.replace(/.\.(?=[^.]*$)/, (end) => (end.startsWith('A') ? 'B.' : 'A.')),
      ],
      ['with a short tag', (payload: string) => payload.replace(/[^.]+$/, 'AAAA')],
      ['of another format', () => '{"token":"T1"}'],
      ['of an unknown key', (payload: string) => payload.replace(/^[^.]+/, 'AAAAAAAA')],
    ])('%s', async (_, change) => {
      const slot = await open();
      await commit(slot, 'T1');
      const key = await keyOf('tok');
      await redis.hset(key, 'p', change((await redis.hget(key, 'p'))!));
      await expectMissThenHealed(slot);
    });

    test('written under another store key', async () => {
      await commit(await open({}, { storeKey: 'a'.repeat(32) }), 'T1');
      await expectMissThenHealed(await open({}, { storeKey: 'b'.repeat(32) }));
    });
  });

  test('a record of another version of the library reads as absent, and does no harm', async () => {
    const slot = await open();
    await commit(slot, 'T1');
    const key = await keyOf('tok');
    await redis.hset(key, { v: '2', f: '41', something: 'new' });
    const answer = await slot.begin(asking('b'));
    expect(answer).toMatchObject({ kind: 'lead', fence: 42 });
    await commit(slot, 'T2', 42);
    expect((await slot.read())?.token.value).toBe('T2');
  });

  test.each(['tok', 'lk', 'gen', 'neg'])(
    'a key %s of a foreign type does no harm',
    async (name) => {
      const slot = await open();
      await slot.begin(asking('a'));
      await commit(slot, 'T1');
      await redis.hset((await keyOf('tok')).replace(/:tok$/, ':neg'), 'c', 'transient');
      await slot.begin(asking('b', { inHand: { value: 'T1', rejected: false } }));
      const key = await keyOf(name);
      await redis.del(key);
      await redis.rpush(key, 'garbage');
      await redis.pexpire(key, 100);
      if (name === 'lk') {
        await redis.pexpire(key, 1);
        await eventually(async () => (await redis.exists(key)) === 0);
      } else await slot.release('b');
      const inHand = { value: 'T1', rejected: true };
      const answer = await slot.begin(asking('c', { inHand }));
      expect(answer.kind).toBe('lead');
      expect((await commit(slot, 'T2', (answer as { fence: number }).fence)).kind).toBe(
        'committed',
      );
      expect((await slot.read())?.token.value).toBe('T2');
      await slot.clear();
      await slot.release('c');
    },
  );

  test('a lease without an end gets one', async () => {
    const slot = await open();
    await slot.begin(asking('a'));
    await redis.persist(await keyOf('lk'));
    const answer = await slot.begin(asking('b', { leaseMs: 500 }));
    expect(answer).toEqual({ kind: 'held', remainingMs: 500 });
    expect(await redis.pttl(await keyOf('lk'))).toBeGreaterThan(0);
  });

  test('a lease key of a foreign type is never renewed, and one without an end gets one from its owner', async () => {
    const slot = await open();
    const renew = (owner: string) => slot.renew({ owner, leaseMs: 3_000 });
    await slot.begin(asking('a'));
    const key = await keyOf('lk');
    await redis.persist(key);
    expect(await renew('a')).toBe(true);
    expect(await redis.pttl(key)).toBeGreaterThan(2_000);
    await redis.del(key);
    await redis.rpush(key, 'a');
    expect(await renew('a')).toBe(false);
    expect(await redis.type(key)).toBe('list');
  });

  test.each([
    ['of a foreign type', (key: string) => redis.del(key).then(() => redis.rpush(key, 'garbage'))],
    ['without an end', (key: string) => redis.persist(key)],
    ['with a memory beyond all reason', (key: string) => redis.hset(key, 'm', '1e300')],
    ['with a memory that is no number', (key: string) => redis.hset(key, 'm', 'garbage')],
    ['without a count', (key: string) => redis.hdel(key, 'n')],
  ])('a record of rejected credentials %s is overwritten by the next failure', async (_, harm) => {
    const slot = await open();
    const refused = { cause: 'credentials', code: 'C', retryable: false, failures: 4 } as const;
    await slot.begin(asking('a'));
    await slot.fail({ owner: 'a', failure: refused, coolMs: 400 });
    await new Promise((resolve) => setTimeout(resolve, 410)); // Remembered for another 800 ms.
    await slot.begin(asking('a'));
    await harm(await keyOf('neg'));
    const limited = { cause: 'server-set', code: 'L', retryable: true, failures: 1 } as const;
    await slot.fail({ owner: 'a', failure: limited, coolMs: 60_000 });
    const answer = await slot.begin(asking('b'));
    expect(answer).toMatchObject({ kind: 'cooling', failure: limited });
  });

  test.each([
    ['was lost', (key: string) => redis.del(key)],
    ['is no number', (key: string) => redis.set(key, 'garbage')],
    ['is beyond all reason', (key: string) => redis.set(key, '9007199254740993')],
  ])('fences go on rising when their counter %s', async (_, harm) => {
    const slot = await open();
    for (let n = 0; n < 5; n += 1) await commit(slot, `T${n}`);
    const before = (await slot.read())!.fence;
    await harm(await keyOf('gen'));
    expect(await commit(slot, 'T-new')).toEqual({ kind: 'committed', fence: before + 1 });
  });

  test('a fence that is beyond all reason blocks no commit', async () => {
    const slot = await open();
    await commit(slot, 'T1');
    await redis.hset(await keyOf('tok'), 'f', '9'.repeat(30));
    expect((await commit(slot, 'T2')).kind).toBe('committed');
    expect((await slot.read())?.token.value).toBe('T2');
  });

  test('an empty Redis is a plain miss', async () => {
    const slot = await open();
    await commit(slot, 'T1');
    await redis.flushall();
    expect((await slot.begin(asking('a'))).kind).toBe('lead');
    expect(reports).toEqual([]);
  });

  test('a store key is rotated in three steps, and all steps share one token', async () => {
    const [old, fresh] = ['o'.repeat(40), 'f'.repeat(40)];
    const first = await open({}, { storeKey: old });
    const second = await open({}, { storeKey: [old, fresh] });
    const third = await open({}, { storeKey: [fresh, old] });
    const last = await open({}, { storeKey: fresh });

    await commit(first, 'T1');
    expect((await second.read())?.token.value).toBe('T1');
    await commit(second, 'T2');
    expect((await first.read())?.token.value).toBe('T2');
    expect((await third.read())?.token.value).toBe('T2');
    await commit(third, 'T3');
    expect((await second.read())?.token.value).toBe('T3');
    expect((await last.read())?.token.value).toBe('T3');
    expect(reports).toEqual([]);
    expect(await redis.keys('*:tok')).toHaveLength(1);
  });

  test('a prefix of the connection and one of the store stand before all names', async () => {
    const prefixed = new Redis({ ...server, keyPrefix: 'app:' });
    const slot = await createRedisStore(prefixed, { keyPrefix: 'tokens' }).open(
      anIdentity(),
      () => undefined,
    );
    await slot.begin(asking('a'));
    await commit(slot, 'T1');
    expect((await slot.read())?.token.value).toBe('T1');
    for (const key of await redis.keys('*')) expect(key).toMatch(/^app:\{tokens:/);
    prefixed.disconnect();
  });

  test('a Redis that is full keeps the token that it has', async () => {
    const slot = await open();
    await commit(slot, 'T1');
    const fence = 50;
    await redis.config('SET', 'maxmemory', '1');
    try {
      await expect(commit(slot, 'T2', fence)).rejects.toThrow('OOM');
      expect((await slot.read())?.token.value).toBe('T1');
    } finally {
      await redis.config('SET', 'maxmemory', '0');
    }
  });

  test('a user with the rights that the documentation names can do everything', async () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/shared-store.md'), 'utf8');
    const sentence = /An access list for Redis must allow([^.]+)\./.exec(page)![1]!;
    const words = [...sentence.matchAll(/`(\w+)`/g)].map(([, word]) => `+${word!}`);
    // What the client itself needs to come up.
    const own = ['+info', '+client', '+hello'];
    const names = ['~{axios-bearer:*', '&{axios-bearer:*'];
    await redis.call('ACL', 'SETUSER', 'scant', 'on', '>word', ...names, '-@all', ...words, ...own);
    const scant = new Redis({ ...server, username: 'scant', password: 'word' });
    const subscriber = scant.duplicate();
    try {
      await redis.call('SCRIPT', 'FLUSH');
      const store = createRedisStore(scant, { subscriber });
      for (const check of storeContractChecks)
        await check.run({ store }).catch((cause: unknown) => {
          throw new Error(check.name, { cause });
        });
      expect(words.length).toBeGreaterThan(8);
    } finally {
      scant.disconnect();
      subscriber.disconnect();
    }
  });

  test('a user who may not publish loses the hints and nothing else', async () => {
    await redis.call('ACL', 'SETUSER', 'mute', 'on', '>word', '~*', '+@all', '-publish');
    const mute = new Redis({ ...server, username: 'mute', password: 'word' });
    const slot = await createRedisStore(mute).open(anIdentity(), () => undefined);
    await slot.begin(asking('a'));
    expect((await commit(slot, 'T1')).kind).toBe('committed');
    await slot.reject('T1');
    expect(await slot.read()).toBeUndefined();
    mute.disconnect();
  });
});
