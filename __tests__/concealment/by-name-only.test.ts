import { describe, expect, test } from '@jest/globals';
import { EventEmitter } from 'node:events';
import { inspect } from 'node:util';

import { byNameOnly } from '../../src/concealment/by-name-only.js';

class Real extends EventEmitter {
  #count = 0;
  readonly path = '/things';
  readonly socket = { header: 'Bearer telltale-token' };
  changed: unknown;

  count(): number {
    this.#count += 1;
    return this.#count;
  }

  get total(): number {
    return this.#count;
  }
}

describe('what leads to sockets can be used', () => {
  test('by name: its values, methods and getters work on the real object', () => {
    const real = new Real();
    const view = byNameOnly(real);
    expect(view.path).toBe('/things');
    expect([view.count(), view.count(), real.total, view.total]).toEqual([1, 2, 2, 2]);
    expect(['path' in view, 'missing' in view]).toEqual([true, false]);
  });

  test('and written to, by name', () => {
    const real = new Real();
    byNameOnly(real).changed = 1;
    expect(real.changed).toBe(1);
  });

  test('as an emitter, whose listeners hear the real one and can be taken off', () => {
    const real = new Real();
    const view = byNameOnly(real);
    const heard: unknown[] = [];
    const listen = (word: unknown) => heard.push(word);
    view.on('said', listen);
    real.emit('said', 1);
    view.off('said', listen);
    real.emit('said', 2);
    expect(heard).toEqual([1]);
  });

  test('with methods that stay the same each time they are read', () => {
    const view = byNameOnly(new Real());
    expect(Reflect.get(view, 'count')).toBe(Reflect.get(view, 'count'));
  });

  test('as an instance of the class that is named; of none by default', () => {
    const real = new Real();
    expect(byNameOnly(real, Real.prototype)).toBeInstanceOf(Real);
    expect(byNameOnly(real)).not.toBeInstanceOf(Real);
  });
});

describe('what leads to sockets shows nothing', () => {
  const view = byNameOnly(new Real(), Real.prototype);

  test('to what lists or copies it', () => {
    expect(Reflect.ownKeys(view)).toEqual([]);
    expect(Object.entries(Object.assign({}, view))).toEqual([]);
    const walked: string[] = [];
    for (const name in view) walked.push(name);
    expect(walked.filter((name) => Object.hasOwn(view, name))).toEqual([]);
  });

  test('to what makes JSON of it: there it is left out', () => {
    expect(JSON.stringify({ view, other: 1 })).toBe('{"other":1}');
    expect(JSON.stringify([view])).toBe('[null]');
  });

  test.each([
    {},
    { showHidden: true },
    { showProxy: true },
    { getters: true },
    { customInspect: false },
    { depth: Infinity, showHidden: true, showProxy: true, getters: true },
  ])('to inspect with %j', (options) => {
    for (const shown of [view, byNameOnly(new Real())])
      expect(inspect({ shown }, options)).not.toMatch(/telltale|things/);
  });

  test('when it is concealed once more: it is the same view', () => {
    expect(byNameOnly(view)).toBe(view);
  });
});
