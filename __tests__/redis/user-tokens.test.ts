import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { childFleet, type ChildFleet, type ChildMember } from '../processes/child-fleet.js';
import { describeWithRedis, startRedis, type RedisServer } from './redis-server.js';
import { tell } from '../setup/figures.js';
import {
  CLIENT,
  LIFE_SECONDS,
  startRotatingServer,
  type RotatingServer,
} from '../oauth/user-tokens/rotating-server.js';
import type { UserProcessSettings } from '../oauth/user-tokens/user-process.js';

const figures: string[] = [];

describeWithRedis(
  'five processes, and an authorization server that replaces refresh tokens',
  () => {
    let redis: RedisServer;
    let fleet: ChildFleet<UserProcessSettings>;
    let server: RotatingServer;
    const storeKey = randomBytes(32).toString('base64');
    beforeAll(async () => {
      [redis, fleet] = await Promise.all([
        startRedis(),
        childFleet<UserProcessSettings>(
          join(import.meta.dirname, '../oauth/user-tokens/user-process.ts'),
        ),
      ]);
    });
    beforeEach(async () => {
      server = await startRotatingServer();
      server.rows.set('u1', await server.login('u1'));
    });
    afterEach(() => fleet.killAll());
    afterAll(async () => {
      await Promise.all([fleet.close(), redis.stop()]);
      tell(figures);
    });

    const start = () =>
      fleet.startMany(5, {
        url: server.url,
        client: CLIENT,
        redisPort: redis.port,
        storeKey,
        user: 'u1',
      });

    async function allRequest(members: readonly ChildMember[], count: number): Promise<string[]> {
      const reports = await Promise.all(members.map((member) => member.requests(count)));
      return reports.flatMap(({ failures }) => [...failures]);
    }

    const untilExpiry = () =>
      new Promise((resolve) => setTimeout(resolve, LIFE_SECONDS * 1_000 + 100));

    /** A token serves for nine tenths of its life, however slow a busy machine is. */
    const mostSince = (startedAt: number) =>
      1 + Math.floor((performance.now() - startedAt) / (LIFE_SECONDS * 900));

    function expectRefreshes(least: number, startedAt: number, ofTheDead = 0): void {
      const count = server.refreshes.length - ofTheDead;
      expect(count).toBeGreaterThanOrEqual(least);
      expect(count).toBeLessThanOrEqual(mostSince(startedAt));
    }

    test('make 500 requests for one user over ten rotations: none fails, and no refresh token comes twice', async () => {
      const members = await start();
      const startedAt = performance.now();
      for (let rotation = 1; rotation <= 10; rotation += 1) {
        expect(await allRequest(members, 10)).toEqual([]);
        expectRefreshes(rotation, startedAt);
        await untilExpiry();
      }
      expect(server.refusals).toEqual([]);
      figures.push(
        `5 processes, 1 user, 500 requests: ${server.refreshes.length} refreshes, 0 failures, 0 reuses`,
      );
    });

    test('lose nothing when one is killed with -9 between the answer and the save', async () => {
      const [leader, ...others] = await start();
      const before = server.rows.get('u1');
      const save = server.holdNextSave('u1');
      void leader!.requests(1).catch(() => undefined);
      await save.arrived;
      await leader!.kill();
      save.release();
      expect(server.rows.get('u1')).toBe(before);

      const startedAt = performance.now();
      expect(await allRequest(others, 10)).toEqual([]);
      expect(server.refusals).toEqual([]);
      expectRefreshes(1, startedAt, 1);
      expect(server.rows.get('u1')).not.toBe(before);
      await untilExpiry();
      expect(await allRequest(others, 10)).toEqual([]);
      expectRefreshes(2, startedAt, 1);
      expect(server.refusals).toEqual([]);
    });

    test('lose the login of the user when one is killed before it reads the answer: a typed error says so, after one call', async () => {
      const [leader, ...others] = await start();
      const answer = server.holdNextAnswer();
      void leader!.requests(1).catch(() => undefined);
      await answer.arrived;
      await leader!.kill();
      answer.release();

      const failures = await allRequest(others, 10);
      expect(failures).toEqual(Array(40).fill('ERR_LOGIN_REQUIRED'));
      expect(await allRequest(others, 10)).toEqual(Array(40).fill('ERR_LOGIN_REQUIRED'));
      expect(server.refusals).toEqual(['refresh token already used']);

      server.rows.set('u1', await server.login('u1'));
      expect(await allRequest(others, 10)).toEqual([]);
    });
  },
);
