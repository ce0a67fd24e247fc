import { describe, expect, test } from '@jest/globals';

import {
  coolingForMs,
  forgotten,
  fullHeight,
  MERGE_WITHIN_MS,
  REMEMBERED_MS,
} from '../../../src/testing/sandbox-ui/lane-view.js';
import { happening, laneAfter, NOTHING_COUNTED, TOKEN } from './lane-builder.js';

describe('the time line of a lane', () => {
  test('begins without a token', () => {
    const lane = laneAfter();
    expect(lane.phase).toBe('none');
    expect(lane.spans).toEqual([{ phase: 'none', from: 0 }]);
  });

  test('ends one phase where the next begins', () => {
    const lane = laneAfter(
      happening({ kind: 'phase', phase: 'fresh', token: TOKEN }, 100),
      happening({ kind: 'phase', phase: 'suspect', token: TOKEN }, 300),
    );
    expect(lane.phase).toBe('suspect');
    expect(lane.token).toEqual(TOKEN);
    expect(lane.spans).toEqual([
      { phase: 'none', from: 0, to: 100 },
      { phase: 'fresh', serial: 1, from: 100, to: 300 },
      { phase: 'suspect', serial: 1, from: 300 },
    ]);
  });

  test('shows a token call from its start, and how it ended once it has', () => {
    const begun = happening({ kind: 'calling' }, 100);
    const ended = happening({ kind: 'called', tookMs: 800, attempt: 1, status: 503 }, 900);
    expect(laneAfter(begun).calls).toEqual([{ id: begun.id, from: 100 }]);
    expect(laneAfter(begun, ended).calls).toEqual([{ id: begun.id, from: 100, ended }]);
  });

  test('leaves a call that has ended alone when the next one ends', () => {
    const first = happening({ kind: 'called', tookMs: 1, attempt: 1, status: 503 }, 101);
    const second = happening({ kind: 'called', tookMs: 1, attempt: 2, status: 200 }, 201);
    const lane = laneAfter(
      happening({ kind: 'calling' }, 100),
      first,
      happening({ kind: 'calling' }, 200),
      second,
    );
    expect(lane.calls.map(({ ended }) => ended)).toEqual([first, second]);
  });

  test('cuts a cool-down short when the endpoint answers again', () => {
    const coolDown = happening({ kind: 'cool-down', cause: 'transient', delayMs: 3_000 }, 1_000);
    expect(laneAfter(coolDown).coolDowns).toMatchObject([{ from: 1_000, to: 4_000 }]);
    const lane = laneAfter(coolDown, happening({ kind: 'cool-down-ended' }, 2_000));
    expect(lane.coolDowns).toMatchObject([{ from: 1_000, to: 2_000 }]);
  });

  test('knows how long the endpoint is still left alone', () => {
    const lane = laneAfter(
      happening({ kind: 'cool-down', cause: 'transient', delayMs: 3_000 }, 1_000),
    );
    expect(coolingForMs(lane, 1_500)).toBe(2_500);
    expect(coolingForMs(lane, 4_000)).toBe(0);
    expect(coolingForMs(laneAfter(), 0)).toBe(0);
  });

  test('takes over what is counted, what is disturbed and how requests ended', () => {
    const counters = { ...NOTHING_COUNTED, requests: 7 };
    const lane = laneAfter(
      happening({ kind: 'switched', fault: 'slow', on: ['slow'] }),
      happening({ kind: 'traffic', ok: 5, failed: 2, counters }, 500),
    );
    expect(lane.faults).toEqual(['slow']);
    expect(lane.counters).toEqual(counters);
    expect(lane.traffic).toMatchObject([{ at: 500, ok: 5, failed: 2 }]);
  });

  test('never writes to the lane that it was given', () => {
    const before = laneAfter(happening({ kind: 'calling' }));
    const copy = structuredClone(before);
    laneAfter(happening({ kind: 'joined', count: 1 }));
    forgotten(before, REMEMBERED_MS * 2);
    expect(before).toEqual(copy);
  });
});

