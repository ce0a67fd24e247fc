import { PerformanceObserver } from 'node:perf_hooks';

import { bareAxiosPeer } from '../peers/bare-axios.js';
import { peers } from '../peers/index.js';
import { FAKE_TOKEN, noNetwork } from '../peers/no-network.js';
import type { Peer, PeerClient } from '../peers/peer.js';
import type { MeasureResult } from '../report/results.js';
import { inPairs, type Paired } from '../statistics.js';
import { OURS, shown, type BenchContext } from './measure.js';

/** For each peer. */
const TIME_LIMIT_MS = 6_000;

export interface WarmCost {
  readonly microseconds: Paired;
  readonly bytes: Paired;
}

/** The extra cost of a request over the same transport with a fixed header. */
export async function warmCost(peer: Peer, timePairs: number, garbagePairs: number) {
  const bare = peer.createBare(noNetwork, FAKE_TOKEN);
  const client =
    peer === bareAxiosPeer ? peer.createBare(noNetwork, FAKE_TOKEN) : peer.create(noNetwork);
  await client.get('/things');
  const time = (one: PeerClient) => () => microsecondsPerRequest(one);
  await inPairs(Math.ceil(timePairs / 2), time(bare), time(client), TIME_LIMIT_MS / 4); // Warms the compiler up.
  const microseconds = await inPairs(timePairs, time(bare), time(client), TIME_LIMIT_MS);
  const garbage = (one: PeerClient) => () => bytesPerRequest(one);
  const bytes = await inPairs(garbagePairs, garbage(bare), garbage(client), TIME_LIMIT_MS / 4);
  client.close?.();
  return { microseconds, bytes };
}

/** Over in less than a time slice of the scheduler, so that on a busy machine most batches run undisturbed. */
const TIMED_BATCH = 20;
const WEIGHED_BATCH = 100;

async function microsecondsPerRequest(client: PeerClient): Promise<number> {
  const startedAt = process.hrtime.bigint();
  for (let i = 0; i < TIMED_BATCH; i += 1) await client.get('/things');
  return Number(process.hrtime.bigint() - startedAt) / 1_000 / TIMED_BATCH;
}

/**
 * How much the heap grows without a garbage collection: the young generation has room for all of it
 * (`--max-semi-space-size`), and a batch during which one runs anyway is repeated.
 */
async function bytesPerRequest(client: PeerClient): Promise<number> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    globalThis.gc?.({ type: 'minor' });
    const watch = watchCollections();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < WEIGHED_BATCH; i += 1) await client.get('/things');
    const after = process.memoryUsage().heapUsed;
    if (!(await watch.sawOne())) return (after - before) / WEIGHED_BATCH;
  }
  return Number.NaN;
}

function watchCollections() {
  let seen = 0;
  const observer = new PerformanceObserver((list) => {
    seen += list.getEntries().length;
  });
  observer.observe({ entryTypes: ['gc'] });
  return {
    async sawOne() {
      await new Promise((resolve) => setImmediate(resolve));
      observer.disconnect();
      return seen > 0;
    },
  };
}

/** The goal of the warm path, in microseconds. */
const MOST_ADDED_US = 0.3;

/** The goal for garbage, as a share of what the leanest peer adds. */
const MOST_OF_LEANEST = 0.5;

export async function warmRequest({ isQuick }: BenchContext): Promise<MeasureResult> {
  const timePairs = isQuick ? 120 : 2_000;
  const garbagePairs = isQuick ? 11 : 41;
  const costs: { readonly peer: Peer; readonly cost: WarmCost }[] = [];
  for (const peer of [bareAxiosPeer, ...peers]) {
    costs.push({ peer, cost: await warmCost(peer, timePairs, garbagePairs) });
  }
  const ours = costs.find(({ peer }) => peer.name === OURS)?.cost;
  if (ours === undefined) throw new Error('axios-bearer was not measured');
  const others = costs.filter(({ peer }) => peer.name !== OURS && peer !== bareAxiosPeer);
  const leanest = others.reduce((a, b) => (b.cost.bytes.added < a.cost.bytes.added ? b : a));
  return {
    id: 'warm-request',
    title: 'A request with a fresh token in hand',
    about:
      'No I/O: every transport is answered at once. Each peer takes turns with the same transport and a fixed ' +
      'header, in batches of 20 requests inside one process; shown is the median of the paired differences, and half ' +
      'the distance of their quartiles. Garbage is what the heap grows by in a batch, paired in the same way. Only figures ' +
      'of one transport can be compared with each other; the line of bare axios is a second bare client, and shows the noise.',
    columns: ['', 'transport', 'bare, µs', 'added, µs', '±', 'bare, bytes', 'added garbage, bytes'],
    rows: costs.map(({ peer, cost: { microseconds, bytes } }) => [
      peer.name,
      peer.transport,
      shown(microseconds.base),
      shown(microseconds.added),
      shown(microseconds.spread),
      shown(bytes.base, 0),
      shown(bytes.added, 0),
    ]),
    goals: [
      {
        goal: `a warm request costs at most ${MOST_ADDED_US} µs more than bare axios`,
        figure: `${shown(ours.microseconds.added)} µs`,
        isMet: ours.microseconds.added <= MOST_ADDED_US,
      },
      {
        goal: 'a warm request makes at most half the garbage of the leanest peer',
        figure: `${shown(ours.bytes.added, 0)} bytes, against ${shown(leanest.cost.bytes.added, 0)} of ${leanest.peer.name}`,
        isMet: ours.bytes.added <= MOST_OF_LEANEST * leanest.cost.bytes.added,
      },
    ],
    broken: [],
  };
}
