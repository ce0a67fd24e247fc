import { expect, test } from '@jest/globals';

import { fleet } from './shared-fleet.js';

test('a lease that a lost question takes after all goes back at once, though its flight has found a token meanwhile', async () => {
  const { members, endpoint, pass, slot } = fleet(2, { singleActiveToken: true });
  const [late, other] = members;
  const first = other.token();
  await pass(0);
  const held = late.store.holdNext('begin');
  const asked = late.token();
  await held.arrived;
  await pass(300); // It counts as lost, and the flight asks again.
  endpoint.lastCall.issue('T1');
  await pass(2_000);
  expect(await Promise.all([first, asked])).toEqual(['T1', 'T1']);

  const records = await slot();
  await records.reject('T1');
  held.release();
  await pass(10);
  const request = { owner: 'another', leaseMs: 3_000, minRemainingMs: 1_000 };
  expect(await records.begin(request)).toMatchObject({ kind: 'lead' });
});

test('a clear() that did not reach the store is carried out before the next refresh, which asks the store as usual', async () => {
  const { members, answerAtOnce, pass } = fleet(1);
  answerAtOnce();
  const [{ source, store, token }] = members;
  expect(await token()).toBe('T1');
  store.failNext(1, 'clear');
  source.clear();
  await pass(60_000);
  expect(await token()).toBe('T2');
  await pass(10);
  expect(store.calls.slice(2, 6)).toEqual(['clear', 'clear', 'begin', 'commit']);
});
