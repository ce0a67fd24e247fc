import { describe, expect, test } from '@jest/globals';

import { createTokenSource } from '../../src/index.js';
import { ACME, acme, forcedMintOf } from '../token-source/hand-held.js';
import { fleet, type Member, warmFleet } from './shared-fleet.js';

async function replaceT1(by: Member): Promise<void> {
  by.source.reject('T1');
  expect(await by.token('T1')).toBe('T2');
}

test('a process looks at the store once a minute, in the background and only while it is used', async () => {
  const { members, pass, settle } = await warmFleet(1);
  const [{ source, store, token }] = members;
  const before = store.calls.length;
  await pass(58_000);
  expect(source.peek()?.value).toBe('T1');
  await pass(600_000);
  expect(store.calls.length).toBe(before);

  expect(source.peek()).toBeUndefined();
  for (let n = 0; n < 10; n += 1) expect(await token()).toBe('T1');
  await settle();
  expect(store.calls.slice(before)).toEqual(['read']);
  expect(source.peek()?.value).toBe('T1');
});

test('it takes up the newer token that it finds', async () => {
  const { members, pass, settle } = await warmFleet(2);
  const [a, b] = members;
  await replaceT1(a);
  await pass(61_000);
  expect(await b.token()).toBe('T1');
  await settle();
  expect(b.source.peek()?.value).toBe('T2');
  expect(b.events.at(-1)).toMatchObject({ name: 'refreshed', from: 'store' });
});

test('it keeps a token that is newer than the stored one', async () => {
  const { members, pass, settle } = await warmFleet(2);
  const [a, b] = members;
  b.store.fail();
  b.source.reject('T1');
  expect(await b.token('T1')).toBe('T2');
  await pass(20_000);
  b.store.recover();
  await pass(61_000);
  expect(await b.token()).toBe('T2');
  await settle();
  expect(b.source.peek()?.value).toBe('T2');
  // It has told the others, too: a process whose T1 draws a 401 adopts it.
  a.source.reject('T1');
  expect(await a.token('T1')).toBe('T2');
});

test('a token minted while the store was away reaches it as soon as it is back', async () => {
  const { members, join, endpoint, answerAtOnce, pass, settle } = fleet(1);
  answerAtOnce();
  const [{ store, token }] = members;
  store.fail();
  expect(await token()).toBe('T1');
  store.recover();
  await pass(2_000);
  expect(await token()).toBe('T1');
  await settle();
  const late = join();
  expect(await late.token()).toBe('T1');
  expect(endpoint.calls).toHaveLength(1);
});

test('it does not replace a token that another process has stored meanwhile', async () => {
  const { members, answerAtOnce, pass, settle } = fleet(2);
  answerAtOnce();
  const [a, b] = members;
  a.store.fail();
  expect(await a.token()).toBe('T1');
  await pass(500);
  expect(await b.token()).toBe('T2');
  a.store.recover();
  await pass(2_000);
  await a.token();
  await settle();
  expect(await a.token()).toBe('T2');
  expect(await b.token()).toBe('T2');
});

test('a hint brings the newer token before anyone asks for it', async () => {
  const { members, settle } = await warmFleet(3, { hints: true });
  const [a, ...others] = members;
  await replaceT1(a);
  await settle();
  for (const { source } of others) expect(source.peek()?.value).toBe('T2');
});

test.each([true, false])(
  'a mint costs two operations, hints or not (%p): a process ignores the hint of its own commit',
  async (hints) => {
    const { members, slot, pass, settle } = await warmFleet(1, { hints });
    const [{ store, source, token }] = members;
    await replaceT1(members[0]);
    await pass(3_400_000);
    await token();
    await settle();
    expect(source.peek()?.value).toBe('T3');
    const withoutRechecks = store.calls.filter((call) => call !== 'read');
    expect(withoutRechecks).toEqual(['begin', 'commit', 'begin', 'commit', 'begin', 'commit']);
    expect(store.calls.filter((call) => call === 'read').length).toBeLessThanOrEqual(1);
    await (await slot()).release('nobody');
    await settle();
    expect(store.calls).toHaveLength(6);
  },
);

