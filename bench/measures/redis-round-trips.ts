import { askChild } from '../children/ask-child.js';
import type { MemberOrder, MemberReport } from '../children/redis-messages.js';
import type { MeasureResult, Point } from '../report/results.js';
import { hasRedis, startRedis } from '../servers/redis.js';
import { OURS, shown, type BenchContext } from './measure.js';

const LIFE_SECONDS = 4;

interface Fleet {
  readonly processes: number;
  readonly tokenCalls: number;
  readonly roundTrips: number;
  readonly requests: number;
  readonly failed: number;
}

export async function redisRoundTrips(context: BenchContext): Promise<MeasureResult> {
  const head = {
    id: 'redis-round-trips',
    title: 'Round trips to Redis',
    columns: [
      'processes',
      'requests',
      'failed',
      'token calls',
      'round trips',
      'per token life and process',
    ],
    goals: [],
  };
  // Installing it is optional; CI has it, and shows these lines.
  if (!hasRedis()) {
    return { ...head, about: 'Left out: there is no redis-server here.', rows: [], broken: [] };
  }
  const { isQuick } = context;
  const seconds = isQuick ? 5 : 14;
  // Round trips are counted, not timed: each fleet has its own Redis, so they do not disturb each other.
  const fleets = await Promise.all(
    (isQuick ? [1, 4] : [1, 4, 8]).map((processes) => fleetOf(context, processes, seconds)),
  );
  return {
    ...head,
    about:
      `Real processes on a real Redis, each with 20 requests a second for ${seconds} s; a token lives for ${LIFE_SECONDS} s. No peer shares ` +
      'tokens between processes, so there is nobody to compare with. A request with a fresh token in hand does not ask Redis.',
    rows: fleets.map((fleet) => [
      shown(fleet.processes, 0),
      shown(fleet.requests, 0),
      shown(fleet.failed, 0),
      shown(fleet.tokenCalls, 0),
      shown(fleet.roundTrips, 0),
      shown(perLifeAndProcess(fleet), 1),
    ]),
    ...(isQuick
      ? {}
      : {
          plot: {
            x: 'processes',
            y: 'round trips per token life and process',
            logarithmic: [],
            points: fleets.map((fleet): Point => ({
              series: OURS,
              x: fleet.processes,
              y: perLifeAndProcess(fleet),
            })),
          },
        }),
    broken: fleets
      .filter(({ failed }) => failed > 0)
      .map(({ processes, failed }) => `${OURS}, ${processes} processes: ${failed} requests failed`),
  };
}

const perLifeAndProcess = ({ roundTrips, tokenCalls, processes }: Fleet) =>
  roundTrips / tokenCalls / processes;

async function fleetOf(
  { loopback }: BenchContext,
  processes: number,
  seconds: number,
): Promise<Fleet> {
  const redis = await startRedis();
  try {
    const tenant = await loopback.tenant({ lifeSeconds: LIFE_SECONDS, tokenDelayMs: 50 });
    const { baseURL, tokenUrl } = tenant.setup;
    const order: MemberOrder = {
      redisSocket: redis.socket,
      baseURL,
      tokenUrl,
      seconds,
      perSecond: 20,
    };
    const reports = await Promise.all(
      Array.from({ length: processes }, () =>
        askChild<MemberReport>('redis-member', { MEMBER_ORDER: JSON.stringify(order) }),
      ),
    );
    const sum = (pick: (report: MemberReport) => number) =>
      reports.reduce((total, report) => total + pick(report), 0);
    return {
      processes,
      tokenCalls: (await tenant.counts()).tokenCalls,
      roundTrips: sum((report) => report.roundTrips),
      requests: sum((report) => report.requests),
      failed: sum((report) => report.failed),
    };
  } finally {
    await redis.stop();
  }
}
