import { describe, expect, test } from '@jest/globals';

import type { TokenStoreSlot } from '../../src/sharing/token-store.js';
import { fleet } from './shared-fleet.js';

/*
 * A client may keep commands while the store is away, and send them when all is over. The token that it commits then may
 * have drawn a 401 long ago.
 */

/** What another process commits, in its own time. */
async function brings(slot: TokenStoreSlot, value: string, undated = false): Promise<void> {
  const token = { value, undated };
  await slot.commit({ owner: 'other', fence: undefined, token, remainingMs: 3_600_000 });
}

async function reads(slot: TokenStoreSlot): Promise<string | undefined> {
  return (await slot.read())?.token.value;
}

/** T1 is served, draws a 401, and its commit has not reached the store yet. */
async function lateCommit({ how, ...fields }: { how: string; expires_in?: undefined }) {
  const all = fleet(2, { maxAttempts: 1 });
  const { answerAtOnce, pass } = all;
  answerAtOnce(fields);
  const [member, neighbour] = all.members;
  const { store, source, token } = member;
  if (how === 'without the lease') store.failNext(1, 'begin');
  if (how === 'as a write-back') {
    store.failNext(1, 'commit');
    await token();
    await pass(2_000); // Now the next request looks at the store, and finds that the token is missing there.
  }
  const held = store.holdNext('commit');
  const first = token();
  await held.arrived;
  await pass(300);
  expect(await first).toBe('T1');
  source.reject('T1');
  return { ...all, member, neighbour, held, slot: await all.slot() };
}

describe.each(['under the lease', 'without the lease', 'as a write-back'])(
  'a token committed %s that reaches the store only after it drew a 401',
  (how) => {
    test('is not given to other processes once the store knows that', async () => {
      const { endpoint, answerAtOnce, pass, member, neighbour, held } = await lateCommit({ how });
      endpoint.onCall = (call) => call.answer(503);
      await Promise.all([member.token('T1'), pass(2_500)]);
      answerAtOnce();
      held.release();
      await pass(10);
      expect(await neighbour.token()).toBe('T3');
    });

    test('does not keep its successor from the others', async () => {
      const { endpoint, pass, slot, member, neighbour, held } = await lateCommit({ how });
      await Promise.all([member.token('T1'), pass(500)]);
      expect(member.source.peek()?.value).toBe('T2');
      held.release();
      await pass(2_000);
      await member.token();
      await pass(10);
      expect(await reads(slot)).toBe('T2');
      expect(await neighbour.token()).toBe('T2');
      expect(endpoint.calls).toHaveLength(2);
    });

    test('does not come back with clear()', async () => {
      const { endpoint, answerAtOnce, pass, member, neighbour, held } = await lateCommit({ how });
      endpoint.onCall = (call) => call.answer(503);
      await Promise.all([member.token('T1'), pass(2_500)]);
      member.source.clear();
      await pass(10);
      answerAtOnce();
      held.release();
      await pass(10);
      expect(await member.token()).toBe('T3');
      expect(await neighbour.token()).toBe('T3');
    });
  },
);

test('the successor of a late token does not replace one that another process stores at that moment', async () => {
  const how = 'without the lease';
  // Of tokens whose life nobody knows none can be told to live longer.
  const { pass, slot, member, held } = await lateCommit({ how, expires_in: undefined });
  await Promise.all([member.token('T1'), pass(500)]);
  const told = member.store.holdNext('reject');
  held.release();
  await told.arrived;
  await brings(slot, 'T-newer', true);
  told.release();
  await pass(2_000);
  await member.token();
  await pass(10);
  expect(await reads(slot)).toBe('T-newer');
});

