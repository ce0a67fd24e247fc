import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createServer } from 'node:net';
import { performance } from 'node:perf_hooks';

import { attachBearer, createTokenSource, type TokenSource } from '../../src/index.js';
import { oauth2ClientCredentials } from '../../src/providers/index.js';
import { createRedisStore, type RedisClient } from '../../src/redis/index.js';
import { startSandbox, type Sandbox } from '../../src/testing/index.js';
import { identityOf } from '../sharing/identity-of.js';
import axios, { type AxiosInstance } from 'axios';
import { forcedMintOf } from '../token-source/hand-held.js';
import { createRunningClock, type RunningClock } from '../oauth/running-clock.js';
import { freePort } from '../processes/free-port.js';
import { tell } from '../setup/figures.js';
import { eventually } from '../setup/patience.js';
import { listening } from '../setup/loopback-server.js';
import { clientKinds, currentIoredis, isCurrent, type Connected } from './clients.js';
import { describeWithRedis, startRedis, type RedisServer } from './redis-server.js';

/** What the operations of a store may cost a flight, and what a busy machine may add to it. */
const BOUND_MS = 250;
const SLACK_MS = 2_000;

let sandbox: Sandbox<'oauth2'>;
const sources: TokenSource[] = [];
const figures: string[] = [];

beforeAll(async () => {
  sandbox = await startSandbox({ only: ['oauth2'] });
});
beforeEach(() => sandbox.reset());
// One that is left open goes on asking for its store, and keeps the process for as long.
afterEach(() => {
  for (const source of sources.splice(0)) source.close();
});
afterAll(async () => {
  await sandbox.close();
  tell(figures);
});

interface App {
  readonly source: TokenSource;
  readonly http: AxiosInstance;
  readonly clock: RunningClock;
  readonly told: string[];
  /** Draws a 401 for the token in hand, and tells how long the replacement took. */
  renew(): Promise<number>;
  /** Requests at once; the messages of those that failed. */
  requests(count: number): Promise<string[]>;
}

function app(client: RedisClient): App {
  const clock = createRunningClock();
  const source = createTokenSource(provider(), { store: createRedisStore(client), clock });
  sources.push(source);
  const http = axios.create({ baseURL: sandbox.oauth2.url });
  attachBearer(http, source);
  const told: string[] = [];
  for (const name of ['storeFailed', 'storeRecovered'] as const)
    source.on(name, () => void told.push(name));
  return {
    source,
    http,
    clock,
    told,
    async renew() {
      const { value } = await source.getToken();
      const answer = source.reject(value);
      const startedAt = performance.now();
      await source.getToken({ not: value });
      const tookMs = performance.now() - startedAt;
      source.replayed({ accepted: true, forcedMint: forcedMintOf(answer) });
      return tookMs;
    },
    async requests(count) {
      const outcomes = await Promise.allSettled(
        Array.from({ length: count }, () => http.get('/__sandbox/echo')),
      );
      return outcomes.flatMap((outcome) =>
        outcome.status === 'rejected' ? [(outcome.reason as Error).message] : [],
      );
    },
  };
}

function provider() {
  const { url, tokenUrl, credentials } = sandbox.oauth2;
  return oauth2ClientCredentials({ ...credentials, baseURL: url, tokenUrl });
}

/** The token that Redis has for everyone. */
async function stored(client: RedisClient): Promise<string | undefined> {
  const identity = await identityOf(provider(), sandbox.oauth2.credentials);
  const records = await createRedisStore(client).open(identity, () => undefined);
  return (await records.read())?.token.value;
}

/** No request fails; a flight waits one bound at most; and none waits once the breaker is open. */
async function expectDegraded(name: string, broken: App): Promise<void> {
  const delays: number[] = [];
  for (let n = 0; n < 8; n += 1) delays.push(await broken.renew());
  expect(await broken.requests(20)).toEqual([]);
  sandbox.oauth2.revokeTokens();
  expect(await broken.requests(20)).toEqual([]);
  expect(Math.max(...delays)).toBeLessThan(BOUND_MS + SLACK_MS);
  // Three failures open the breaker, and each flight adds one or two. Of several that wait for nothing the middle one is
  // quicker than the bound, however busy the machine.
  const [, , middle] = delays.slice(4).sort((a, b) => a - b);
  expect(middle).toBeLessThan(BOUND_MS);
  expect(broken.told).toEqual(['storeFailed']);
  figures.push(`${name}: delays of flights ${delays.map((ms) => Math.round(ms)).join(', ')} ms`);
}

