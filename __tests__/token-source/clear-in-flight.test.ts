import { describe, expect, test } from '@jest/globals';

import { createTokenSource } from '../../src/axios/create-token-source.js';
import { acme, type ACME, bench, ended } from './hand-held.js';
import { fleet } from '../sharing/shared-fleet.js';

/*
 * Whoever waits gets a token that was fetched after clear(), and none after close(). The answer may be there already, unread,
 * when either comes: so it has to be turned away wherever it has got to.
 */

describe('in the very tick in which the answer arrives', () => {
  test('clear(): that token is not taken up, and the caller gets the next one', async () => {
    const { source, endpoint, settle } = bench();
    const asked = ended(source.getToken());
    await settle();
    endpoint.lastCall.issue('before');
    source.clear();
    await settle();
    endpoint.lastCall.issue('after');
    expect(await asked).toBe('after');
    expect(source.peek()?.value).toBe('after');
  });

  test('close(): that token is not shared, and the lease goes back', async () => {
    const { members, slot, endpoint, settle } = fleet(1);
    const [{ source, token }] = members;
    const asked = token();
    await settle();
    endpoint.lastCall.issue('before');
    source.close();
    await settle();
    expect(await asked).toMatchObject({ code: 'ERR_TOKEN_SOURCE_CLOSED' });
    const begun = await (await slot()).begin({ owner: 'b', leaseMs: 1_000, minRemainingMs: 0 });
    expect(begun.kind).toBe('lead');
  });

  test('close(): that token is not shared either where it was minted without the store', async () => {
    const { members, slot, endpoint, settle } = fleet(1);
    const [{ source, store, token }] = members;
    store.failNext(1, 'begin');
    const asked = token();
    await settle();
    endpoint.lastCall.issue('before');
    source.close();
    await settle();
    expect(await asked).toMatchObject({ code: 'ERR_TOKEN_SOURCE_CLOSED' });
    expect(await (await slot()).read()).toBeUndefined();
  });
});

test('close() while the store is asked leaves no lease behind', async () => {
  const { members, slot, endpoint, settle } = fleet(1);
  const [{ source, store, token }] = members;
  const held = store.holdNext('begin');
  const asked = token();
  await settle();
  source.close();
  held.release();
  await settle();
  expect(await asked).toMatchObject({ code: 'ERR_TOKEN_SOURCE_CLOSED' });
  expect(endpoint.calls).toHaveLength(0);
  const begun = await (await slot()).begin({ owner: 'b', leaseMs: 1_000, minRemainingMs: 0 });
  expect(begun.kind).toBe('lead');
});

describe('clear() while the answer to a commit is under way', () => {
  /** A source whose commits reach the store at once, and whose answers wait for the test. */
  function withLateCommits() {
    const { clock, endpoint, shared, settle } = fleet(0);
    let letThrough: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (letThrough = resolve));
    const failing = { begin: false };
    const source = createTokenSource(acme(), {
      clock,
      transport: { adapter: endpoint.adapter },
      store: {
        ...shared,
        async open(identity, report) {
          const slot = await shared.open(identity, report);
          return {
            ...slot,
            begin: (request) =>
              failing.begin ? Promise.reject(new Error('away')) : slot.begin(request),
            commit: async (request) => {
              const answer = await slot.commit(request);
              await gate;
              return answer;
            },
          };
        },
      },
    });
    return { source, endpoint, settle, letThrough, failing };
  }

  test('that token is forgotten in the store too, and the caller gets the next one', async () => {
    const { source, endpoint, settle, letThrough } = withLateCommits();
    const asked = ended(source.getToken());
    await settle();
    endpoint.lastCall.issue('before');
    await settle();
    source.clear();
    letThrough();
    await settle();
    endpoint.lastCall.issue('after');
    expect(await asked).toBe('after');
    expect(endpoint.calls).toHaveLength(2);
  });

  test('also where it was minted without the lease', async () => {
    const { source, endpoint, settle, letThrough, failing } = withLateCommits();
    endpoint.onCall = (call, count) => call.issue(`T${count}`);
    failing.begin = true;
    expect(await ended(source.getToken())).toBe('T1');
    failing.begin = false;
    source.clear();
    letThrough();
    await settle();
    expect(await ended(source.getToken())).toBe('T2');
  });
});

test('close() from within the credentials function ends the wait at once', async () => {
  const { source, endpoint, settle } = bench({
    provider: {
      credentials: () => {
        source.close();
        return new Promise<typeof ACME>(() => undefined);
      },
    },
  });
  const asked = ended(source.getToken());
  await settle();
  expect(await asked).toMatchObject({ code: 'ERR_TOKEN_SOURCE_CLOSED' });
  expect(endpoint.calls).toHaveLength(0);
});

test('close() right before an attempt prevents it', async () => {
  let isReady = false;
  const { source, endpoint, settle } = bench({
    provider: {
      tokenRequest: (credentials) => {
        if (isReady) source.close();
        return { url: '/oauth/token', body: { json: { ...credentials } } };
      },
    },
  });
  isReady = true;
  const asked = ended(source.getToken());
  await settle();
  expect(await asked).toMatchObject({ code: 'ERR_TOKEN_SOURCE_CLOSED' });
  expect(endpoint.calls).toHaveLength(0);
});

test('clear({ params }) forgets the token of these parameters, and no other', async () => {
  const { source, endpoint } = bench();
  endpoint.onCall = (call, count) => call.issue(`token-${count}`);
  const ask = (tenant: string) => ended(source.getToken({ params: { tenant } }));
  expect([await ask('a'), await ask('b'), await ended(source.getToken())]).toEqual([
    'token-1',
    'token-2',
    'token-3',
  ]);
  source.clear({ params: { tenant: 'a' } });
  expect([await ask('a'), await ask('b'), await ended(source.getToken())]).toEqual([
    'token-4',
    'token-2',
    'token-3',
  ]);
});
