import { axiosBearer, peers } from '../peers/index.js';
import type { Peer, PeerClient } from '../peers/peer.js';
import type { MeasureResult, Point } from '../report/results.js';
import { quantile } from '../statistics.js';
import { OURS, shown, type BenchContext } from './measure.js';

const LIFE_SECONDS = 4;
const TOKEN_DELAY_MS = 400;
interface Load {
  readonly name: string;
  readonly delayMs: number;
  readonly tokenCalls: number;
  readonly latenciesMs: readonly number[];
  readonly waited: number;
  readonly failed: number;
}

export async function expiry(context: BenchContext): Promise<MeasureResult> {
  const { isQuick } = context;
  const seconds = isQuick ? 6 : 13;
  const perSecond = isQuick ? 25 : 100;
  const half = Math.ceil(peers.length / 2);
  // Not all at once, so that they do not wait for each other instead.
  const groups = isQuick ? [peers] : [peers.slice(0, half), peers.slice(half)];
  const loads: Load[] = [];
  for (const group of groups) {
    loads.push(
      ...(await Promise.all(
        group.map((peer) => loadOf(context, peer, { seconds, perSecond, delayMs: TOKEN_DELAY_MS })),
      )),
    );
  }
  const slower = isQuick
    ? []
    : await Promise.all(
        [100, 200, 800, 1_600].map((delayMs) =>
          loadOf(context, axiosBearer, { seconds, perSecond: 50, delayMs }),
        ),
      );
  const ours = loads.find(({ name }) => name === OURS);
  if (ours === undefined) throw new Error('axios-bearer was not measured');
  return {
    id: 'expiry',
    title: 'Requests that wait when the token expires',
    about:
      `A token of ${LIFE_SECONDS} s, a token endpoint that takes ${TOKEN_DELAY_MS} ms, ${perSecond} requests a second for ${seconds} s after the first token. A request ` +
      'has waited if the token that it was accepted with had not been issued when it was started; the API tells when that ' +
      'was. So a slow machine makes nobody wait.' +
      (slower.length === 0
        ? ''
        : ` As the endpoint gets slower, of axios-bearer's requests (50 a second) wait: ${slower.map((load) => `${shown(100 * shareOf(load), 1)} % at ${load.delayMs} ms (${load.tokenCalls} token calls)`).join(', ')}.`),
    columns: ['', 'requests', 'waited', 'share', 'p99, ms', 'slowest, ms', 'failed', 'token calls'],
    rows: loads.map((load) => [
      load.name,
      shown(load.latenciesMs.length, 0),
      shown(load.waited, 0),
      `${shown(100 * shareOf(load), 1)} %`,
      shown(quantile(load.latenciesMs, 0.99), 0),
      shown(Math.max(...load.latenciesMs), 0),
      shown(load.failed, 0),
      shown(load.tokenCalls, 0),
    ]),
    ...(slower.length === 0
      ? {}
      : {
          plot: {
            x: 'time of a token call, ms',
            y: 'requests that wait, %',
            logarithmic: ['x'],
            points: [...slower, ours].map((load): Point => ({
              series: OURS,
              x: load.delayMs,
              y: 100 * shareOf(load),
            })),
          },
        }),
    goals: [
      {
        goal: 'no request waits when a token expires',
        figure: `${ours.waited} of ${shown(ours.latenciesMs.length, 0)}`,
        isMet: ours.waited === 0,
      },
    ],
    broken: ours.failed === 0 ? [] : [`${OURS}, at expiry: ${ours.failed} requests failed`],
  };
}

const shareOf = ({ waited, latenciesMs }: Load) => waited / latenciesMs.length;

interface LoadPlan {
  readonly seconds: number;
  readonly perSecond: number;
  readonly delayMs: number;
}

async function loadOf({ loopback }: BenchContext, peer: Peer, plan: LoadPlan): Promise<Load> {
  const { seconds, perSecond, delayMs } = plan;
  const tenant = await loopback.tenant({
    lifeSeconds: LIFE_SECONDS,
    tokenDelayMs: delayMs,
    tellsIssue: true,
  });
  const client = peer.create(tenant.setup);
  await client.get('/things');
  const before = await tenant.counts();
  const load = await steadyLoad(client, seconds * perSecond, 1000 / perSecond);
  const after = await tenant.counts();
  client.close?.();
  const tokenCalls = after.tokenCalls - before.tokenCalls;
  return { name: peer.name, delayMs, tokenCalls, ...load };
}

/** Starts each request at its time, whether or not the earlier ones have been answered. */
async function steadyLoad(client: PeerClient, requests: number, everyMs: number) {
  const latenciesMs: number[] = [];
  let failed = 0;
  let waited = 0;
  const send = async () => {
    const startedAt = performance.now();
    try {
      const { data } = await client.send({ url: '/things' });
      const { issuedAt } = data as { issuedAt: number };
      if (issuedAt > performance.timeOrigin + startedAt) waited += 1;
    } catch {
      failed += 1;
    }
    latenciesMs.push(performance.now() - startedAt);
  };
  const underWay: Promise<void>[] = [];
  const startedAt = performance.now();
  for (let request = 0; request < requests; request += 1) {
    const waitMs = startedAt + request * everyMs - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    underWay.push(send());
  }
  await Promise.all(underWay);
  return { latenciesMs, waited, failed };
}
