import { expect, test } from '@jest/globals';

import { createTokenSource } from '../../src/index.js';
import { type SharedStore } from '../../src/store/index.js';
import { ACME, acme, leaveWaiting } from '../token-source/hand-held.js';
import { fleet, warmFleet } from './shared-fleet.js';

/** Every process holds T1. */
test('behaviour 43: a 401 on T1 while the store holds T2 is healed without a mint', async () => {
  const { members, endpoint } = await warmFleet(2);
  const [a, b] = members;
  expect(a.source.reject('T1').kind).toBe('replay');
  expect(await a.token('T1')).toBe('T2');
  expect(b.source.reject('T1').kind).toBe('replay');
  expect(await b.token('T1')).toBe('T2');
  expect(endpoint.calls).toHaveLength(2);
  expect(b.events.at(-1)).toMatchObject({ name: 'refreshed', from: 'store', reason: 'rejected' });
});

test('behaviour 43: when the store still holds T1, exactly one process mints', async () => {
  const revoked = await warmFleet(8);
  const { members, endpoint, pass } = revoked;
  for (const { source } of members) expect(source.reject('T1').kind).toBe('replay');
  const healed = Promise.all(members.map(({ token }) => token('T1')));
  await pass(2_000);
  expect(await healed).toEqual(Array.from({ length: 8 }, () => 'T2'));
  expect(endpoint.calls).toHaveLength(2);
});

test('no request that starts after a 401 gets the rejected token', async () => {
  const { members, join, endpoint, pass, settle } = await warmFleet(1);
  endpoint.onCall = leaveWaiting;
  members[0].source.reject('T1');
  void members[0].token('T1');
  await settle();
  const late = join();
  const cold = late.token();
  await pass(1_000);
  endpoint.lastCall.issue('T2');
  await pass(1_000);
  expect(await cold).toBe('T2');
});

test('a token adopted after a 401 may draw a 401 too, which is healed as well', async () => {
  const { members, endpoint } = await warmFleet(2);
  const [a, b] = members;
  a.source.reject('T1');
  await a.token('T1');
  b.source.reject('T1');
  expect(await b.token('T1')).toBe('T2');
  // T2 dies at once, and no replay with it has been accepted yet.
  expect(b.source.reject('T2').kind).toBe('replay');
  expect(await b.token('T2')).toBe('T3');
  expect(endpoint.calls).toHaveLength(3);
});

test('behaviour 29: while the endpoint cools down here, a 401 still looks for a token that another process brought', async () => {
  const { members, endpoint, pass, settle } = await warmFleet(2, { maxAttempts: 1 });
  const [a, b] = members;
  await pass(3_400_000);
  endpoint.onCall = (call) => call.answer(429, '', { 'retry-after': '600' });
  b.store.hang(); // It cannot tell the others.
  const early = b.token();
  await pass(300);
  expect(await early).toBe('T1');
  await settle();
  expect(b.events.some(({ name }) => name === 'coolDownStarted')).toBe(true);
  b.store.recover();

  endpoint.onCall = (call) => call.issue('T2');
  a.source.reject('T1');
  expect(await a.token('T1')).toBe('T2');
  expect(b.source.reject('T1')).toEqual({ kind: 'pass', because: 'endpoint-cooling' });
  expect(await b.token('T1')).toBe('T2'); // It waits for that look.
  await settle();
  expect(b.events.some(({ name }) => name === 'coolDownEnded')).toBe(true);
});

test('behaviour 40: a process with a rotated secret does not get the token of the old one', async () => {
  const { join, endpoint } = await warmFleet(1);
  const rotated = join({
    provider: { credentials: { clientId: 'acme-client-id', clientSecret: 'rotated' } },
  });
  expect(await rotated.token()).toBe('T2');
  expect(endpoint.calls).toHaveLength(2);
});

