import { axiosBearer, peers } from '../peers/index.js';
import type { Peer, PeerClient } from '../peers/peer.js';
import type { MeasureResult, Point } from '../report/results.js';
import { settle } from '../settle.js';
import { median } from '../statistics.js';
import { OURS, shown, type BenchContext } from './measure.js';

const TOKEN = 'fake-token';
/** A token call as quick as over a good line. */
const TOKEN_DELAY_MS = 20;
const LONGEST_MS = 30_000;
/** After this, on a busy machine, the remaining large storms are skipped. */
const LIMIT_MS = 110_000;
/** After this, no further run of a storm is started. */
const RUNS_LIMIT_MS = 40_000;
const SMALL = 1_000;
const MOST_TIMES_BARE = 1.1;

interface Storm {
  readonly kind: 'cold' | 'revoked';
  readonly size: number;
  /** From one run, or the median of several. */
  readonly timesBare: number;
  readonly tokenCalls: number;
  readonly failed: number;
  readonly unsettled: number;
}

export async function storms({ isQuick, loopback }: BenchContext): Promise<MeasureResult> {
  const sizes = isQuick ? [50, 200] : [100, 1_000, 10_000];
  const largest = sizes.at(-1) ?? 0;
  const endsAt = performance.now() + LIMIT_MS;
  const found: { readonly peer: Peer; readonly storm: Storm }[] = [];
  for (const peer of peers) {
    for (const size of sizes) {
      // Ours come first; a dash marks what was skipped.
      if (performance.now() > endsAt && size > SMALL) continue;
      const runs = peer === axiosBearer ? (isQuick ? 3 : 5) : 1;
      for (const storm of await stormsOf({ peer, size, runs, loopback }))
        found.push({ peer, storm });
    }
  }
  const cellsOf = (peer: Peer, kind: Storm['kind']) =>
    sizes.map((size) => {
      const one = found.find(
        ({ peer: whose, storm }) => whose === peer && storm.kind === kind && storm.size === size,
      );
      return one === undefined ? '–' : cellOf(one.storm);
    });
  const ours = found.filter(({ peer }) => peer === axiosBearer).map(({ storm }) => storm);
  const judged = ours.find(({ kind, size }) => kind === 'cold' && size === largest);
  const extraCalls = ours.filter(({ tokenCalls }) => tokenCalls !== 1);
  const lost = ours.filter(({ failed, unsettled }) => failed + unsettled > 0);
  return {
    id: 'storms',
    title: 'Storms',
    about:
      `So many requests at once, over loopback, on at most 256 sockets; a token call takes ${TOKEN_DELAY_MS} ms. Cold: nobody has a ` +
      'token yet. Revoked: the token in hand has just died, so whatever went out with it has to be sent again. Each ' +
      'figure is token calls, requests that failed or never settled, and the time as a multiple of what the bare ' +
      "transport took for the same number of requests just before (bare axios for those on axios, gaxios for Google's, and so on). " +
      `One run each; of axios-bearer's cold storms up to ${isQuick ? 'three' : 'five'}, with the median of their times and the worst of their counts.`,
    columns: [
      '',
      ...sizes.map((size) => `cold, ${shown(size, 0)}`),
      ...sizes.map((size) => `revoked, ${shown(size, 0)}`),
    ],
    rows: peers.map((peer) => [peer.name, ...cellsOf(peer, 'cold'), ...cellsOf(peer, 'revoked')]),
    plot: {
      x: 'requests at once',
      y: 'time of a cold storm, times the bare transport',
      logarithmic: ['x', 'y'],
      points: found
        .filter(({ storm }) => storm.kind === 'cold')
        .map(({ peer, storm }): Point => ({
          series: peer.name,
          x: storm.size,
          y: storm.timesBare,
        })),
    },
    goals: [
      {
        goal: 'one token call in a storm of any size, and no failure',
        figure: `${ours.map(({ tokenCalls }) => tokenCalls).join(', ')} token calls`,
        isMet: extraCalls.length + lost.length === 0,
      },
      {
        goal: `a cold storm of ${shown(largest, 0)} takes at most ${MOST_TIMES_BARE} times what bare axios takes for as many requests`,
        figure: `${shown(judged?.timesBare ?? Number.NaN)} times`,
        isMet: (judged?.timesBare ?? Infinity) <= MOST_TIMES_BARE,
      },
    ],
    broken: [...extraCalls, ...lost].map(
      (storm) => `${OURS}, ${storm.kind} storm of ${storm.size}: ${cellOf(storm)}`,
    ),
  };
}

function cellOf({ tokenCalls, failed, unsettled, timesBare }: Storm): string {
  const calls = `${shown(tokenCalls, 0)} ${tokenCalls === 1 ? 'call' : 'calls'}`;
  const lost = failed > 0 ? `${shown(failed, 0)} failed` : 'none failed';
  const hung = unsettled > 0 ? `, ${shown(unsettled, 0)} never settled` : '';
  return `${calls}, ${lost}${hung}, ${shown(timesBare)}×`;
}

interface StormPlan {
  readonly peer: Peer;
  readonly size: number;
  readonly runs: number;
  readonly loopback: BenchContext['loopback'];
}

/** A storm of each kind; the cold one `runs` times. Each run is compared with its own bare run. */
async function stormsOf({ peer, size, runs, loopback }: StormPlan): Promise<Storm[]> {
  const bareSeconds = async () => {
    const { setup } = await loopback.tenant({ token: TOKEN });
    return (await unleash(peer.createBare(setup, TOKEN), size)).seconds;
  };
  const cold: Storm[] = [];
  let bare = Number.NaN;
  const endsAt = performance.now() + RUNS_LIMIT_MS;
  for (let run = 0; run < runs && (run === 0 || performance.now() < endsAt); run += 1) {
    bare = await bareSeconds();
    cold.push(await stormOf({ peer, kind: 'cold', size, bare, loopback }));
  }
  return [worstOf(cold), await stormOf({ peer, kind: 'revoked', size, bare, loopback })];
}

interface OneStorm extends Omit<StormPlan, 'runs'> {
  readonly kind: Storm['kind'];
  /** What the bare transport took for as many requests, in seconds. */
  readonly bare: number;
}

async function stormOf({ peer, kind, size, bare, loopback }: OneStorm): Promise<Storm> {
  const tenant = await loopback.tenant({ tokenDelayMs: TOKEN_DELAY_MS });
  const client = peer.create(tenant.setup);
  if (kind === 'revoked') {
    await client.get('/things');
    await tenant.revoke();
  }
  const before = await tenant.counts();
  const { seconds, rejected: failed, unsettled } = await unleash(client, size);
  const after = await tenant.counts();
  client.close?.();
  const timesBare = seconds / bare;
  const tokenCalls = after.tokenCalls - before.tokenCalls;
  return { kind, size, timesBare, tokenCalls, failed, unsettled };
}

async function unleash(client: PeerClient, size: number) {
  globalThis.gc?.();
  const startedAt = performance.now();
  const outcomes = await settle(
    Array.from({ length: size }, () => client.get('/things')),
    LONGEST_MS,
  );
  return { ...outcomes, seconds: (performance.now() - startedAt) / 1000 };
}

/** The median of the times, and the worst of the counts. */
function worstOf(runs: readonly Storm[]): Storm {
  const worst = runs.reduce((a, b) =>
    b.tokenCalls > a.tokenCalls || b.failed + b.unsettled > a.failed + a.unsettled ? b : a,
  );
  return { ...worst, timesBare: median(runs.map(({ timesBare }) => timesBare)) };
}