test('a token that another process commits right after this one’s is looked up at the next use', async () => {
  const { clock, endpoint, shared, slot, settle } = await warmFleet(1);
  let letThrough: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (letThrough = resolve));
  const source = createTokenSource(acme(), {
    clock,
    transport: { adapter: endpoint.adapter },
    store: {
      ...shared,
      async open(identity, report) {
        const opened = await shared.open(identity, report);
        const commit: typeof opened.commit = async (request) => {
          const answer = await opened.commit(request);
          await gate;
          return answer;
        };
        return { ...opened, commit };
      },
    },
  });
  expect((await source.getToken()).value).toBe('T1');
  source.reject('T1');
  const next = source.getToken({ not: 'T1' });
  await settle();
  const newer = { value: 'T-newer', undated: false };
  await (
    await slot()
  ).commit({ owner: 'b', fence: undefined, token: newer, remainingMs: 7_200_000 });
  letThrough();
  expect((await next).value).toBe('T2');
  await source.getToken();
  await settle();
  expect(source.peek()?.value).toBe('T-newer');
});

test('clear() forgets the stored token, and later requests get another', async () => {
  const { members, join, endpoint, settle } = await warmFleet(1);
  const [{ source, token, store }] = members;
  const held = store.holdNext('clear');
  source.clear();
  const asked = token();
  await settle();
  expect(endpoint.calls).toHaveLength(1);
  held.release();
  await settle();
  expect(await asked).toBe('T2');
  expect(await join().token()).toBe('T2');
});

test('clear() before the first request forgets what others have stored', async () => {
  const { join, endpoint } = await warmFleet(1);
  const late = join();
  late.source.clear();
  expect(await late.token()).toBe('T2');
  expect(endpoint.calls).toHaveLength(2);
});

test('clear() forgets the stored tokens of requests with parameters, too', async () => {
  const { members, join, endpoint, settle } = await warmFleet(1);
  const late = join();
  const [{ source }] = members;
  const value = async (by: typeof source) => (await by.getToken({ params: { scope: 'a' } })).value;
  expect(await value(source)).toBe('T2');
  const asked = value(late.source);
  late.source.clear(); // While it still derives the keys under which T2 is kept.
  await settle();
  expect(await asked).toBe('T3');

  members[0].store.holdNext('clear'); // Of the token without parameters, which is not waited for here.
  const held = members[0].store.holdNext('clear');
  source.clear();
  const again = value(source);
  await settle();
  expect(endpoint.calls).toHaveLength(3);
  held.release();
  await settle();
  expect(await again).toBe('T4');
});

test('clear() on a store that fails is reported, and the old token does not come back', async () => {
  const { members, join, settle, pass } = await warmFleet(1);
  const [{ source, token, store, events }] = members;
  store.failNext(1);
  source.clear();
  await settle();
  expect(events.at(-1)).toMatchObject({ name: 'storeFailed' });
  store.fail();
  expect(await token()).toBe('T2');

  // It is made up for as soon as the store is back.
  store.recover();
  await pass(20_000);
  expect(await token()).toBe('T2');
  await settle();
  expect(await join().token()).toBe('T2');
});

