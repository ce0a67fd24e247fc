import { expect, test } from '@jest/globals';

import { isBearerError } from '../../src/index.js';
import { forcedMintOf } from '../token-source/hand-held.js';
import { fleet, type Member } from './shared-fleet.js';

const told = ({ events }: Member, name: string) => events.filter((event) => event.name === name);

test.each([
  ['refuses', (store: Member['store']) => store.fail(), 0],
  ['never answers', (store: Member['store']) => store.hang(), 250],
  ['carries out and never answers', (store: Member['store']) => store.loseReplies(), 250],
  ['answers late', (store: Member['store']) => store.delay(400), 250],
])(
  'behaviour 44: with a store that %s a cold start waits at most one operation bound',
  async (_, disturb, delayMs) => {
    const { members, answerAtOnce, clock, pass } = fleet(1);
    answerAtOnce();
    const [member] = members;
    disturb(member.store);
    const startedAt = clock.monotonic();
    let tookMs = -1;
    void member.token().then(() => (tookMs = clock.monotonic() - startedAt));
    await pass(delayMs);
    expect(tookMs).toBe(delayMs);
    expect(member.source.peek()?.value).toBe('T1');
  },
);

test('behaviour 44: while the breaker is open nothing waits and nothing is asked; a probe ends that', async () => {
  const { members, answerAtOnce, clock, pass } = fleet(1);
  answerAtOnce();
  const [member] = members;
  const { store, source, token } = member;
  store.hang();
  const renew = async (value: string, withinMs: number) => {
    const answer = source.reject(value);
    const startedAt = clock.monotonic();
    let tookMs = -1;
    const next = token(value).then((result) => {
      tookMs = clock.monotonic() - startedAt;
      source.replayed({ accepted: true, forcedMint: forcedMintOf(answer) });
      return result;
    });
    await pass(withinMs);
    return { value: await next, tookMs };
  };
  await Promise.all([token(), pass(1_500)]);
  // The first flight has asked and failed twice: when it began, and when it wanted to commit.
  expect(await renew('T1', 400)).toMatchObject({ value: 'T2', tookMs: 250 });
  const asked = store.calls.length;
  expect(await renew('T2', 400)).toEqual({ value: 'T3', tookMs: 0 });
  expect(await renew('T3', 100)).toEqual({ value: 'T4', tookMs: 0 });
  expect(store.calls.length).toBe(asked);
  expect(told(member, 'storeFailed')).toHaveLength(1);

  await pass(1_000);
  store.recover();
  expect(await renew('T4', 100)).toMatchObject({ value: 'T5', tookMs: 0 });
  expect(store.calls.length).toBeGreaterThan(asked);
  expect(told(member, 'storeRecovered')).toHaveLength(1);
});

test('a valid token is served at once, whatever the store does', async () => {
  const { members, answerAtOnce, pass } = fleet(1);
  answerAtOnce();
  const [{ store, token, events }] = members;
  await token();
  store.hang();
  for (let minute = 0; minute < 30; minute += 1) {
    await pass(61_000);
    expect(await token()).toBe('T1');
  }
  expect(events.filter(({ name }) => name === 'refreshFailed')).toHaveLength(0);
});

test('an answer that is lost after the work was done delays no process: the lease goes back with the token', async () => {
  const { members, answerAtOnce, endpoint, pass } = fleet(2);
  answerAtOnce();
  const [a, b] = members;
  a.store.loseNextReplies(1, 'begin');
  const first = a.token();
  await pass(250);
  expect(await first).toBe('T1');
  expect(await b.token()).toBe('T1');
  expect(endpoint.calls).toHaveLength(1);
});

test('nor does a lost answer whose mint then fails', async () => {
  const { members, slot, endpoint, pass } = fleet(1, { maxAttempts: 1 });
  endpoint.onCall = (call) => call.answer(500);
  const [{ store, token }] = members;
  const held = store.holdNext('begin');
  const failing = token();
  await pass(300);
  expect(isBearerError(await failing)).toBe(true);
  // Only now does the question reach the store: a queue of the client has let it go.
  held.release();
  await pass(10);
  const next = await (await slot()).begin({ owner: 'b', leaseMs: 1_000, minRemainingMs: 0 });
  expect(next.kind).toBe('lead');
});

