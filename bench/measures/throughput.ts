import { bareAxiosPeer } from '../peers/bare-axios.js';
import { axiosBearer, peers } from '../peers/index.js';
import type { PeerClient } from '../peers/peer.js';
import type { MeasureResult, Point } from '../report/results.js';
import { inPairs, type Paired } from '../statistics.js';
import { OURS, shown, type BenchContext } from './measure.js';

const TOKEN = 'fake-token';
/** The level at which the goal is judged: as many concurrent requests as a busy service has. */
const TYPICAL = 64;
/** For each peer at each level; our own figures have to be more precise. */
const LIMIT_MS = 1_500;
const JUDGED_LIMIT_MS = 25_000;
const LEAST_RATIO = 0.98;

export async function throughput({ isQuick, loopback }: BenchContext): Promise<MeasureResult> {
  const levels = isQuick ? [TYPICAL] : [1, 16, TYPICAL, 256];
  const found: { readonly name: string; readonly level: number; readonly paired: Paired }[] = [];
  for (const peer of [bareAxiosPeer, ...peers]) {
    const tenant = await loopback.tenant({ token: TOKEN });
    const bare = peer.createBare(tenant.setup, TOKEN);
    const client =
      peer === bareAxiosPeer ? peer.createBare(tenant.setup, TOKEN) : peer.create(tenant.setup);
    await client.get('/things');
    for (const level of levels) {
      const batch = batchAt(level, isQuick);
      const pairs = pairsFor(isQuick, peer === axiosBearer && level === TYPICAL);
      const seconds = (one: PeerClient) => () => secondsFor(one, level, batch);
      await inPairs(1, seconds(bare), seconds(client));
      const paired = await inPairs(
        pairs,
        seconds(bare),
        seconds(client),
        peer === axiosBearer ? JUDGED_LIMIT_MS : LIMIT_MS,
      );
      found.push({ name: peer.name, level, paired });
    }
    client.close?.();
  }
  const at = (name: string, level: number) =>
    found.find((one) => one.name === name && one.level === level)?.paired;
  // Paired times: as many requests in fewer seconds is a higher throughput.
  const ratioOf = (paired: Paired | undefined) => 1 / (paired?.ratio ?? Number.NaN);
  const ours = ratioOf(at(OURS, TYPICAL));
  const bareRate = (level: number) =>
    batchAt(level, isQuick) / (at(OURS, level)?.base ?? Number.NaN);
  return {
    id: 'throughput',
    title: 'Throughput over loopback',
    about:
      'A server in a process of its own answers every request at once. Batches of requests, so many under way at ' +
      'a time, each paired with a batch of the bare transport; shown is the throughput as a ' +
      `share of the bare one's; a second bare client shows the noise. Bare axios made ${levels.map((level) => `${shown(bareRate(level), 0)}/s at ${level}`).join(', ')}.`,
    columns: ['', ...levels.map((level) => `${level} at a time`)],
    rows: [bareAxiosPeer, ...peers].map(({ name }) => [
      name,
      ...levels.map((level) => shown(ratioOf(at(name, level)), 3)),
    ]),
    ...(isQuick
      ? {}
      : {
          plot: {
            x: 'requests under way at a time',
            y: 'throughput, share of the bare transport',
            logarithmic: ['x'],
            points: found.map(({ name, level, paired }): Point => ({
              series: name,
              x: level,
              y: ratioOf(paired),
            })),
          },
        }),
    goals: [
      {
        goal: `throughput is at least ${LEAST_RATIO} of bare axios`,
        figure: `${shown(ours, 3)} at ${TYPICAL} at a time`,
        isMet: ours >= LEAST_RATIO,
      },
    ],
    broken: [],
  };
}

/** Long enough to fill the sockets, short enough for many pairs. */
function batchAt(level: number, isQuick: boolean): number {
  if (level === 1) return 100;
  return isQuick ? 128 : 512;
}

function pairsFor(isQuick: boolean, isJudged: boolean): number {
  if (isQuick) return isJudged ? 7 : 3;
  return isJudged ? 61 : 9;
}

async function secondsFor(client: PeerClient, atATime: number, requests: number): Promise<number> {
  let left = requests;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: atATime }, async () => {
      while (left > 0) {
        left -= 1;
        await client.get('/things');
      }
    }),
  );
  return (performance.now() - startedAt) / 1000;
}