describe('behaviour 40: while the records of new credentials cannot be opened, those of the old ones are left alone', () => {
  /** A process that holds T2, got with new credentials; its T1 was of the old ones. */
  async function rotated({ isStoreAway = false } = {}) {
    const { clock, endpoint, shared, slot, pass } = fleet(0);
    endpoint.onCall = (call, count) => call.issue(`T${count}`);
    let secret = ACME.clientSecret;
    let isAway = isStoreAway;
    const source = createTokenSource(
      acme({ credentials: () => ({ ...ACME, clientSecret: secret }) }),
      {
        clock,
        transport: { adapter: endpoint.adapter },
        store: {
          ...shared,
          async open(identity, report) {
            if (secret !== ACME.clientSecret) throw new Error('no keys for these');
            const opened = await shared.open(identity, report);
            const commit: typeof opened.commit = (token) =>
              isAway ? Promise.reject(new Error('away')) : opened.commit(token);
            return { ...opened, commit };
          },
        },
      },
    );
    expect((await source.getToken()).value).toBe('T1');
    secret = 'another-client-secret';
    isAway = false;
    source.reject('T1');
    expect((await source.getToken({ not: 'T1' })).value).toBe('T2');
    /** Uses the token for some minutes, so that whatever is due happens, and says which ones were served. */
    const useForMinutes = async () => {
      const served = new Set<string>();
      for (let look = 0; look < 3; look += 1) {
        await pass(90_000);
        served.add((await source.getToken()).value);
      }
      await pass(0);
      return [...served];
    };
    return { useForMinutes, records: await slot() };
  }

  test('the new token is not written there', async () => {
    const { useForMinutes, records } = await rotated();
    expect(await useForMinutes()).toEqual(['T2']);
    expect((await records.read())?.token.value).toBe('T1');
  });

  test('nor is it where the old one was still to be written back', async () => {
    const { useForMinutes, records } = await rotated({ isStoreAway: true });
    expect(await useForMinutes()).toEqual(['T2']);
    expect(await records.read()).toBeUndefined();
  });

  test('a token that another process brings there is not taken for a newer one', async () => {
    const { useForMinutes, records } = await rotated();
    const token = { value: 'of the old credentials', scope: undefined, undated: false };
    await records.commit({ owner: 'another', fence: 100, token, remainingMs: 7_200_000 });
    expect(await useForMinutes()).toEqual(['T2']);
  });
});

test('an answer to a question from before clear() is ignored', async () => {
  const { clock, endpoint, shared, settle, pass, members } = await warmFleet(1);
  let letThrough: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (letThrough = resolve));
  const source = createTokenSource(acme(), {
    clock,
    transport: { adapter: endpoint.adapter },
    store: {
      ...shared,
      async open(identity, report) {
        const slot = await shared.open(identity, report);
        const read = async () => {
          const found = await slot.read();
          await gate;
          return found;
        };
        return { ...slot, read };
      },
    },
  });
  await source.getToken();
  await replaceT1(members[0]);
  await pass(80_000);
  await source.getToken();
  // The answer is under way, and it says T2.
  source.clear();
  letThrough();
  await settle();
  expect(source.peek()).toBeUndefined();
});

test('clear() while waiting for another process starts again', async () => {
  const { members, slot, answerAtOnce, pass } = fleet(1);
  answerAtOnce();
  await (await slot()).begin({ owner: 'ghost', leaseMs: 60_000, minRemainingMs: 0 });
  const [{ source, token }] = members;
  const waiting = token();
  await pass(1_000);
  source.clear();
  await (await slot()).release('ghost');
  await pass(1_000);
  expect(await waiting).toBe('T1');
});

test('close() in the middle of a mint gives the lease back', async () => {
  const { members, slot, settle, endpoint } = fleet(1);
  const [{ source, token }] = members;
  void token();
  await settle();
  source.close();
  await settle();
  expect(endpoint.lastCall.aborted).toBe(true);
  const answer = await (await slot()).begin({ owner: 'b', leaseMs: 1, minRemainingMs: 0 });
  expect(answer.kind).toBe('lead');
});

test('close() leaves the stored token to the others', async () => {
  const { members, join, endpoint, clock } = await warmFleet(1, { hints: true });
  members[0].source.close();
  expect(await join().token()).toBe('T1');
  expect(endpoint.calls).toHaveLength(1);
  expect(clock.pendingTimers).toBe(0);
});

test('a source that is closed while it opens its records listens to nothing', async () => {
  const { shared, clock, settle, endpoint } = fleet(0);
  let listening = 0;
  const source = createTokenSource(acme(), {
    clock,
    transport: { adapter: endpoint.adapter },
    store: {
      ...shared,
      async open(identity, report) {
        const slot = await shared.open(identity, report);
        return { ...slot, subscribe: () => ((listening += 1), () => (listening -= 1)) };
      },
    },
  });
  const asked = source.getToken().catch((error: unknown) => error);
  source.close();
  await settle();
  await asked;
  expect(listening).toBe(0);
  expect(endpoint.calls).toHaveLength(0);
});

