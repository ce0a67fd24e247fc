import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { performance } from 'node:perf_hooks';

import { startSandbox, type Sandbox } from '../../src/testing/index.js';
import { childFleet, type ChildFleet, type ChildMember } from '../processes/child-fleet.js';
import type { MemberReport, MemberSettings } from '../processes/fleet-messages.js';
import { tell } from '../setup/figures.js';
import { eventually } from '../setup/patience.js';
import { currentIoredis, scriptsRun, type Connected } from './clients.js';
import { describeWithRedis, startRedis, type RedisServer } from './redis-server.js';

/** What a fleet costs its provider and its Redis. */
const figures: string[] = [];

describeWithRedis('a fleet of real processes', () => {
  let redis: RedisServer;
  let admin: Connected;
  let sandbox: Sandbox<'oauth2'>;
  let fleet: ChildFleet;
  beforeAll(async () => {
    [redis, sandbox, fleet] = await Promise.all([
      startRedis(),
      startSandbox({ only: ['oauth2'] }),
      childFleet(),
    ]);
    admin = await currentIoredis.connect(redis);
  });
  beforeEach(async () => {
    sandbox.reset();
    await admin.command('FLUSHALL');
  });
  afterEach(() => fleet.killAll());
  afterAll(async () => {
    admin.close();
    await Promise.all([fleet.close(), sandbox.close(), redis.stop()]);
    tell(figures);
  });

  function settings(changes: Partial<MemberSettings> = {}): MemberSettings {
    const { url, tokenUrl, credentials } = sandbox.oauth2;
    const { clientId, clientSecret } = credentials;
    return {
      url,
      tokenUrl,
      credentials: { clientId, clientSecret },
      client: 'ioredis',
      redisPort: redis.port,
      isPatient: true,
      ...changes,
    };
  }

  async function allRequest(members: readonly ChildMember[], count: number) {
    const reports = await Promise.all(members.map((member) => member.requests(count)));
    return { failures: reports.flatMap(({ failures }) => failures), reports };
  }

  const failuresOf = (reports: readonly MemberReport[]) =>
    reports.flatMap(({ failures }) => failures);

  test.each(['ioredis', 'redis'] as const)(
    '8 processes with %s make 50 requests each: one token call cold, one after a revocation, one after expiry',
    async (client) => {
      const members = await fleet.startMany(8, settings({ client }));
      await scriptsRun(admin);
      const cold = await allRequest(members, 50);
      expect(cold.failures).toEqual([]);
      expect(sandbox.oauth2.tokenCalls).toBe(1);
      const coldCommands = await scriptsRun(admin);

      const warm = await allRequest(members, 20);
      expect(warm.failures).toEqual([]);
      expect(await scriptsRun(admin)).toBe(0);

      const loaded = Promise.all(members.map((member) => member.startLoad()));
      await loaded;
      sandbox.oauth2.revokeTokens();
      await sandbox.oauth2.nextTokenRequest();
      await allRequest(members, 50);
      const revoked = await Promise.all(members.map((member) => member.stopLoad()));
      expect(failuresOf(revoked)).toEqual([]);
      expect(sandbox.oauth2.tokenCalls).toBe(2);
      const revokedCommands = await scriptsRun(admin);

      sandbox.oauth2.expireTokens();
      const expired = await allRequest(members, 50);
      expect(expired.failures).toEqual([]);
      expect(sandbox.oauth2.tokenCalls).toBe(3);

      const started = await fleet.start(settings({ client }));
      await scriptsRun(admin);
      const late = await started.requests(50);
      expect(late.failures).toEqual([]);
      expect(await scriptsRun(admin)).toBe(1);
      expect(sandbox.oauth2.tokenCalls).toBe(3);
      figures.push(
        `8 x 50 with ${client}: token calls 1 cold, +1 revoked under load (${sum(revoked)} requests), +1 expired; failures 0`,
        `  scripts run: ${coldCommands} cold by 8 processes, 0 warm, ${revokedCommands} for the revocation, 1 by a late process`,
      );
    },
  );

  test('tokens that run out by themselves are renewed once for all, and no request waits for it', async () => {
    const lifeMs = 4_000;
    sandbox.oauth2.issueTokensLiving(lifeMs / 1_000);
    const members = await fleet.startMany(4, settings());
    const startedAt = performance.now();
    await Promise.all(members.map((member) => member.startLoad()));
    await eventually(() => sandbox.oauth2.tokenCalls >= 3);
    const tookMs = performance.now() - startedAt;
    expect(sandbox.oauth2.tokenCalls).toBe(3);
    const reports = await Promise.all(members.map((member) => member.stopLoad()));
    const stoppedAfterMs = performance.now() - startedAt;
    expect(failuresOf(reports)).toEqual([]);
    // A life is renewed in its second half at the earliest: had any process minted for itself, the third call would have
    // come sooner. On a busy machine the load may take so long to stop that a fourth one comes.
    expect(tookMs).toBeGreaterThan(lifeMs);
    expect(sandbox.oauth2.tokenCalls - 1).toBeLessThanOrEqual(stoppedAfterMs / (lifeMs / 2));
    figures.push(
      `4 processes over 2 lives of 4 s: ${sum(reports)} requests, ${sandbox.oauth2.tokenCalls} token calls, failures 0`,
    );
  });

  test('when the leader is killed in the middle of a mint, the others are served within 4 s', async () => {
    const [leader, ...others] = await fleet.startMany(3, settings());
    const held = sandbox.oauth2.tokenEndpoint.holdNext();
    void leader!.requests(1).catch(() => undefined);
    await held.arrived;
    const waiting = allRequest(others, 20);
    // Long enough for the lease to have been renewed: a lease that is renewed ends as soon as any other.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await leader!.kill();
    const killedAt = performance.now();
    const { failures } = await waiting;
    const tookMs = performance.now() - killedAt;
    held.release();
    expect(failures).toEqual([]);
    expect(tookMs).toBeLessThan(4_000);
    expect(sandbox.oauth2.tokenCalls).toBe(2);
    figures.push(`leader killed with -9: the others were served after ${Math.round(tookMs)} ms`);
  });

  test('a leader paused past its lease neither overwrites the newer token nor frees the lease of another', async () => {
    const [late, second, third] = await fleet.startMany(3, settings({ flightTimeoutMs: 1_000 }));
    const first = sandbox.oauth2.tokenEndpoint.holdNext();
    const lateRequest = late!.requests(1);
    await first.arrived;
    late!.pause();
    // Its lease runs out, and the second process leads.
    const secondMint = sandbox.oauth2.tokenEndpoint.holdNext();
    const secondRequest = second!.requests(1);
    await secondMint.arrived;
    const lockBefore = await lock();
    first.release();
    late!.resume();
    await late!.requests(0); // It answers, so it goes on.
    expect(await lock()).toBe(lockBefore);
    secondMint.release();
    expect((await secondRequest).failures).toEqual([]);
    await lateRequest;
    // Whoever comes now gets the token of the second process.
    const { failures } = await allRequest([late!, third!], 5);
    expect(failures).toEqual([]);
    const newest = sandbox.oauth2.issuedTokens.at(-1);
    expect(sandbox.oauth2.requests.at(-1)?.token).toBe(newest);
    expect(sandbox.oauth2.tokenCalls).toBe(2);

    async function lock(): Promise<unknown> {
      const [key] = (await admin.command('KEYS', '*:lk')) as string[];
      return key === undefined ? undefined : admin.command('GET', key);
    }
  });

  test('one active token only, 4 processes, restarts at random: no caller sees a 401, and no mint is wasted', async () => {
    sandbox.oauth2.allowOneActiveToken();
    const single = settings({ singleActiveToken: true, client: 'redis' });
    const members = await fleet.startMany(4, single);
    await Promise.all(members.map((member) => member.startLoad()));
    const reports: MemberReport[] = [];
    const restart = async (index: number) => {
      reports.push(await members[index]!.stopLoad());
      await members[index]!.kill();
      members[index] = await fleet.start(single);
      await members[index].startLoad();
    };
    for (const index of [2, 0, 3, 3]) await restart(index);
    expect(sandbox.oauth2.tokenCalls).toBe(1);

    // Redis loses everything, and a process starts: it cannot but mint, and that kills the token of the others.
    let withoutStore = 0;
    for (const index of [1, 2]) {
      await admin.command('FLUSHALL');
      withoutStore += 1;
      await restart(index);
      await members[index]!.requests(1);
      await Promise.all(members.map((member) => member.requests(5)));
    }
    reports.push(...(await Promise.all(members.map((member) => member.stopLoad()))));
    expect(failuresOf(reports)).toEqual([]);
    expect(sandbox.oauth2.tokenCalls).toBeLessThanOrEqual(1 + withoutStore);
    figures.push(
      `one active token, 4 processes: ${sum(reports)} requests, 6 restarts, ${withoutStore} of them without a stored token: ` +
        `${sandbox.oauth2.tokenCalls} token calls, 401s seen by callers 0`,
    );
  });

  test('credentials that are always rejected: 8 processes follow one cool-down', async () => {
    sandbox.oauth2.tokenEndpoint.fail({ status: 401, body: { error: 'invalid_client' } });
    const members = await fleet.startMany(8, settings());
    const startedAt = performance.now();
    await Promise.all(members.map((member) => member.startLoad()));
    await eventually(() => sandbox.oauth2.tokenCalls >= 2);
    const gapMs = performance.now() - startedAt;
    await Promise.all(members.map((member) => member.stopLoad()));
    // The first cool-down lasts 5 s, for all; the next one would last 10 s.
    expect(gapMs).toBeGreaterThan(4_000);
    expect(sandbox.oauth2.tokenCalls).toBe(2);
    figures.push(
      `invalid_client, 8 processes: second token call ${Math.round(gapMs)} ms after the first`,
    );
  });

  const sum = (reports: readonly MemberReport[]) =>
    reports.reduce((total, { requests }) => total + requests, 0);
});
