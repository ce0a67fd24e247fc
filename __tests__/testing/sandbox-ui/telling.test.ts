import { describe, expect, jest, test } from '@jest/globals';

import { createCrowdTeller } from '../../../src/testing/sandbox-ui/crowd.js';
import type { Lane } from '../../../src/testing/sandbox-ui/lane.js';
import { createLoad } from '../../../src/testing/sandbox-ui/load.js';
import { createStory } from '../../../src/testing/sandbox-ui/story.js';
import { laneAfter } from './lane-builder.js';

describe('what happens to a crowd', () => {
  test('is told once, with the time of its first and the number of all', () => {
    let now = 100;
    const crowd = createCrowdTeller(() => now);
    crowd.add({ kind: 'waited', count: 1, longestMs: 20 });
    now = 150;
    crowd.add({ kind: 'waited', count: 1, longestMs: 70 });
    crowd.add({ kind: 'replayed', count: 1, accepted: true });
    crowd.add({ kind: 'replayed', count: 1, accepted: false });
    const tell = jest.fn();
    crowd.flush(tell);
    expect(tell.mock.calls).toEqual([
      [{ kind: 'waited', count: 2, longestMs: 70 }, 100],
      [{ kind: 'replayed', count: 1, accepted: true }, 150],
      [{ kind: 'replayed', count: 1, accepted: false }, 150],
    ]);
  });

  test('is forgotten once it has been told', () => {
    const crowd = createCrowdTeller(() => 0);
    crowd.add({ kind: 'joined', count: 1 });
    crowd.flush(() => undefined);
    const tell = jest.fn();
    crowd.flush(tell);
    expect(tell).not.toHaveBeenCalled();
  });
});

describe('the story', () => {
  const begin = () => createStory([laneAfter()], () => 1_000);

  test('is told in pieces, each thing once', () => {
    const story = begin();
    story.tell('exotel', { kind: 'calling' }, 900);
    expect(story.next(5)).toEqual({
      kind: 'happened',
      now: 1_000,
      requestsPerSecond: 5,
      happenings: [{ kind: 'calling', id: 1, lane: 'exotel', at: 900 }],
    });
    expect(story.next(5)).toBeUndefined();
  });

  test('tells that the load has changed even if nothing else has', () => {
    const story = begin();
    story.next(5);
    expect(story.next(10)).toMatchObject({ requestsPerSecond: 10, happenings: [] });
  });

  test('greets with what has happened, for the lanes and for the log', () => {
    const story = begin();
    story.tell('exotel', { kind: 'joined', count: 2 }, 900);
    story.tell('nobody', { kind: 'joined', count: 2 }, 900);
    expect(story.hello(0)).toMatchObject({
      kind: 'hello',
      lanes: [{ name: 'exotel', marks: [{ kind: 'joined', count: 2 }] }],
      recent: [{ kind: 'joined' }],
    });
  });
});

describe('the load', () => {
  function loaded(perSecond: number) {
    jest.useFakeTimers();
    const sent = [0, 0];
    const lanes = sent.map(
      (_, index) => ({ send: () => void (sent[index]! += 1) }) as unknown as Lane,
    );
    return { sent, load: createLoad(lanes, perSecond) };
  }

  test('shares its requests out among the lanes', () => {
    const { sent, load } = loaded(40);
    jest.advanceTimersByTime(250);
    load.tick();
    expect(sent).toEqual([5, 5]);
  });

  test('loses no part of a request between two ticks', () => {
    const { sent, load } = loaded(10);
    for (let tick = 0; tick < 40; tick += 1) {
      jest.advanceTimersByTime(25);
      load.tick();
    }
    expect(sent[0]! + sent[1]!).toBe(10);
  });

  test('makes up for a short stall and not for a long one', () => {
    const { sent, load } = loaded(40);
    jest.advanceTimersByTime(10_000);
    load.tick();
    expect(sent).toEqual([5, 5]);
  });

  test('does not make up for a pause', () => {
    const { sent, load } = loaded(40);
    jest.advanceTimersByTime(200);
    load.resume();
    load.tick();
    expect(sent).toEqual([0, 0]);
  });
});