test('requests share tokens by their parameters, and dropped entries stop listening', async () => {
  const { members, join, endpoint, settle } = await warmFleet(1, { maxEntries: 2, hints: true });
  const [{ source, store }] = members;
  const value = async (scope: string) => (await source.getToken({ params: { scope } })).value;
  expect(await value('a')).toBe('T2');
  expect(await value('b')).toBe('T3');
  expect(await value('c')).toBe('T4');
  const late = join();
  expect((await late.source.getToken({ params: { scope: 'a' } })).value).toBe('T2');
  expect(await value('a')).toBe('T2');
  expect(endpoint.calls).toHaveLength(4);

  // Scope b had to make room for a: nobody here wants to hear of its next token.
  const before = store.calls.length;
  expect((await late.source.getToken({ params: { scope: 'b' } })).value).toBe('T3');
  late.source.reject('T3', { params: { scope: 'b' } });
  expect((await late.source.getToken({ params: { scope: 'b' }, not: 'T3' })).value).toBe('T5');
  await settle();
  expect(store.calls.length).toBe(before);
});

describe('a token that was minted while the store was away', () => {
  /** One process holds T1, which no other knows of. */
  async function alone(fields: Record<string, unknown> = {}) {
    const one = fleet(1);
    one.answerAtOnce(fields);
    const [member] = one.members;
    member.store.fail();
    await member.token();
    member.store.recover();
    await one.pass(2_000);
    return { ...one, member };
  }

  test('is written back with its lifetime unknown if it is', async () => {
    const { member, join, settle, slot } = await alone({ expires_in: undefined });
    await member.token();
    await settle();
    expect((await (await slot()).read())?.token.undated).toBe(true);
    expect(await join().token()).toBe('T1');
  });

  test('is written back later if that fails, too', async () => {
    const { member, join, settle, pass, slot } = await alone();
    member.store.failNext(1, 'commit');
    await member.token();
    await settle();
    expect(await (await slot()).read()).toBeUndefined();
    await pass(20_000); // Three failures in a row: the store is left alone for 10 s.
    await member.token();
    await settle();
    expect(await join().token()).toBe('T1');
  });

  test('is not written back after clear()', async () => {
    const { member, join, settle } = await alone();
    const held = member.store.holdNext('read');
    await member.token();
    await settle();
    member.source.clear();
    held.release();
    await settle();
    expect(await join().token()).toBe('T2');
  });

  test('gives way to a stored one that lives longer', async () => {
    const { member, slot, settle } = await alone({ expires_in: 600 });
    const stored = { value: 'longer', scope: undefined, undated: false };
    await (
      await slot()
    ).commit({ owner: 'b', fence: undefined, token: stored, remainingMs: 3_600_000 });
    await member.token();
    await settle();
    expect(await member.token()).toBe('longer');
  });

  test('is not replaced by one that lives shorter', async () => {
    const { member, slot, settle } = await alone();
    const stored = { value: 'shorter', scope: undefined, undated: false };
    await (
      await slot()
    ).commit({ owner: 'b', fence: undefined, token: stored, remainingMs: 5_000 });
    await member.token();
    await settle();
    expect(await member.token()).toBe('T1');
  });
});

test('a 401 while the endpoint is left alone and the store was never reached changes nothing', async () => {
  const { members, endpoint, pass } = fleet(1, { maxAttempts: 1 });
  const [{ source, store, token }] = members;
  store.hang();
  endpoint.onCall = (call) => call.issue('T1', { expires_in: 60 });
  const first = token();
  await pass(6_000);
  expect(await first).toBe('T1');
  endpoint.onCall = (call) => call.answer(503, '', { 'retry-after': '600' });
  await pass(50_000);
  await token();
  await pass(1_000);
  expect(source.reject('T1')).toEqual({ kind: 'pass', because: 'endpoint-cooling' });
});

test('of the tokens that drew a 401 only the latest ten are remembered', async () => {
  const { members, endpoint, answerAtOnce, settle } = fleet(1);
  answerAtOnce();
  const [{ source, token }] = members;
  let value = (await token()) as string;
  for (let round = 0; round < 12; round += 1) {
    const answer = source.reject(value);
    value = (await token(value)) as string;
    source.replayed({ accepted: true, forcedMint: forcedMintOf(answer) });
    await settle();
  }
  expect(value).toBe('T13');
  expect(endpoint.calls).toHaveLength(13);
});
