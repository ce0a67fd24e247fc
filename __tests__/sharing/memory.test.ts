import { expect, test } from '@jest/globals';
import { AsyncLocalStorage } from 'node:async_hooks';

import { createTokenSource } from '../../src/index.js';
import { createMemoryStore, createSharedStore, type SharedStore } from '../../src/store/index.js';
import type { TokenStoreSlot } from '../../src/sharing/token-store.js';
import { createFakeTokenEndpoint } from '../../src/testing/index.js';
import { isInMemory } from '../setup/in-memory.js';
import { acme } from '../token-source/hand-held.js';

const provider = acme();

function sourceOf(store: SharedStore, endpoint = createFakeTokenEndpoint()) {
  return createTokenSource(provider, { store, transport: { adapter: endpoint.adapter } });
}

/** A memory store, and how many listeners it has. */
function countingStore() {
  const memory = createMemoryStore();
  const counted = { listeners: 0 };
  const store = createSharedStore({
    async open(identity, report) {
      const slot = (await memory.open(identity, report)) as Required<TokenStoreSlot>;
      return {
        ...slot,
        subscribe(listener) {
          const unsubscribe = slot.subscribe(listener);
          counted.listeners += 1;
          return () => {
            counted.listeners -= 1;
            unsubscribe();
          };
        },
      };
    },
  });
  return { store, counted };
}

test('a store does not keep a token source that was dropped without close(), such as one per request', async () => {
  const { store, counted } = countingStore();
  const serveRequest = async () => {
    const source = sourceOf(store);
    await source.getToken();
    return new WeakRef(source);
  };
  const dropped = await serveRequest();
  expect(counted.listeners).toBe(1);
  expect(await isInMemory(dropped)).toBe(false);
  expect(counted.listeners).toBe(0);
});

test('a token source in use keeps listening to its store, and stops with close()', async () => {
  const { store, counted } = countingStore();
  const source = sourceOf(store);
  const { value } = await source.getToken();
  await isInMemory(new WeakRef(source));
  expect(counted.listeners).toBe(1);

  const other = sourceOf(store);
  await other.getToken();
  other.reject(value);
  const renewed = await other.getToken();
  await new Promise(setImmediate);
  expect(source.peek()?.value).toBe(renewed.value);

  source.close();
  other.close();
  expect(counted.listeners).toBe(0);
  await isInMemory(new WeakRef(source));
  expect(counted.listeners).toBe(0);
});

test('a token that waited for the lease of another process does not keep the async context of that request', async () => {
  const requests = new AsyncLocalStorage<object>();
  const store = createMemoryStore();
  const endpoint = createFakeTokenEndpoint();
  const asked = new Promise<void>((resolve) => (endpoint.onCall = () => resolve()));
  const [leader, follower] = [sourceOf(store, endpoint), sourceOf(store)];
  const led = leader.getToken();
  await asked;
  const awaited = new Promise((resolve) => follower.on('leaseAwaited', resolve));
  const serveRequest = async () => {
    const request = {};
    const waiting = requests.run(request, () => follower.getToken());
    setTimeout(() => endpoint.lastCall.issue('token'), 20);
    await waiting;
    return new WeakRef(request);
  };
  const request = await serveRequest();
  await Promise.all([led, awaited]);
  expect(await isInMemory(request)).toBe(false);
  expect(follower.peek()?.value).toBe('token');
  leader.close();
  follower.close();
});
