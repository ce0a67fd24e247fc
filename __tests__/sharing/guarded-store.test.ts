import { expect, test } from '@jest/globals';

import type { TokenStoreError } from '../../src/index.js';
import { createMemoryStore, type TokenStoreSlot } from '../../src/store/index.js';
import { guardStore } from '../../src/sharing/guarded-store.js';
import { createChaosStore, createFakeClock } from '../../src/testing/index.js';
import { anIdentity, asking } from '../store/slots.js';

function guarded() {
  const clock = createFakeClock();
  const chaos = createChaosStore(createMemoryStore({ clock }), {
    schedule: (callback, ms) => clock.schedule(callback, ms),
  });
  const told: string[] = [];
  const watcher = {
    failed: (error: TokenStoreError) => told.push(error.message),
    recovered: () => told.push('recovered'),
  };
  const guard = guardStore(chaos, { clock, watcher });
  const read = async () => {
    const opened = await guard.open(anIdentity());
    const slot = (opened as { value: TokenStoreSlot }).value;
    return guard.run('read', () => slot.read());
  };
  const begin = async () => {
    const opened = await guard.open(anIdentity());
    const slot = (opened as { value: TokenStoreSlot }).value;
    return guard.run('begin', () => slot.begin(asking('a')));
  };
  const kinds = async (times: number) => {
    const seen: string[] = [];
    for (let n = 0; n < times; n += 1) seen.push((await begin()).kind);
    return seen;
  };
  return { clock, chaos, told, guard, read, begin, kinds };
}

test('passes on what the store answers', async () => {
  const { read, told } = guarded();
  expect(await read()).toEqual({ kind: 'done', value: undefined });
  expect(told).toEqual([]);
});

test('ends an operation that does not answer within 250 ms', async () => {
  const { clock, chaos, read, told } = guarded();
  chaos.hang();
  const reading = read();
  await clock.advanceAsync(249);
  expect(told).toEqual([]);
  await clock.advanceAsync(1);
  expect((await reading).kind).toBe('failed');
  expect(told).toEqual(['Token store: read took longer than 250 ms.']);
  expect(clock.pendingTimers).toBe(0);
});

test('passes on an answer that comes too late', async () => {
  const { clock, chaos, read } = guarded();
  chaos.delay(300);
  const reading = read();
  await clock.advanceAsync(260);
  const outcome = await reading;
  if (outcome.kind !== 'failed') throw new Error(outcome.kind);
  await clock.advanceAsync(50);
  await expect(outcome.late).resolves.toBeUndefined();
});

test('does not take a stall of its own process for an outage of the store', async () => {
  const { clock, chaos, read } = guarded();
  const held = chaos.holdNext('read');
  const reading = read();
  await held.arrived;
  // The answer lies there when the process wakes up, but the timer is first in line.
  clock.schedule(() => held.release(), 250);
  await clock.advanceAsync(250);
  expect((await reading).kind).toBe('done');
});

test('leaves the store alone after three failures in a row, longer each time, and probes it once each time', async () => {
  const { clock, chaos, kinds, told, begin } = guarded();
  chaos.fail();
  expect(await kinds(5)).toEqual(['failed', 'failed', 'failed', 'skipped', 'skipped']);
  for (const pauseMs of [1_000, 2_000, 4_000, 8_000, 10_000, 10_000]) {
    clock.advance(pauseMs - 1);
    expect(await kinds(1)).toEqual(['skipped']);
    clock.advance(1);
    expect(await kinds(2)).toEqual(['failed', 'skipped']);
  }
  clock.advance(10_000);
  chaos.recover();
  const probes = [begin(), begin()];
  expect((await Promise.all(probes)).map(({ kind }) => kind)).toEqual(['done', 'skipped']);
  expect(await kinds(2)).toEqual(['done', 'done']);
  expect(told).toEqual(['Token store: begin failed.', 'recovered']);

  // The next outage begins with a short pause again.
  chaos.fail();
  await kinds(3);
  clock.advance(1_000);
  expect(await kinds(2)).toEqual(['failed', 'skipped']);
});

test('pauses once for many calls that fail together', async () => {
  const { clock, chaos, begin, guard } = guarded();
  chaos.hang();
  const together = Promise.all(Array.from({ length: 20 }, () => begin()));
  await clock.advanceAsync(250);
  await together;
  expect(guard.pausedForMs()).toBe(1_000);
});

test('says how long the store has been away, and forgets an outage that it has not looked at since', async () => {
  const { clock, chaos, begin, guard } = guarded();
  expect(guard.awayForMs()).toBe(0);
  chaos.fail();
  for (let second = 0; second < 12; second += 1) {
    await begin();
    clock.advance(1_000);
  }
  expect(guard.awayForMs()).toBe(12_000);
  clock.advance(60_000);
  await begin();
  expect(guard.awayForMs()).toBe(0);
  clock.advance(5_000);
  expect(guard.awayForMs()).toBe(5_000);
  chaos.recover();
  clock.advance(10_000);
  await begin();
  expect(guard.awayForMs()).toBe(0);
});

test('counts failures in a row only', async () => {
  const { chaos, kinds } = guarded();
  for (let n = 0; n < 4; n += 1) {
    chaos.failNext(2);
    expect(await kinds(3)).toEqual(['failed', 'failed', 'done']);
  }
});