test('behaviour 40: nor does one whose vault returns another secret from now on', async () => {
  let clientSecret = 'first';
  const credentials = () => ({ clientId: 'acme-client-id', clientSecret });
  const { members, join } = await warmFleet(1, { provider: { credentials } });
  clientSecret = 'second';
  expect(await join().token()).toBe('T2');
  members[0].source.reject('T1');
  // The old token drew a 401, so it asks again; and its vault says the new secret by now.
  expect(await members[0].token('T1')).toBe('T2');
});

test('a cacheIdentity takes the place of the secret', async () => {
  const { join, endpoint } = await warmFleet(1, { cacheIdentity: 'fleet' });
  const rotated = join({
    provider: { credentials: { clientId: 'acme-client-id', clientSecret: 'rotated' } },
  });
  expect(await rotated.token()).toBe('T1');
  expect(endpoint.calls).toHaveLength(1);
});

test('behaviour 28: a token that drew a 401 is not sent again when its credentials come back', async () => {
  const { clock, endpoint, shared, pass } = fleet(0);
  endpoint.onCall = (call, count) => call.issue(`T${count}`);
  let clientSecret = 'first';
  const source = createTokenSource(acme({ credentials: () => ({ ...ACME, clientSecret }) }), {
    clock,
    transport: { adapter: endpoint.adapter },
    store: shared,
  });
  expect((await source.getToken()).value).toBe('T1');
  clientSecret = 'second';
  source.reject('T1');
  expect((await source.getToken({ not: 'T1' })).value).toBe('T2');
  await pass(60_000);
  clientSecret = 'first';
  source.reject('T2');
  expect((await source.getToken({ not: 'T2' })).value).toBe('T3');
});

/** A store that reads and cannot be written to: it goes on offering what it has, whatever it is told. */
function readOnly(store: SharedStore): SharedStore {
  return {
    ...store,
    async open(identity, report) {
      const slot = await store.open(identity, report);
      return {
        ...slot,
        begin: (request) => slot.begin({ ...request, inHand: undefined }),
        reject: () => slot.read(),
        commit: () => Promise.reject(new Error('READONLY')),
      };
    },
  };
}

test('a token that drew a 401 here is not adopted again, though the store goes on offering it', async () => {
  const { clock, endpoint, shared, settle, pass, members } = await warmFleet(1);
  expect(members).toHaveLength(1);
  endpoint.onCall = (call, count) => call.issue(`T${count}`, { expires_in: 600 });
  const source = createTokenSource(acme(), {
    clock,
    random: () => 0.5,
    transport: { adapter: endpoint.adapter },
    store: readOnly(shared),
  });
  expect((await source.getToken()).value).toBe('T1');
  source.reject('T1');
  expect((await source.getToken({ not: 'T1' })).value).toBe('T2');
  // Nor is it taken up in the background, although it lives longer.
  await pass(61_000);
  expect((await source.getToken()).value).toBe('T2');
  await settle();
  expect((await source.getToken()).value).toBe('T2');
});

test('nor is it where each refresh has another secret and a cacheIdentity names the records', async () => {
  const { clock, endpoint, shared, pass } = await warmFleet(1, { cacheIdentity: 'fleet' });
  endpoint.onCall = (call, count) => call.issue(`T${count}`, { expires_in: 600 });
  let secrets = 0;
  const credentials = () => ({ ...ACME, clientSecret: `secret-${(secrets += 1)}` });
  const source = createTokenSource(acme({ credentials }), {
    clock,
    random: () => 0.5,
    cacheIdentity: 'fleet',
    transport: { adapter: endpoint.adapter },
    store: readOnly(shared),
  });
  expect((await source.getToken()).value).toBe('T1');
  for (const [rejected, next] of [
    ['T1', 'T2'],
    ['T2', 'T3'],
  ] as const) {
    source.reject(rejected);
    expect((await source.getToken({ not: rejected })).value).toBe(next);
    await pass(61_000);
  }
});