test.each(['without the lease', 'as a write-back'])(
  'a commit %s that is slow, and not too slow to count, is no commit of the successor either',
  async (how) => {
    const { members, answerAtOnce, pass, slot } = fleet(1, { maxAttempts: 1 });
    answerAtOnce();
    const [{ store, source, token }] = members;
    store.failNext(1, how === 'without the lease' ? 'begin' : 'commit');
    if (how === 'as a write-back') {
      await token();
      await pass(2_000);
    }
    const held = store.holdNext('commit');
    expect(await token()).toBe('T1');
    await held.arrived;
    source.reject('T1');
    store.failNext(1, 'begin');
    store.failNext(1, 'commit');
    expect(await token('T1')).toBe('T2');
    held.release();
    await pass(15_000); // Three failures in a row: the store has been left alone for a while.
    await token();
    await pass(10);
    expect(await reads(await slot())).toBe('T2');
  },
);

test('a token that drew a 401 and is issued again is shared like any other', async () => {
  const { members, join, endpoint, pass } = fleet(1);
  endpoint.onCall = (call) => call.issue('T1');
  const [{ source, token }] = members;
  await token();
  source.reject('T1');
  expect(await token('T1')).toMatchObject({ message: expect.stringContaining('again') });
  await pass(100);
  expect(await join().token()).toBe('T1');
  expect(endpoint.calls).toHaveLength(2);
});

test('a 401 that arrives while the store is being asked is reported to it, although no token can be fetched', async () => {
  const { members, join, endpoint, answerAtOnce, pass } = fleet(1, { maxAttempts: 1 });
  answerAtOnce();
  const [{ store, source, token }] = members;
  await token();
  await pass(3_400_000);
  endpoint.onCall = (call) => call.answer(429, '', { 'retry-after': '150' });
  store.failNext(1, 'fail'); // So that the others are not cooling down.
  await Promise.all([token(), pass(100)]);
  await pass(70_000);
  const held = store.holdNext('read');
  await token();
  await held.arrived;
  expect(source.reject('T1')).toEqual({ kind: 'pass', because: 'endpoint-cooling' });
  held.release();
  await pass(10);
  answerAtOnce();
  expect(await join().token()).not.toBe('T1');
});

test('and a write-back that is under way at that moment does not bring that token to the others', async () => {
  const { members, join, endpoint, answerAtOnce, pass } = fleet(1, { maxAttempts: 1 });
  answerAtOnce();
  const [{ store, source, token }] = members;
  store.failNext(1, 'commit');
  await token();
  await pass(3_400_000);
  const held = store.holdNext('commit');
  endpoint.onCall = (call) => call.answer(429, '', { 'retry-after': '150' });
  store.failNext(1, 'begin');
  await Promise.all([token(), pass(100)]);
  await pass(3_000);
  await token();
  await held.arrived;
  expect(source.reject('T1')).toEqual({ kind: 'pass', because: 'endpoint-cooling' });
  await pass(300);
  held.release();
  await pass(10);
  answerAtOnce();
  expect(await join().token()).not.toBe('T1');
});

test('a late holder serves its own where the newer token has drawn a 401, and writes it back', async () => {
  const { members, slot, endpoint, settle, pass } = fleet(1);
  const [{ token }] = members;
  const late = token();
  await settle();
  const other = await slot();
  await brings(other, 'T-dead');
  await other.reject('T-dead');
  endpoint.lastCall.issue('T1');
  await pass(0);
  expect(await late).toBe('T1');
  await pass(2_000);
  expect(await token()).toBe('T1');
  await settle();
  expect(await reads(other)).toBe('T1');
});

test('a late holder does not go back to the token that drew a 401 here', async () => {
  const { members, slot, endpoint, settle, pass } = fleet(1);
  const [{ source, token }] = members;
  const first = token();
  await settle();
  endpoint.lastCall.issue('T1');
  await first;
  source.reject('T1');
  const late = token('T1');
  await settle();
  const other = await slot();
  await brings(other, 'T1');
  endpoint.lastCall.issue('T2');
  await pass(0);
  expect(await late).toBe('T2');
  await pass(2_000);
  expect(await token()).toBe('T2');
  await settle();
  expect(await reads(other)).toBe('T2');
});