test('a question that reaches the store after the flight has landed leaves no lease behind', async () => {
  const { members, slot, answerAtOnce, pass } = fleet(1);
  answerAtOnce({ expires_in: 4 });
  const [{ store, token }] = members;
  store.failNext(1, 'commit');
  const held = store.holdNext('begin');
  const asked = token();
  await pass(300);
  expect(await asked).toBe('T1');
  held.release();
  await pass(10);
  const next = await (await slot()).begin({ owner: 'b', leaseMs: 1_000, minRemainingMs: 0 });
  expect(next.kind).toBe('lead');
});

test('a commit that is lost costs one bound at most, and is made good later', async () => {
  const { members, answerAtOnce, pass, settle, slot } = fleet(1);
  answerAtOnce();
  const [{ store, token }] = members;
  store.failNext(1, 'commit');
  expect(await token()).toBe('T1');
  expect(await (await slot()).read()).toBeUndefined();
  await pass(2_000);
  await token();
  await settle();
  expect((await (await slot()).read())?.token.value).toBe('T1');
});

test('a late holder serves the newer token that took the place of its own', async () => {
  const { members, slot, endpoint, settle, pass } = fleet(1);
  const [{ token, source }] = members;
  const late = token();
  await settle();
  const other = await slot();
  // As after a pause of the whole process: by the store's clock the lease is over, by ours nothing happened.
  await other.commit({
    owner: 'other',
    fence: 99,
    token: { value: 'T-newer', undated: false },
    remainingMs: 3_600_000,
  });
  endpoint.lastCall.issue('T-late');
  await pass(0);
  expect(await late).toBe('T-newer');
  expect(source.peek()?.value).toBe('T-newer');
  expect((await other.read())?.token.value).toBe('T-newer');
});

test('an outage is reported once, and so is its end', async () => {
  const { members, answerAtOnce, pass } = fleet(1);
  answerAtOnce();
  const [member] = members;
  await member.token();
  member.store.fail();
  for (let minute = 0; minute < 10; minute += 1) {
    await pass(61_000);
    await member.token();
  }
  member.store.recover();
  await pass(61_000);
  await member.token();
  await pass(0);
  expect(told(member, 'storeFailed')).toHaveLength(1);
  expect(told(member, 'storeRecovered')).toHaveLength(1);
});

test('a store that cannot even be opened leaves everything to the source itself', async () => {
  const { members, answerAtOnce } = fleet(1);
  answerAtOnce();
  const [member] = members;
  member.store.open = () => Promise.reject(new Error('no such algorithm'));
  expect(await member.token()).toBe('T1');
  expect(told(member, 'storeFailed')).toHaveLength(1);
});

test('a process that stood still for longer than its lease asks again instead of failing, and gets the token of another', async () => {
  const { members, slot, endpoint, clock, settle, pass } = fleet(1, { maxAttempts: 1 });
  const [{ token }] = members;
  const late = token();
  await settle();
  const other = await slot();
  // Time goes on, and nothing of this process runs: its lease is not renewed, and its token call is lost.
  clock.advance(3_001);
  expect((await other.begin({ owner: 'other', leaseMs: 3_000, minRemainingMs: 0 })).kind).toBe(
    'lead',
  );
  endpoint.lastCall.cut('ECONNRESET');
  await pass(100);
  const t2 = { value: 'T2', undated: false };
  await other.commit({ owner: 'other', fence: undefined, token: t2, remainingMs: 3_600_000 });
  await pass(1_000);
  expect(await late).toBe('T2');
  expect((await other.read())?.token.value).toBe('T2');
  expect(endpoint.calls).toHaveLength(1);
});
