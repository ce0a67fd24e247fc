/*
 * The soak: a great many requests over loopback while tokens expire and are revoked, the token endpoint and the API
 * fail in every way they can, bodies are slow and callers abort. Each request is accounted for, and at the end nothing
 * may be left over. Exits with 1 if the library broke a promise.
 *
 *   npm run soak -- --requests 20000 --seed 7
 *
 * The seed decides what happens and in which order; which request it hits depends on the machine.
 */
import axios from 'axios';
import { setMaxListeners } from 'node:events';
import { Agent } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { attachBearer, createTokenSource } from '../src/index.js';
import { oauth2ClientCredentials } from '../src/providers/index.js';
import { createSeededRandom } from '../src/testing/index.js';
import { judge } from './judgement.js';
import { countLeftovers, type Leftovers } from './leftovers.js';
import { startRemoteSandbox } from './remote-sandbox.js';
import { printReport, type Account } from './report.js';
import { kindFor } from './traffic.js';
import { createTruth, FLIGHT_TIMEOUT_MS } from './truth.js';
import { createWeather } from './weather.js';

const CALLERS = 32;
const ABORTED_SHARE = 0.05;
const FETCH_SHARE = 0.2;
/** When leftovers are counted first, so that nothing that is created only once counts as growth. */
const WARM_UP_SHARE = 0.4;
/** With fewer, the heap is still growing to its usual size at the end, so no conclusion is possible. */
const FEWEST_REQUESTS = 20_000;
const PROGRESS_EVERY_MS = 5_000;

const { requests, seed } = readArguments();
console.log(`soak: ${requests} requests, seed ${seed}`);

const sandbox = await startRemoteSandbox();
await sandbox.provider('issueTokensLiving', 8);
const agent = new Agent({ keepAlive: true });
const http = axios.create({ baseURL: sandbox.url, timeout: 30_000, httpAgent: agent });
const { credentials, tokenUrl, url } = sandbox;
const source = createTokenSource(
  oauth2ClientCredentials({ ...credentials, tokenUrl, baseURL: url }),
  { attemptTimeoutMs: 1_000, flightTimeoutMs: FLIGHT_TIMEOUT_MS },
);
const attachment = attachBearer(http, source);
const truth = createTruth(source);
const weather = createWeather(sandbox, truth, createSeededRandom(seed));

const account: Account = { started: 0, succeeded: 0, failures: new Map(), healed: 0, refreshes: 0 };
source.on('replayed', ({ accepted }) => (account.healed += accepted ? 1 : 0));
source.on('refreshed', () => (account.refreshes += 1));
const lifelong = new AbortController();
setMaxListeners(0, lifelong.signal);
const delays = monitorEventLoopDelay({ resolution: 10 });

const startedAt = performance.now();
const atWarmUp = await stretch(Math.floor(requests * WARM_UP_SHARE));
delays.enable(); // Only now: it would count a pause between two stretches as a delay.
const atEnd = await stretch(requests);
const tookMs = performance.now() - startedAt;

attachment.detach();
source.close();
agent.destroy();
await sandbox.close();

const kept = printReport({
  account,
  requests,
  tookMs,
  played: weather.played,
  oddities: truth.oddities,
  leftovers: [atWarmUp, atEnd],
  delays,
});
console.log(kept ? `\nsoak passed, seed ${seed}` : `\nsoak FAILED, seed ${seed}`);
process.exitCode = kept ? 0 : 1;

/** Sends requests until that many were started in total, lets everything settle, and counts what is left. */
async function stretch(untilStarted: number): Promise<Leftovers> {
  weather.start();
  const ticker = setInterval(printProgress, PROGRESS_EVERY_MS);
  await Promise.all(Array.from({ length: CALLERS }, (_, index) => caller(index, untilStarted)));
  clearInterval(ticker);
  delays.disable();
  await weather.stop();
  printProgress();
  return countLeftovers(http, agent, lifelong.signal);
}

async function caller(index: number, untilStarted: number): Promise<void> {
  const random = createSeededRandom(seed + 7_919 * (index + 1) + untilStarted);
  while (account.started < untilStarted) {
    account.started += 1;
    if (await request(random)) continue;
    await sleep(10 + random() * 30); // As a refused caller would.
  }
}

/** Whether it succeeded. */
async function request(random: () => number): Promise<boolean> {
  const kind = kindFor(random());
  const adapter = random() < FETCH_SHARE ? 'fetch' : 'http';
  const controller = random() < ABORTED_SHARE ? new AbortController() : undefined;
  const abortTimer = controller && setTimeout(() => controller.abort(), random() * 25);
  const signal = controller?.signal ?? (random() < 0.5 ? lifelong.signal : undefined);
  try {
    await kind.send(http, signal === undefined ? { adapter } : { adapter, signal }, random());
    account.succeeded += 1;
    return true;
  } catch (error) {
    const { verdict, because } = await judge(
      error,
      controller?.signal.aborted === true,
      truth,
      sandbox,
    );
    const name = `${verdict}: ${because}${verdict === 'lost' ? ` (${kind.name}, ${adapter})` : ''}`;
    account.failures.set(name, (account.failures.get(name) ?? 0) + 1);
    return verdict === 'aborted by its caller';
  } finally {
    clearTimeout(abortTimer);
  }
}

function printProgress(): void {
  const seconds = (performance.now() - startedAt) / 1_000;
  const heap = (process.memoryUsage().heapUsed / 2 ** 20).toFixed(0);
  console.log(
    `${seconds.toFixed(0).padStart(5)} s  ${account.started} started, ${account.succeeded} succeeded, ` +
      `${account.healed} healed, ${account.refreshes} tokens, heap ${heap} MB`,
  );
}

function readArguments(): { requests: number; seed: number } {
  const { values } = parseArgs({
    options: {
      requests: { type: 'string', default: '1000000' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    },
  });
  const [requests, seed] = [Number(values.requests), Number(values.seed)];
  if (Number.isSafeInteger(requests) && requests >= FEWEST_REQUESTS && Number.isSafeInteger(seed))
    return { requests, seed };
  console.error(
    `--requests takes a whole number of at least ${FEWEST_REQUESTS}, --seed a whole number.`,
  );
  process.exit(2);
}
