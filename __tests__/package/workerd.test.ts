import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { startSandbox, type Sandbox } from '../../src/testing/index.js';
import { eventually } from '../setup/patience.js';
import { describeWithWorkerd, startWorker, type Worker, type WorkerAnswer } from './workerd.js';

/*
 * The build in Cloudflare's own runtime: a Worker with one client for its module, as every guide shows it. There a request
 * that is over takes with it what it has started.
 */

const WORKER = join(import.meta.dirname, 'fixtures/workerd/worker.mjs');
const LIFE_MS = 2_000;

const RUNTIMES = [
  { name: 'as it is today', date: '2026-11-01', flags: [] },
  {
    name: 'with promises that settle in any request',
    date: '2026-11-01',
    flags: ['no_handle_cross_request_promise_resolution'],
  },
  { name: 'as it was in 2023', date: '2023-09-01', flags: [] },
];

describeWithWorkerd('in workerd', () => {
  let sandbox: Sandbox<'oauth2'>;
  let worker: Worker | undefined;
  beforeAll(async () => {
    sandbox = await startSandbox({ only: ['oauth2'] });
  });
  beforeEach(() => sandbox.reset());
  afterEach(async () => {
    await worker?.stop();
    worker = undefined;
  });
  afterAll(() => sandbox.close());

  async function start(settings: object = {}, runtime = RUNTIMES[0]!): Promise<Worker> {
    const { url, tokenUrl, credentials } = sandbox.oauth2;
    worker = await startWorker(WORKER, { url, tokenUrl, ...credentials, ...settings }, runtime);
    return worker;
  }

  /** Two requests each 50 ms, for two lives of a token and a half; a token that is too old is refused. */
  async function traffic({ ask }: Worker): Promise<WorkerAnswer[]> {
    const { oauth2 } = sandbox;
    const issuedAt = new Map<string, number>();
    const answers: Promise<WorkerAnswer>[] = [];
    const endAt = Date.now() + 2.5 * LIFE_MS;
    while (Date.now() < endAt) {
      answers.push(ask(), ask());
      await sleep(50);
      for (const token of oauth2.liveTokens) {
        const since = issuedAt.get(token) ?? Date.now();
        issuedAt.set(token, since);
        if (Date.now() - since >= LIFE_MS) oauth2.revokeToken(token);
      }
    }
    return Promise.all(answers);
  }

  describe.each(RUNTIMES)('$name', (runtime) => {
    test('every request is served over several lives of a token, with a token call for each', async () => {
      sandbox.oauth2.writeLifetimeAs(String(LIFE_MS / 1_000));
      sandbox.oauth2.tokenEndpoint.delay(50);
      const answers = await traffic(await start({}, runtime));
      expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
      expect(sandbox.oauth2.tokenCalls).toBeLessThanOrEqual(5);
    });

    test('with waitUntil the refresh ahead of time goes on behind the answers', async () => {
      sandbox.oauth2.writeLifetimeAs('4');
      sandbox.oauth2.tokenEndpoint.delay(600);
      const { ask } = await start({ keepsOn: true }, runtime);
      await ask();
      // The early window of such a token is half of its life: four times as long as its token call took.
      const refresh = sandbox.oauth2.tokenEndpoint.holdNext();
      while (sandbox.oauth2.tokenCalls < 2) expect(await ask()).toMatchObject({ status: 200 });
      // Answers come while the refresh is held.
      expect(await ask()).toMatchObject({ status: 200 });
      refresh.release();
      await eventually(async () => {
        expect(await ask()).toMatchObject({ status: 200 });
        const { headers } = sandbox.oauth2.requests.at(-1)!;
        return headers['authorization'] === `Bearer ${sandbox.oauth2.issuedTokens[1]}`;
      });
      expect(sandbox.oauth2.issuedTokens).toHaveLength(2);
    });

    test('a request that waits for the token of another, which leaves, is served within its own time-out', async () => {
      const held = sandbox.oauth2.tokenEndpoint.holdNext();
      const leave = sandbox.oauth2.api.holdNext();
      const { ask } = await start({}, runtime);
      const leaving = ask(`leavesAfter=${sandbox.oauth2.url}/__sandbox/public-echo`);
      await Promise.all([held.arrived, leave.arrived]);
      const waiting = [ask(), ask()];
      // By then they wait. On a busy machine one may come later, and make the second token call itself.
      await sleep(300);
      leave.release();
      const answers = await Promise.all([...waiting, leaving]);
      expect(answers).toMatchObject([{ status: 200 }, { status: 200 }, { left: true }]);
      expect(sandbox.oauth2.tokenCalls).toBe(2);
      expect(await ask()).toMatchObject({ status: 200 });
      held.release();
    });
  });
});
