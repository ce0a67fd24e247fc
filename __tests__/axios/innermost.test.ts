import { describe, expect, test } from '@jest/globals';
import axios, { type AxiosInterceptorManager, type InternalAxiosRequestConfig } from 'axios';

import {
  isEmpty,
  othersRunSynchronously,
  surround,
  type Handler,
  type Walkable,
} from '../../src/axios/innermost.js';

type Config = InternalAxiosRequestConfig;
type Manager = AxiosInterceptorManager<Config>;

const handler = (name: string, fields: Partial<Handler<Config>> = {}) => ({
  name,
  fulfilled: null,
  rejected: null,
  synchronous: true,
  runWhen: null,
  ...fields,
});

const managerOf = (): Manager => axios.create().interceptors.request;

/** The handlers that axios would see, by name. */
function walk(manager: Manager): (string | undefined)[] {
  const seen: (string | undefined)[] = [];
  (manager as unknown as Walkable<Config>).forEach((one) =>
    seen.push((one as Partial<ReturnType<typeof handler>>).name ?? 'other'),
  );
  return seen;
}

describe('surrounding interceptors', () => {
  test('puts one before and one after all that there are, now and later', () => {
    const manager = managerOf();
    surround(manager, { before: handler('before'), after: handler('after') });
    expect(walk(manager)).toEqual(['before']);
    manager.use((config) => config);
    expect(walk(manager)).toEqual(['before', 'other', 'after']);
    manager.clear();
    expect(walk(manager)).toEqual(['before']);
  });

  test('leaves no trace when it is taken off', () => {
    const manager = managerOf();
    const takeOff = surround(manager, { before: handler('before') });
    expect(Object.hasOwn(manager, 'forEach')).toBe(true);
    takeOff();
    expect(Object.hasOwn(manager, 'forEach')).toBe(false);
    expect(walk(manager)).toEqual([]);
  });

  test('does nothing below a wrapper that came after it, and leaves with that', () => {
    const manager = managerOf();
    const walkable = manager as unknown as Walkable<Config>;
    const takeOff = surround(manager, { before: handler('before') });
    const ours = walkable.forEach.bind(walkable);
    const theirs: Walkable<Config>['forEach'] = (visit) => {
      visit(handler('theirs'));
      ours(visit);
    };
    walkable.forEach = theirs;
    expect(walk(manager)).toEqual(['theirs', 'before']);
    takeOff();
    expect(Reflect.get(walkable, 'forEach')).toBe(theirs);
    expect(walk(manager)).toEqual(['theirs']);
  });
});

test('a manager is empty while nobody has registered anything', () => {
  const manager = managerOf();
  expect(isEmpty(manager)).toBe(true);
  const id = manager.use((config) => config);
  expect(isEmpty(manager)).toBe(false);
  manager.eject(id);
  manager.clear();
  expect(isEmpty(manager)).toBe(true);
  expect(isEmpty({} as Manager)).toBe(false);
});

describe('others run synchronously', () => {
  const ours = handler('ours', { synchronous: false });
  const areSynchronous = (...handlers: Handler<Config>[]) =>
    othersRunSynchronously(
      { forEach: handlers.forEach.bind(handlers) } as never,
      {} as Config,
      (one) => one === ours,
    );

  test('if each says so that applies', () => {
    expect(areSynchronous()).toBe(true);
    expect(areSynchronous(ours)).toBe(true);
    expect(areSynchronous(ours, handler('a'), handler('b'))).toBe(true);
    expect(areSynchronous(handler('a'), handler('b', { synchronous: false }))).toBe(false);
    expect(areSynchronous(handler('a', { synchronous: false, runWhen: () => false }))).toBe(true);
    expect(areSynchronous(handler('a', { synchronous: false, runWhen: () => true }))).toBe(false);
  });
});