describe('marks', () => {
  const joined = (count: number, at: number) => happening({ kind: 'joined', count }, at);

  test('of one kind that follow closely are one mark with a count', () => {
    const lane = laneAfter(joined(3, 0), joined(4, MERGE_WITHIN_MS));
    expect(lane.marks).toMatchObject([{ kind: 'joined', count: 7, at: 0, lastAt: 5_000 }]);
  });

  test('of one kind that are far apart stay two', () => {
    const lane = laneAfter(joined(3, 0), joined(4, MERGE_WITHIN_MS + 1));
    expect(lane.marks.map((mark) => 'count' in mark && mark.count)).toEqual([3, 4]);
  });

  test('merge past marks of another kind that came between', () => {
    const lane = laneAfter(
      joined(1, 0),
      happening({ kind: 'waited', count: 1, longestMs: 80 }, 10),
      joined(1, 20),
    );
    expect(lane.marks).toMatchObject([
      { kind: 'joined', count: 2 },
      { kind: 'waited', count: 1 },
    ]);
  });

  test('of waits remember the longest', () => {
    const lane = laneAfter(
      happening({ kind: 'waited', count: 1, longestMs: 800 }),
      happening({ kind: 'waited', count: 2, longestMs: 300 }),
    );
    expect(lane.marks).toMatchObject([{ count: 3, longestMs: 800 }]);
  });

  test.each([
    [
      'replays that were accepted and rejected',
      { kind: 'replayed', count: 1, accepted: true },
      { kind: 'replayed', count: 1, accepted: false },
    ],
    [
      'failures of different kinds',
      { kind: 'failed', count: 1, code: 'HTTP 401' },
      { kind: 'failed', count: 1, code: 'ERR_TOKEN_ENDPOINT_UNREACHABLE' },
    ],
    [
      '401s with different consequences',
      { kind: 'rejected', count: 1, consequence: 'replay' },
      { kind: 'rejected', count: 1, consequence: 'endpoint-cooling' },
    ],
    [
      'two presses of a button',
      { kind: 'pressed', fault: 'revoke' },
      { kind: 'pressed', fault: 'revoke' },
    ],
  ] as const)('keep %s apart', (_, one, other) => {
    expect(laneAfter(happening(one), happening(other)).marks).toHaveLength(2);
  });
});

describe('forgetting', () => {
  test('drops what ended before the horizon and keeps what lasts', () => {
    const lane = laneAfter(
      happening({ kind: 'calling' }, 10),
      happening({ kind: 'called', tookMs: 5, attempt: 1, status: 200 }, 15),
      happening({ kind: 'phase', phase: 'fresh', token: TOKEN }, 20),
      happening({ kind: 'joined', count: 1 }, 30),
      happening({ kind: 'traffic', ok: 1, failed: 0, counters: NOTHING_COUNTED }, 40),
      happening({ kind: 'cool-down', cause: 'transient', delayMs: 50 }, 50),
    );
    const later = forgotten(lane, REMEMBERED_MS + 1_000);
    expect(later).toMatchObject({ calls: [], marks: [], traffic: [], coolDowns: [] });
    expect(later.spans).toEqual([{ phase: 'fresh', serial: 1, from: 20 }]);
    expect(later.token).toEqual(TOKEN);
  });

  test('gives back the same lane where there is nothing to drop', () => {
    const lane = laneAfter(happening({ kind: 'joined', count: 1 }, 30));
    expect(forgotten(lane, 1_000)).toBe(lane);
  });
});

describe('the height of a bar', () => {
  const traffic = (...totals: number[]) =>
    totals.map((ok, index) => ({ id: index, at: index, ok, failed: 0 }));

  test.each([
    { what: 'nothing yet', totals: [], full: 6 },
    { what: 'a trickle', totals: [1, 1, 1], full: 6 },
    { what: 'a steady load', totals: [20, 20, 22], full: 60 },
    { what: 'a steady load and one burst', totals: [20, 20, 500], full: 60 },
  ])('is full at $full for $what', ({ totals, full }) => {
    expect(fullHeight(traffic(...totals))).toBe(full);
  });
});
