import { expect, test } from '@jest/globals';

import { MemoryRecords, type Records } from '../../src/store/memory-records.js';
import { aToken } from './slots.js';

const FOREVER = Number.MAX_SAFE_INTEGER;

function bounded(most: number) {
  const clock = { now: 0 };
  const records = new MemoryRecords(() => clock.now, most);
  const keep = (key: string, changes: Records = { token: tokenUntil(FOREVER) }) =>
    void Object.assign(records.use(key), changes);
  /** Looks without using anything that is not there. */
  const kept = (...keys: string[]) => keys.filter((key) => records.has(key));
  return { clock, records, keep, kept };
}

function tokenUntil(until: number): NonNullable<Records['token']> {
  return { token: aToken('T1'), fence: 1, until, suspect: false };
}

test('keeps as many identities as it may, and drops the one least recently used', () => {
  const { records, keep, kept } = bounded(3);
  for (const key of ['a', 'b', 'c']) keep(key);
  records.use('a');
  keep('d');
  expect(kept('a', 'b', 'c', 'd')).toEqual(['a', 'c', 'd']);
  expect(records.size).toBe(3);
});

test('drops what has ended before anything that lives', () => {
  const { clock, keep, kept } = bounded(3);
  keep('old');
  keep('spent', { token: tokenUntil(10) });
  keep('young');
  clock.now = 10;
  keep('new');
  expect(kept('old', 'spent', 'young', 'new')).toEqual(['old', 'young', 'new']);
});

test('spares those that somebody mints for or listens to', () => {
  const { records, keep, kept } = bounded(4);
  keep('minting', { lease: { owner: 'a', until: FOREVER } });
  keep('heard');
  const stop = records.listen('heard', () => undefined);
  keep('idle');
  keep('other');
  keep('new');
  expect(kept('minting', 'heard', 'idle')).toEqual(['minting', 'heard']);
  stop();
  keep('newer');
  expect(kept('minting', 'heard')).toEqual(['minting']);
});

test('stays within its bound even where all are in use', () => {
  const { records, keep, kept } = bounded(2);
  for (const key of ['a', 'b', 'c']) keep(key, { lease: { owner: key, until: FOREVER } });
  expect(kept('a', 'b', 'c')).toEqual(['b', 'c']);
  expect(records.size).toBe(2);
});

test('shrinks while it is used: what has ended is let go without a timer', () => {
  const { clock, records, keep } = bounded(100_000);
  for (let n = 0; n < 20_000; n += 1) keep(`key ${n}`, { token: tokenUntil(1_000) });
  expect(records.size).toBe(20_000);
  clock.now = 1_000;
  for (let n = 0; n < 10_001; n += 1) records.use('the one in use');
  expect(records.size).toBeLessThan(3);
});

test('remembers rejected credentials until the memory of them ends, not their cool-down', () => {
  const { clock, records, keep, kept } = bounded(10);
  const failure = { cause: 'credentials', code: 'x', retryable: false, failures: 1 } as const;
  keep('refused', { cooling: { failure, who: '', until: 5, memoryUntil: 50 } });
  const use = () => [1, 2, 3].forEach(() => records.use('another'));
  clock.now = 49;
  use();
  expect(kept('refused')).toEqual(['refused']);
  clock.now = 50;
  use();
  expect(kept('refused')).toEqual([]);
});

test('gives fences that only grow, also where records were dropped', () => {
  const { records } = bounded(1);
  const fences = ['a', 'b', 'a'].map((key) => (records.use(key), records.nextFence(0)));
  expect(fences).toEqual([1, 2, 3]);
  expect(records.nextFence(99)).toBe(100);
});
