/*
 * Four worker processes that share one token through Redis.
 *
 *   REDIS_URL=redis://127.0.0.1:6379 node examples/run.mjs redis-workers
 *
 * The main process stands for the one that starts your workers; each worker is a separate app.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { createProviderClient } from 'axios-bearer';
import { createRedisStore } from 'axios-bearer/redis';
import { truecaller } from 'axios-bearer/providers';
import { startSandbox } from 'axios-bearer/testing';
import { Redis } from 'ioredis';

const { REDIS_URL, WORKER } = process.env;
if (REDIS_URL === undefined) {
  console.error(
    'Set REDIS_URL to a Redis that may be written to, for instance redis://127.0.0.1:6379',
  );
  process.exit(2);
}
await (WORKER === undefined ? startWorkers() : work(JSON.parse(WORKER) as Assignment));

interface Assignment {
  readonly baseURL: string;
  readonly credentials: { organisationId: string; apiKey: string; keyId: string };
}

async function work({ baseURL, credentials }: Assignment): Promise<void> {
  // A Redis outage must not block callers: the store limits each operation, and so should the client.
  const redis = new Redis(REDIS_URL ?? '', { enableOfflineQueue: true, maxRetriesPerRequest: 1 });
  const http = createProviderClient(
    truecaller({ ...credentials, baseURL }),
    { timeout: 10_000 },
    { store: createRedisStore(redis) },
  );
  const jobs = Array.from({ length: 25 }, () => http.get('/__sandbox/echo'));
  await Promise.all(jobs);
  process.send?.(jobs.length);
  redis.disconnect();
  process.disconnect();
}

async function startWorkers(): Promise<void> {
  const sandbox = await startSandbox({ only: ['truecaller'] });
  const { credentials, url: baseURL } = sandbox.truecaller;
  const assignment: Assignment = { baseURL, credentials };

  const fleet = async () => {
    const workers = Array.from({ length: 4 }, () =>
      fork(fileURLToPath(import.meta.url), {
        env: { ...process.env, WORKER: JSON.stringify(assignment) },
      }),
    );
    const done = await Promise.all(workers.map((worker) => once(worker, 'message')));
    await Promise.all(workers.map(async (worker) => worker.exitCode ?? once(worker, 'exit')));
    return done.reduce((sum, [jobs]) => sum + Number(jobs), 0);
  };
  console.log(
    `4 workers start cold: ${await fleet()} requests, ${sandbox.truecaller.tokenCalls} token call`,
  );
  console.log(
    `4 more, later: ${await fleet()} requests, still ${sandbox.truecaller.tokenCalls} token call`,
  );
  sandbox.truecaller.revokeTokens();
  console.log(
    `4 more, the token revoked: ${await fleet()} requests, ${sandbox.truecaller.tokenCalls} token calls`,
  );
  await sandbox.close();
}
