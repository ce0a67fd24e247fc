import { askChild } from '../children/ask-child.js';
import { axiosBearer, peers } from '../peers/index.js';
import type { MeasureResult } from '../report/results.js';
import { median } from '../statistics.js';
import { shown, type BenchContext } from './measure.js';

const MOST_MS = 15;
const LIMIT_MS = 40_000;
const ENTRY_POINTS = [
  'providers',
  'presets',
  'exotel',
  'truecaller',
  'store',
  'redis',
  'oauth',
  'adapter',
  'oauth',
  'opentelemetry',
  'testing',
];

interface Subject {
  readonly name: string;
  readonly entry: string;
  readonly by: 'import' | 'require';
  readonly overAxios: boolean;
}

export async function importTime({ isQuick }: BenchContext): Promise<MeasureResult> {
  const rounds = isQuick ? 3 : 15;
  const subjects = subjectsOf(isQuick);
  const found = new Map(subjects.map((one) => [one, [] as { axiosMs: number; entryMs: number }[]]));
  // Round by round, so that a slow minute of the machine affects all of them.
  const endsAt = performance.now() + LIMIT_MS;
  let round = 0;
  for (; round < rounds && (round < 3 || performance.now() < endsAt); round += 1) {
    for (const one of subjects) {
      const report = await askChild<{ axiosMs: number; entryMs: number }>('import-time', {
        IMPORT_ENTRY: one.entry,
        IMPORT_BY: one.by,
        IMPORT_OVER_AXIOS: one.overAxios ? '1' : '0',
      });
      found.get(one)?.push(report);
    }
  }
  const entryMs = (one: Subject) => median((found.get(one) ?? []).map((report) => report.entryMs));
  const axiosMs = median(
    [...found].flatMap(([one, reports]) =>
      one.overAxios && one.by === 'import' ? reports.map((report) => report.axiosMs) : [],
    ),
  );
  const ours = subjects.find(({ entry, by }) => entry === axiosBearer.entry && by === 'import');
  const figure = ours === undefined ? Number.NaN : entryMs(ours);
  return {
    id: 'import-time',
    title: 'Time to import',
    about:
      `A process of its own for each import, ${round} rounds in turn, medians. What stands on axios is imported after axios ` +
      `(${shown(axiosMs, 0)} ms by itself), and only the time beyond it counts; the others are imported alone.`,
    columns: ['', 'milliseconds', 'over'],
    rows: subjects.map((one) => [
      one.name,
      shown(entryMs(one), 1),
      one.overAxios ? 'axios' : 'nothing',
    ]),
    goals: [
      {
        goal: `the import takes at most ${MOST_MS} ms over axios's own`,
        figure: `${shown(figure, 1)} ms`,
        isMet: figure <= MOST_MS,
      },
    ],
    broken: [],
  };
}

function subjectsOf(isQuick: boolean): Subject[] {
  const seen = new Set<string>();
  const packages = peers.flatMap(({ entry, name, transport }): Subject[] => {
    if (entry === undefined || seen.has(entry)) return [];
    seen.add(entry);
    const overAxios = transport === 'axios';
    return [{ name: entry === axiosBearer.entry ? name : entry, entry, by: 'import', overAxios }];
  });
  if (isQuick) return packages;
  const own: Subject[] = [
    { name: 'axios-bearer, by require', entry: 'axios-bearer', by: 'require', overAxios: true },
    ...ENTRY_POINTS.map((point): Subject => {
      const entry = `axios-bearer/${point}`;
      return { name: entry, entry, by: 'import', overAxios: true };
    }),
  ];
  return [...packages, ...own];
}
