import { afterEach, expect, jest, test } from '@jest/globals';

import { listenWeakly, whileInMemory } from '../../src/platform/weak-listener.js';
import { isInMemory } from '../setup/in-memory.js';

/** Calls all its listeners. */
function bell() {
  const listeners = new Set<(message: string) => void>();
  return {
    listeners,
    ring: (message: string) => {
      for (const listener of listeners) listener(message);
    },
    subscribe: (listener: (message: string) => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

interface Guest {
  heard: string;
}

const hear = (guest: Guest, message: string) => void (guest.heard = message);

afterEach(() => void jest.restoreAllMocks());

test('a listener hears messages until it unsubscribes', () => {
  const { subscribe, ring, listeners } = bell();
  const guest = { heard: '' };
  const leave = listenWeakly(guest, subscribe, hear);
  ring('dinner');
  expect(guest.heard).toBe('dinner');
  leave?.();
  ring('tea');
  expect(guest.heard).toBe('dinner');
  expect(listeners.size).toBe(0);
});

test('a store that returns nothing to unsubscribe with is heard all the same', () => {
  const { subscribe, ring } = bell();
  const guest = { heard: '' };
  const silent = (listener: (message: string) => void) => void subscribe(listener);
  const leave = listenWeakly(guest, silent, hear);
  ring('dinner');
  expect(guest.heard).toBe('dinner');
  expect(leave).not.toThrow();
});

test('a subscription ends once nothing else holds its object, even if unsubscribing throws', async () => {
  const { subscribe, ring, listeners } = bell();
  const arrive = () => {
    const guest = { heard: '' };
    listenWeakly(guest, subscribe, hear);
    const other = { heard: '' };
    listenWeakly(
      other,
      () => () => {
        throw new Error('closed');
      },
      hear,
    );
    return [new WeakRef(guest), new WeakRef(other)] as const;
  };
  const [guest, other] = arrive();
  expect(await isInMemory(guest)).toBe(false);
  expect(await isInMemory(other)).toBe(false);
  expect(listeners.size).toBe(0);
  expect(() => ring('dinner')).not.toThrow();
});

test('a function does nothing once its target is gone, and keeps it no longer', async () => {
  const heard: string[] = [];
  const arrive = () => {
    const guest = { heard: '' };
    const tell = whileInMemory(guest, (_, message: string) => void heard.push(message));
    tell('dinner');
    return { guest: new WeakRef(guest), tell };
  };
  const { guest, tell } = arrive();
  expect(await isInMemory(guest)).toBe(false);
  tell('tea');
  expect(heard).toEqual(['dinner']);
});

test('where a runtime has no weak references, it keeps listening', async () => {
  const { FinalizationRegistry: own, WeakRef: ownRef } = globalThis;
  Reflect.deleteProperty(globalThis, 'FinalizationRegistry');
  Reflect.deleteProperty(globalThis, 'WeakRef');
  try {
    jest.resetModules();
    const path = '../../src/platform/weak-listener.js';
    const older = (await import(path)) as { listenWeakly: typeof listenWeakly };
    const { subscribe, ring, listeners } = bell();
    const guest = { heard: '' };
    const leave = older.listenWeakly(guest, subscribe, hear);
    ring('dinner');
    expect(guest.heard).toBe('dinner');
    leave?.();
    expect(listeners.size).toBe(0);
  } finally {
    globalThis.FinalizationRegistry = own;
    globalThis.WeakRef = ownRef;
  }
});