test('does not treat a store as healthy that only reads and releases', async () => {
  const { clock, chaos, begin, read, told, guard } = guarded();
  for (let n = 0; n < 3; n += 1) {
    chaos.failNext(1, 'begin');
    await begin();
    await read();
  }
  expect((await begin()).kind).toBe('skipped');
  expect((await read()).kind).toBe('skipped');
  clock.advance(1_000);
  expect((await read()).kind).toBe('done');
  expect(told).toEqual(['Token store: begin failed.']);
  expect((await begin()).kind).toBe('done');
  expect(told).toHaveLength(2);
  expect(guard.pausedForMs()).toBe(0);
});

test('reports an outage once, however long it lasts, and the next one again', async () => {
  const { clock, chaos, kinds, told } = guarded();
  chaos.fail();
  for (let n = 0; n < 20; n += 1) {
    await kinds(3);
    clock.advance(5_000);
  }
  expect(told).toHaveLength(1);
  chaos.recover();
  clock.advance(10_000);
  await kinds(1);
  chaos.failNext(1);
  await kinds(1);
  expect(told).toEqual(['Token store: begin failed.', 'recovered', 'Token store: begin failed.']);
});

test.each([
  ['a rejection', () => Promise.reject(new Error('down'))],
  [
    'a throw before any promise',
    () => {
      throw new Error('closed');
    },
  ],
])('turns %s into a value', async (_, work) => {
  const { guard } = guarded();
  expect((await guard.run('begin', work)).kind).toBe('failed');
});

test('keeps the client library’s text out of its errors, except the code', async () => {
  const { guard, clock } = guarded();
  const errors: TokenStoreError[] = [];
  const guardTwo = guardStore(createMemoryStore(), {
    clock,
    watcher: { failed: (error) => errors.push(error), recovered: () => undefined },
  });
  await guardTwo.run('commit', () =>
    Promise.reject(new Error('READONLY cannot EVALSHA secret-argument')),
  );
  const [error] = errors;
  expect(error?.operation).toBe('commit');
  expect((error?.cause as Error).message).toBe('READONLY');
  expect(JSON.stringify(error) + String(error?.stack)).not.toContain('secret-argument');
  expect(guard.pausedForMs()).toBe(0);
});

test('gives the derivation of keys more time, and does not hold it against the store', async () => {
  const clock = createFakeClock();
  let finish: (slot: TokenStoreSlot) => void = () => undefined;
  const store = { open: () => new Promise<TokenStoreSlot>((resolve) => (finish = resolve)) };
  const told: string[] = [];
  const watcher = {
    failed: ({ message }: Error) => told.push(message),
    recovered: () => undefined,
  };
  const guard = guardStore(store, { clock, watcher });
  const opening = guard.open(anIdentity());
  await clock.advanceAsync(4_000);
  finish(await createMemoryStore().open(anIdentity(), () => undefined));
  expect((await opening).kind).toBe('done');

  const hanging = guard.open(anIdentity());
  await clock.advanceAsync(5_000);
  expect((await hanging).kind).toBe('failed');
  expect(told).toEqual(['Token store: open took longer than 5000 ms.']);
  expect((await guard.run('read', () => Promise.resolve(1))).kind).toBe('done');
});

test('the chaos store names what was called, and can lose an answer after doing the work', async () => {
  const chaos = createChaosStore(createMemoryStore());
  const slot = await chaos.open(anIdentity(), () => undefined);
  chaos.loseNextReplies(1, 'begin');
  void slot.begin(asking('lost'));
  expect((await slot.begin(asking('next'))).kind).toBe('held');
  expect(chaos.calls).toEqual(['begin', 'begin']);
});

const classless = () => Object.assign(new Error('T1'), { constructor: undefined });

test.each([
  [
    'its code',
    Object.assign(new Error('connect to 10.0.0.7'), { code: 'ECONNREFUSED' }),
    'ECONNREFUSED',
  ],
  ['the word that Redis begins with', new Error('OOM command not allowed: SET key'), 'OOM'],
  [
    'its name, where its code is none',
    Object.assign(new TypeError('T1'), { code: 7 }),
    'TypeError',
  ],
  [
    'its class, where that alone is named',
    new (class ClientClosedError extends Error {})('T1'),
    'ClientClosedError',
  ],
  [
    'its class, where its code is no word',
    Object.assign(new RangeError('T1'), { code: 'T1 is secret\n' }),
    'RangeError',
  ],
  ['no more than that it failed, where it has no class', classless(), 'Error'],
  ['nothing, where it is no error', 'T1 is secret', undefined],
])('keeps of what a client threw %s', async (_, thrown, kept) => {
  const failures: TokenStoreError[] = [];
  const watcher = {
    failed: (error: TokenStoreError) => failures.push(error),
    recovered: () => undefined,
  };
  const guard = guardStore(createMemoryStore(), { clock: createFakeClock(), watcher });
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- a client may throw what is no error
  await guard.run('read', () => Promise.reject(thrown));
  expect(failures).toHaveLength(1);
  expect((failures[0]!.cause as Error | undefined)?.message).toBe(kept);
  const words = kept === undefined || kept === 'Error' ? '' : ` (${kept})`;
  expect(failures[0]!.message).toBe(`Token store: read failed${words}.`);
});
