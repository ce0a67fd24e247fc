import { expect, test } from '@jest/globals';

import { createFakeClock } from '../../src/testing/index.js';
import { JointWork } from '../../src/platform/joint-work.js';
import { outcome } from '../token-source/hand-held.js';

function held() {
  const ends: ((value: string) => void)[] = [];
  return { ends, work: () => new Promise<string>((resolve) => ends.push(resolve)) };
}

test('a caller who arrives meanwhile gets its result', async () => {
  const clock = createFakeClock();
  const joint = new JointWork(clock, () => 'lost');
  const { ends, work } = held();
  const both = [joint.run(work), joint.run(work)];
  expect([ends.length, joint.isUnderWay]).toEqual([1, true]);
  ends[0]!('done');
  expect(await Promise.all(both)).toEqual(['done', 'done']);
  expect([joint.isUnderWay, clock.pendingTimers]).toEqual([false, 0]);
});

test('work that can never end is lost to those who wait, and the next caller starts it anew', async () => {
  const clock = createFakeClock();
  let isOver = false;
  const tied = {
    ...clock,
    schedule: (callback: () => void, ms: number) =>
      clock.schedule(() => {
        if (!isOver) callback();
      }, ms),
  };
  const joint = new JointWork(tied, () => 'lost');
  const { ends, work } = held();
  void joint.run(work);
  isOver = true;
  await clock.advanceAsync(500); // Its beat.
  isOver = false;
  const joined = joint.run(work);
  await clock.advanceAsync(3_000);
  expect(await outcome(joined)).toBe('lost');
  const next = joint.run(work);
  expect(ends).toHaveLength(2);
  ends[1]!('done');
  expect(await next).toBe('done');
  expect(joint.isUnderWay).toBe(false);
  ends[0]!('too late');
  await clock.advanceAsync(0);
  expect(clock.pendingTimers).toBe(0);
});

test('a wait that another request’s end broke is lost, with any error of the runtime', async () => {
  const joint = new JointWork(createFakeClock(), () => 'lost');
  const rejects = () => Promise.reject(new Error('This promise can never settle'));
  joint.run(rejects).catch(() => undefined);
  expect(await joint.run(rejects)).toBe('lost');
});

test('work that is stopped hears of it, and the next caller starts it anew', async () => {
  const clock = createFakeClock();
  const joint = new JointWork(clock, () => 'lost');
  const { ends, work } = held();
  let isAborted = false;
  const stopped = joint.run(({ signal }) => {
    signal.addEventListener('abort', () => (isAborted = true));
    return work();
  });
  joint.stop();
  expect(isAborted).toBe(true);
  const next = joint.run(work);
  ends[0]!('of the stopped');
  ends[1]!('done');
  expect(await Promise.all([stopped, next])).toEqual(['of the stopped', 'done']);
  expect(clock.pendingTimers).toBe(0);
});

test('other work does not wait for what is under way', async () => {
  const joint = new JointWork(createFakeClock(), () => 'lost');
  const { ends, work } = held();
  const both = [joint.run(work, 1), joint.run(work, 2)];
  ends[1]!('second');
  ends[0]!('first');
  expect(await Promise.all(both)).toEqual(['first', 'second']);
});
