import { describe, expect, test } from '@jest/globals';

import { benchmarksPage, withMeasure } from '../../bench/report/benchmarks-page.js';
import { comparisonPage, type CellResult } from '../../bench/report/comparison.js';
import type { Goal, Machine, MeasureResult } from '../../bench/report/results.js';
import { settle } from '../../bench/settle.js';

const machine: Machine = {
  cpu: 'A CPU',
  cores: 2,
  memoryGb: 8,
  os: 'An OS',
  node: 'v20.19.0',
  versions: { axios: '1.21.1' },
};

const measure = (part: Partial<MeasureResult> = {}): MeasureResult => ({
  id: 'warm-request',
  title: 'A warm request',
  about: 'How it was measured.',
  columns: ['', 'µs'],
  rows: [['a | peer', '1.00']],
  goals: [],
  broken: [],
  ...part,
});

const pageOf = (measures: MeasureResult[], remarks = {}) =>
  benchmarksPage({ machine, seconds: 12, measures }, ['**a peer**: as it says'], remarks);

const goal = (isMet: boolean): Goal => ({ goal: 'at most 1 µs', figure: '2 µs', isMet });

describe('the page of the benchmarks', () => {
  test('a goal that was missed is called that, with what there is to say about it', () => {
    const page = pageOf([measure({ goals: [goal(false)] })], { 'at most 1 µs': 'Because.' });
    expect(page).toContain('| at most 1 µs | 2 µs | **missed** |');
    expect(page).toContain('**Missed: at most 1 µs.** Because.');
  });

  test('a goal that was met needs no remark', () => {
    const page = pageOf([measure({ goals: [goal(true)] })], { 'at most 1 µs': 'Because.' });
    expect(page).toContain('| at most 1 µs | 2 µs | met |');
    expect(page).not.toContain('Because.');
  });

  test('each measure has its table and its source, and a plot where there is one', () => {
    const plot = { x: 'size', y: 'time', logarithmic: [], points: [] } as const;
    const page = pageOf([measure(), measure({ id: 'storms', plot })]);
    expect(page).toContain(String.raw`| a \| peer | 1.00 |`);
    expect(page).toContain('Source: `bench/measures/warm-request.ts`.');
    expect(page).not.toContain('warm-request.svg');
    expect(page).toContain('![time, by size](benchmarks/storms.svg)');
  });
});

describe('a measure that is made anew', () => {
  const remarks = { 'at most 1 µs': 'Because.', 'at most 2 kB': 'It is large.' };
  const speed = measure({ goals: [goal(false)] });
  const size = (figure: string, isMet: boolean) =>
    measure({
      ...{ id: 'size', title: 'Size', rows: [['us', figure]] },
      goals: [{ goal: 'at most 2 kB', figure, isMet }],
    });

  test.each([
    ['missed as before', size('4 kB', false)],
    ['met at last', size('1 kB', true)],
  ])('is on the page as if all had been measured: %s', (_, anew) => {
    const before = pageOf([speed, size('3 kB', false), measure({ title: 'Last' })], remarks);
    const whole = pageOf([speed, anew, measure({ title: 'Last' })], remarks);
    expect(withMeasure(before, anew, remarks)).toBe(whole);
    expect(withMeasure(whole, size('3 kB', false), remarks)).toBe(before);
  });
});

describe('the page of the comparison', () => {
  const cell = (part: Partial<CellResult>): CellResult => ({
    id: 'abort',
    text: 'ends',
    verdict: 'good',
    ...part,
  });
  const scenario = { id: 'abort', title: 'Abort', about: 'What happens.' };
  const peer = (id: string, cells: CellResult[]) => ({ id, name: `the ${id}`, use: 'so', cells });

  test('each cell shows its verdict and its figure, and titles lead to what the page says of them', () => {
    const peers = [peer('a', [cell({})]), peer('b', [cell({ verdict: 'bad', text: 'hangs' })])];
    const page = comparisonPage([scenario], peers, machine);
    expect(page).toContain('|  | [the a](#a) | [the b](#b) |');
    expect(page).toContain('| [Abort](#abort) | ✓ ends | ✗ hangs |');
    expect(page).toContain('- <a id="abort"></a>**Abort.** What happens.');
    expect(page).toContain('- <a id="b"></a>**the b**: so');
  });

  test('the scores come first; what cannot be asked counts neither for nor against', () => {
    const cells = [cell({}), cell({ id: 'other', verdict: 'not applicable', text: 'has none' })];
    const page = comparisonPage(
      [scenario, { ...scenario, id: 'other' }],
      [peer('a', cells)],
      machine,
    );
    expect(page).toContain('– has none');
    expect(page).toMatch(/\|---\|---\|\n\| Score \| 1 of 1 \|\n/);
  });
});

describe('what became of many requests', () => {
  test('those that never settle are counted apart', async () => {
    const never = new Promise(() => undefined);
    const outcomes = await settle([Promise.resolve(), Promise.reject(new Error('no')), never], 1);
    expect(outcomes).toEqual({ fulfilled: 1, rejected: 1, unsettled: 1 });
  });
});
