import { askChild } from '../children/ask-child.js';
import type { IdleOrder, IdleReport } from '../children/idle-messages.js';
import { axiosBearer, peers } from '../peers/index.js';
import type { MeasureResult, Point } from '../report/results.js';
import { shown, type BenchContext } from './measure.js';

const MOST_BYTES = 2_048;
/** How much slower a look-up may become before it counts as growing: a few reads from main memory. */
const GROWTH_NS = 250;
const ALONE = 'token source alone';
/** More of them take minutes to create, and weigh no less or more each. */
const MOST_OF_A_PEER = 10_000;
/** After this, on a busy machine, the remaining large numbers are skipped. */
const LIMIT_MS = 60_000;
const FLAGS = ['--expose-gc', '--max-old-space-size=6144'];

export async function idleSources({ isQuick }: BenchContext): Promise<MeasureResult> {
  const counts = isQuick ? [1, 300] : [1, 1_000, 10_000, 100_000];
  const clients = peers.map(({ id, name }) => ({
    name: id === axiosBearer.id ? `${name}, with an instance` : name,
    peer: id,
  }));
  const subjects = [
    { name: 'axios-bearer, its token source alone', peer: ALONE },
    ...(isQuick ? clients.slice(0, 2) : clients),
  ];
  const endsAt = performance.now() + LIMIT_MS;
  const rows: { readonly name: string; readonly at: readonly IdleReport[] }[] = [];
  for (const { name, peer } of subjects) {
    const at: IdleReport[] = [];
    for (const count of counts) {
      const isTooMany = count > MOST_OF_A_PEER || (performance.now() > endsAt && count > 1_000);
      if (!isTooMany || peer === ALONE) at.push(await weigh({ peer, count }));
    }
    rows.push({ name, at });
  }
  const instanceBytes = rows[1]?.at[1]?.bareBytes ?? Number.NaN;
  const ours = rows[0]?.at ?? [];
  const last = ours.at(-1);
  const growth = (last?.lookUpNs ?? Number.NaN) - (ours[0]?.lookUpNs ?? Number.NaN);
  const bytes = last?.withTokenBytes ?? Number.NaN;
  const most = counts.at(-1) ?? 0;
  return {
    id: 'idle-sources',
    title: 'Idle token sources',
    about:
      'A process of its own for each peer and number: so many clients, each with a token in hand and nothing to do. ' +
      'Shown is the heap after collection, for each of them, less what its bare transport takes (an axios instance ' +
      `alone: ${shown(instanceBytes, 0)} bytes), and the time to get at one's token in hand, in no order, over the same walk through ` +
      `plain objects. More than ${shown(MOST_OF_A_PEER, 0)} were made of axios-bearer's sources only.`,
    columns: [
      '',
      ...counts.map((count) => `bytes each, of ${shown(count, 0)}`),
      ...counts.map((count) => `look-up, ns, of ${shown(count, 0)}`),
    ],
    rows: rows.map(({ name, at }) => [
      name,
      ...counts.map((_, index) => shownOr(at[index]?.withTokenBytes)),
      ...counts.map((_, index) => shownOr(at[index]?.lookUpNs)),
    ]),
    plot: {
      x: 'idle sources in a process',
      y: 'bytes each',
      logarithmic: ['x', 'y'],
      points: rows.flatMap(({ name, at }) =>
        at.map(({ withTokenBytes }, index): Point => ({
          series: name,
          x: counts[index] ?? 0,
          y: Math.max(1, withTokenBytes),
        })),
      ),
    },
    goals: [
      {
        goal: `an idle token source takes at most ${shown(MOST_BYTES, 0)} bytes`,
        figure: `${shown(bytes, 0)} bytes with a token in hand, ${shown(last?.createdBytes ?? Number.NaN, 0)} before the first, at ${shown(most, 0)}`,
        isMet: bytes <= MOST_BYTES,
      },
      {
        goal: 'a look-up does not grow with their number',
        figure: `${shown(growth, 0)} ns more at ${shown(most, 0)} than at 1`,
        isMet: growth <= GROWTH_NS,
      },
    ],
    broken: [],
  };
}

function weigh(order: IdleOrder): Promise<IdleReport> {
  return askChild<IdleReport>('idle-sources', { IDLE_ORDER: JSON.stringify(order) }, FLAGS);
}

function shownOr(value = Number.NaN): string {
  return Number.isNaN(value) ? '–' : shown(value, 0);
}