describeWithRedis('a Redis in trouble', () => {
  let redis: RedisServer;
  let admin: Connected;
  const connected: Connected[] = [];
  const load = ['--enable-debug-command', 'yes', '--dbfilename', 'big.rdb'];

  beforeEach(async () => {
    redis = await startRedis(...load);
    admin = await currentIoredis.connect(redis);
  });
  const stop = async () => {
    admin.close();
    for (const connection of connected.splice(0)) connection.close();
    await redis.stop();
  };

  const slowStart = ['--key-load-delay', '2000', '--loading-process-events-interval-bytes', '1024'];
  const TROUBLES: readonly (readonly [name: string, begin: () => Promise<unknown>])[] = [
    ['was killed', () => redis.kill()],
    [
      'accepts and never answers',
      () => {
        redis.pause();
        return Promise.resolve();
      },
    ],
    ['is a read-only replica', () => admin.command('REPLICAOF', '127.0.0.1', '1')],
    ['is full', () => admin.command('CONFIG', 'SET', 'maxmemory', '1')],
    [
      'is loading its data',
      async () => {
        await admin.command('DEBUG', 'POPULATE', '20000', 'k', '100');
        await admin.command('SAVE');
        await redis.kill();
        await redis.restart(...slowStart);
      },
    ],
  ];

  describe.each(clientKinds)('with $name', (kind) => {
    test.each(isCurrent(kind) ? TROUBLES : TROUBLES.slice(0, 2))(
      'that %s costs a flight one bound at most, and no request',
      async (name, begin) => {
        try {
          const connection = await kind.connect(redis);
          connected.push(connection);
          const warm = app(connection.client);
          await warm.source.getToken();
          await begin();
          await expectDegraded(`${kind.name}, Redis ${name}`, warm);
        } finally {
          await stop();
        }
      },
    );

    test('that is killed and started again under load fails no request, and is shared again', async () => {
      try {
        const connection = await kind.connect(redis);
        connected.push(connection);
        const busy = app(connection.client);
        const failures: string[] = [];
        const busyness = { isOver: false };
        const revoke = async () => {
          sandbox.oauth2.revokeTokens();
          await sandbox.oauth2.nextTokenRequest();
          await busy.requests(5);
        };
        const underLoad = (async () => {
          while (!busyness.isOver) failures.push(...(await busy.requests(5)));
        })();
        for (let round = 0; round < 2; round += 1) {
          await redis.kill();
          await revoke();
          await redis.restart();
          await revoke();
        }
        busyness.isOver = true;
        await underLoad;
        expect(failures).toEqual([]);

        // Once the breaker lets a probe through, the token is in Redis again: this one, and not just what the client had
        // kept of an earlier outage.
        const other = await currentIoredis.connect(redis);
        connected.push(other);
        const calls = sandbox.oauth2.tokenCalls;
        await eventually(async () => {
          busy.clock.skip(5_000);
          expect(await busy.requests(1)).toEqual([]);
          return (await stored(other.client)) === (await busy.source.getToken()).value;
        });
        const neighbour = await app(other.client).source.getToken();
        expect(neighbour.value).toBe((await busy.source.getToken()).value);
        expect(sandbox.oauth2.tokenCalls).toBe(calls);
      } finally {
        await stop();
      }
    });
  });
});

describe('a Redis that was never there', () => {
  test.each(['refuses connections', 'accepts them and never answers'])(
    'and %s costs a flight one bound at most, and no request',
    async (how) => {
      const port = how.startsWith('refuses')
        ? await freePort()
        : await listening(createServer((socket) => socket.on('error', () => undefined)));
      const { Redis } = await import('ioredis');
      const { createClient } = await import('redis');
      const ioredis = new Redis({ host: '127.0.0.1', port });
      ioredis.on('error', () => undefined);
      const nodeRedis = createClient({
        socket: { host: '127.0.0.1', port, reconnectStrategy: 50 },
      });
      nodeRedis.on('error', () => undefined);
      nodeRedis.connect().catch(() => undefined);
      try {
        for (const [name, client] of [
          ['ioredis', ioredis],
          ['redis', nodeRedis],
        ] as const) {
          const broken = app(client);
          await broken.source.getToken();
          await expectDegraded(`${name}, a Redis that ${how}`, broken);
        }
      } finally {
        ioredis.disconnect();
        nodeRedis.destroy();
      }
    },
  );
});
