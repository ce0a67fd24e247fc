import { describe, expect, test } from '@jest/globals';
import { inspect } from 'node:util';

import { createMemoryStore } from '../../src/store/index.js';
import { createFakeClock, describeStoreContract } from '../../src/testing/index.js';
import { aToken, anIdentity, asking } from './slots.js';

describe('the memory store keeps the contract', () => {
  describeStoreContract({ describe, test }, () => {
    const clock = createFakeClock();
    return { store: createMemoryStore({ clock }), pass: (ms) => clock.advanceAsync(ms) };
  });
});

describe('the memory store in real time', () => {
  describeStoreContract({ describe, test }, () => createMemoryStore());
});

test('refuses an option that is not known', () => {
  expect(() => createMemoryStore({ clok: createFakeClock() } as never)).toThrow(
    'options.clok is not an option of a memory store. Did you mean `clock`?',
  );
});

test('two stores share nothing', async () => {
  const [one, two] = [createMemoryStore(), createMemoryStore()].map((store) =>
    store.open(anIdentity(), () => undefined),
  );
  await (await one)!.commit({
    owner: 'a',
    fence: undefined,
    token: aToken('T1'),
    remainingMs: 9e4,
  });
  expect(await (await two)!.read()).toBeUndefined();
});

test('wakes those who listen when a token comes, when one is flagged and when a lease is given back, until they stop', async () => {
  const slot = await createMemoryStore().open(anIdentity(), () => undefined);
  const heard: number[] = [];
  const stop = slot.subscribe?.((fence) => heard.push(fence));
  await slot.begin(asking('a'));
  await slot.commit({ owner: 'a', fence: 1, token: aToken('T1'), remainingMs: 60_000 });
  await slot.reject('T1');
  await slot.reject('T1');
  const askAndGiveBack = async () => {
    await slot.begin(asking('b'));
    await slot.release('b');
  };
  await askAndGiveBack();
  expect(heard).toEqual([1, 1, 0]);
  stop?.();
  await askAndGiveBack();
  expect(heard).toHaveLength(3);
});

test('shows neither tokens nor secrets when inspected', async () => {
  const store = createMemoryStore();
  const slot = await store.open(anIdentity(), () => undefined);
  await slot.commit({ owner: 'a', fence: undefined, token: aToken('T1-hidden'), remainingMs: 9e4 });
  const shown = [store, slot].map((it) => inspect(it, { depth: 9, showHidden: true })).join();
  expect(shown).not.toContain('T1-hidden');
  expect(shown).not.toContain('a secret');
});
