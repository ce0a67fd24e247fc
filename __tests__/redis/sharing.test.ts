import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';

import {
  createTokenSource,
  type Clock,
  type TokenSource,
  type TokenSourceOptions,
} from '../../src/index.js';
import { oauth2ClientCredentials } from '../../src/providers/index.js';
import { createRedisStore } from '../../src/redis/index.js';
import { startSandbox, type Sandbox } from '../../src/testing/index.js';
import { systemClock } from '../../src/platform/clock.js';
import { eventually } from '../setup/patience.js';
import { currentIoredis, scriptsRun, type Connected } from './clients.js';
import { describeWithRedis, startRedis, type RedisServer } from './redis-server.js';

describeWithRedis('token sources that share a Redis', () => {
  let redis: RedisServer;
  let admin: Connected;
  let sandbox: Sandbox<'oauth2'>;
  const ends: (() => void)[] = [];
  beforeAll(async () => {
    [redis, sandbox] = await Promise.all([startRedis(), startSandbox({ only: ['oauth2'] })]);
    admin = await currentIoredis.connect(redis);
  });
  beforeEach(async () => {
    sandbox.reset();
    await admin.command('FLUSHALL');
  });
  afterEach(() => ends.splice(0).forEach((end) => end()));
  afterAll(async () => {
    admin.close();
    await Promise.all([sandbox.close(), redis.stop()]);
  });

  /** A host of its own: its own connection, and a clock that nobody has set right. */
  async function host(
    options: TokenSourceOptions & { hints?: boolean } = {},
  ): Promise<TokenSource> {
    const { hints = false, ...rest } = options;
    const connection = await currentIoredis.connect(redis);
    const { url, tokenUrl, credentials } = sandbox.oauth2;
    const store = hints
      ? createRedisStore(connection.client, { subscriber: await connection.subscriber() })
      : createRedisStore(connection.client);
    const provider = oauth2ClientCredentials({ ...credentials, baseURL: url, tokenUrl });
    const source = createTokenSource(provider, { store, ...rest });
    ends.push(connection.close, () => source.close());
    return source;
  }

  test('a refresh costs the process that mints two commands, with hints too, whose own it ignores', async () => {
    const source = await host({ hints: true });
    let { value } = await source.getToken();
    await eventually(async () => String(await admin.command('PUBSUB', 'CHANNELS', '*')) !== '');
    await scriptsRun(admin);
    for (let round = 1; round <= 3; round += 1) {
      source.reject(value);
      const next = await source.getToken({ not: value });
      value = next.value;
    }
    // Hints come over another connection: long enough for one that was heeded to show.
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await scriptsRun(admin)).toBe(6);
    expect(sandbox.oauth2.tokenCalls).toBe(4);
  });

  test('hosts whose clocks are ten minutes apart share one token and see the same life', async () => {
    const sources = await Promise.all(
      [0, 600_000, -600_000].map((apartMs) => host({ clock: clockApart(apartMs) })),
    );
    const tokens: string[] = [];
    for (const source of sources) tokens.push((await source.getToken()).value);
    expect(new Set(tokens).size).toBe(1);
    for (const source of sources) {
      const leftMs = source.timeToExpiryMs()!;
      expect(leftMs).toBeGreaterThan(3_590_000);
      expect(leftMs).toBeLessThanOrEqual(3_600_000);
    }
    sandbox.oauth2.revokeTokens();
    const replaced = await Promise.all(
      sources.map(async (source) => {
        source.reject(tokens[0]!);
        return (await source.getToken({ not: tokens[0] })).value;
      }),
    );
    expect(new Set(replaced).size).toBe(1);
    expect(sandbox.oauth2.tokenCalls).toBe(2);
  });

  test('with hints a new token is taken up everywhere as soon as it is there', async () => {
    const [first, second] = [await host({ hints: true }), await host({ hints: true })];
    const { value } = await first.getToken();
    await second.getToken();
    await listening(2);
    const adopted = new Promise<void>((resolve) => {
      second.on('refreshed', ({ from }) => {
        if (from === 'store') resolve();
      });
    });
    first.reject(value);
    const next = await first.getToken({ not: value });
    await adopted;
    expect(second.peek()?.value).toBe(next.value);
  });

  test('with hints, a process that waits for another host learns at once that the token is there', async () => {
    const [first, second] = [await host({ hints: true }), await host({ hints: true })];
    const held = sandbox.oauth2.tokenEndpoint.holdNext();
    const leading = first.getToken();
    await held.arrived;
    const waiting = second.getToken();
    await listening(2);
    held.release();
    expect((await waiting).value).toBe((await leading).value);
    expect(sandbox.oauth2.tokenCalls).toBe(1);
  });

  test('a source that is closed leaves no subscription behind', async () => {
    const source = await host({ hints: true });
    await source.getToken();
    await listening(1);
    source.close();
    await listening(0);
    expect(await subscriptions()).toBe(0);
  });

  const listening = (count: number) => eventually(async () => (await subscriptions()) === count);

  /** How many connections listen. */
  async function subscriptions(): Promise<number> {
    const channels = (await admin.command('PUBSUB', 'CHANNELS')) as string[];
    if (channels[0] === undefined) return 0;
    const [, listening] = (await admin.command('PUBSUB', 'NUMSUB', channels[0])) as [
      string,
      number,
    ];
    return listening;
  }
});

function clockApart(apartMs: number): Clock {
  return {
    now: () => systemClock.now() + apartMs,
    monotonic: () => systemClock.monotonic() + Math.abs(apartMs),
    schedule: (callback, delayMs, options) => systemClock.schedule(callback, delayMs, options),
  };
}
