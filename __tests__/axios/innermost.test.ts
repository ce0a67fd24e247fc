import { describe, expect, jest, test } from '@jest/globals';
import axios, { type AxiosInterceptorManager, type InternalAxiosRequestConfig } from 'axios';

import {
  isEmpty,
  isWalkable,
  runSynchronously,
  surround,
  type Handler,
  type Walkable,
} from '../../src/axios/innermost.js';

type Config = InternalAxiosRequestConfig;
type Manager = AxiosInterceptorManager<Config>;
type Named = Handler<Config> & { readonly name: string };

const handler = (name: string): Named => ({
  name,
  fulfilled: null,
  rejected: null,
  synchronous: true,
  runWhen: null,
});

const managerOf = (): Manager => axios.create().interceptors.request;
const walkableOf = (manager: Manager) => manager as unknown as Walkable<Config>;

/** The handlers that axios would see, by name. */
function walk(manager: Manager): string[] {
  const seen: string[] = [];
  walkableOf(manager).forEach((one) => seen.push((one as Partial<Named>).name ?? 'other'));
  return seen;
}

describe('handlers around those of others', () => {
  const around = {
    before: () => handler('before'),
    after: () => handler('after'),
  };

  test('stand before and after all that there are, now and later', () => {
    const manager = managerOf();
    surround(manager, around);
    expect(walk(manager)).toEqual(['before', 'after']);
    const id = manager.use((config) => config);
    expect(walk(manager)).toEqual(['before', 'other', 'after']);
    expect(id).toBe(0); // As axios would have numbered it.
    manager.clear();
    expect(walk(manager)).toEqual(['before', 'after']);
  });

  test('are asked for once at each walk, since axios walks once for each request', () => {
    const manager = managerOf();
    manager.use((config) => config);
    const before = jest.fn(() => handler('before'));
    const after = jest.fn(() => handler('after'));
    surround(manager, { before, after });
    walk(manager);
    walk(manager);
    expect([before, after].map(({ mock }) => mock.calls.length)).toEqual([2, 2]);
  });

  test('the one after knows what axios made of the one before', () => {
    const manager = managerOf();
    const first = handler('before');
    const after = jest.fn<(first: unknown) => undefined>();
    surround(manager, { before: () => first, after });
    walk(manager);
    expect(after).toHaveBeenCalledWith(first);
  });

  test('know whether another library wraps the iteration', () => {
    const before = jest.fn(() => undefined);
    const wrap = (walkable: Walkable<Config>) => {
      const theirs = walkable.forEach.bind(walkable);
      walkable.forEach = (visit) => theirs(visit);
    };
    const [inner, outer, none] = [managerOf(), managerOf(), managerOf()];
    wrap(walkableOf(inner));
    for (const manager of [inner, outer, none]) surround(manager, { before });
    wrap(walkableOf(outer));
    for (const manager of [inner, outer, none]) walk(manager);
    expect(before.mock.calls).toEqual([[false], [false], [true]]);
  });

  test('may be none for a walk', () => {
    const manager = managerOf();
    manager.use((config) => config);
    surround(manager, { before: () => undefined, after: () => undefined });
    expect(walk(manager)).toEqual(['other']);
  });

  test('leave no trace when they are taken off', () => {
    const manager = managerOf();
    const takeOff = surround(manager, around);
    takeOff();
    expect(Object.hasOwn(manager, 'forEach')).toBe(false);
    expect(walk(manager)).toEqual([]);
  });

  test('leave a walk of the manager’s own in its place', () => {
    const manager = managerOf();
    const walkable = walkableOf(manager);
    const own: Walkable<Config>['forEach'] = (visit) => visit(handler('own'));
    walkable.forEach = own;
    const takeOff = surround(manager, around);
    expect(walk(manager)).toEqual(['before', 'own', 'after']);
    takeOff();
    expect(Reflect.get(walkable, 'forEach')).toBe(own);
  });

  test('do nothing below a wrapper that came after them, and leave once it has gone', () => {
    const manager = managerOf();
    const walkable = walkableOf(manager);
    const takeOff = surround(manager, around);
    const ours: unknown = Reflect.get(walkable, 'forEach');
    const theirs: Walkable<Config>['forEach'] = (visit) => {
      visit(handler('theirs'));
      Reflect.apply(ours as Walkable<Config>['forEach'], walkable, [visit]);
    };
    walkable.forEach = theirs;
    expect(walk(manager)).toEqual(['theirs', 'before', 'after']);
    takeOff();
    expect(Reflect.get(walkable, 'forEach')).toBe(theirs);
    expect(walk(manager)).toEqual(['theirs']);
    Reflect.set(walkable, 'forEach', ours); // It takes itself off.
    expect(walk(manager)).toEqual([]);
    expect(Object.hasOwn(manager, 'forEach')).toBe(false);
  });
});

test('interceptors can be surrounded where axios walks them by a method; a mock may have none', () => {
  expect(isWalkable(managerOf())).toBe(true);
  expect(isWalkable({ use: () => 0 } as unknown as Manager)).toBe(false);
});

test('a manager is empty until an interceptor is registered, and after clear()', () => {
  const manager = managerOf();
  expect(isEmpty(manager)).toBe(true);
  manager.use((config) => config);
  expect(isEmpty(manager)).toBe(false);
  manager.clear();
  expect(isEmpty(manager)).toBe(true);
  expect(isEmpty({} as Manager)).toBe(false); // Unknown: another version of axios.
});

test.each<[boolean, string, object[]]>([
  [true, 'there are none', []],
  [true, 'each says so', [{ synchronous: true }, { synchronous: true }]],
  [false, 'one does not', [{ synchronous: true }, {}]],
  [true, 'the one that does not is not for this request', [{ runWhen: () => false }]],
  [false, 'the one that does not is for this request', [{ runWhen: () => true }]],
])('interceptors run at once: %s, if %s', (expected, _, options) => {
  const manager = managerOf();
  for (const one of options) manager.use((config) => config, null, one);
  expect(runSynchronously(manager, {} as Config)).toBe(expected);
});
