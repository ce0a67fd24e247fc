import type { InternalAxiosRequestConfig } from 'axios';
import fc from 'fast-check';

/**
 * What adapters, interceptors and callers hand to axios, in any shape. A shape is plain data that names what to make: so it
 * can be shrunk and printed, and be made anew for bare axios and for an attached instance.
 */

/** What a value is made of: the config that the adapter was sent, and a way to tell objects again. */
export interface Making {
  readonly sent: Config;
  /** Names an object by its part in the shape, so that the outcome can be asked whether it is the very same. */
  mark<T>(value: T, part: string): T;
}
export type Config = InternalAxiosRequestConfig;
export type Table = Record<string, (making: Making) => unknown>;

export const broken = (what: string) => (): never => raise(new Error(`broken ${what}`));

/** Throws anything at all, as adapters and interceptors may. */
export function raise(value: unknown): never {
  throw value;
}

/** Refuses whatever is asked of it. */
export const throwingProxy = (target: object, what: string): object =>
  new Proxy(target, { get: broken(what), has: broken(what), ownKeys: broken(what) });

/** One of the keys of a table; the first is the plainest, to which fast-check shrinks. */
export function keyOf(table: Record<string, unknown>): fc.Arbitrary<string> {
  return fc.constantFrom(...Object.keys(table));
}

/** Some of the keys of some tables. */
export function someOf<T extends Record<string, Table>>(
  tables: T,
): fc.Arbitrary<{ [K in keyof T]?: string }> {
  const fields = Object.fromEntries(
    Object.entries(tables).map(([name, table]) => [name, keyOf(table)]),
  );
  return fc.record(fields, { requiredKeys: [] });
}

/** The headers of a config as a plain object. */
export function plainHeaders({ headers }: Pick<Config, 'headers'>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(headers));
}

export function make(table: Table, key: string, making: Making): unknown {
  return table[key]!(making);
}

export const AS: Record<string, (value: object) => object> = {
  plain: (value) => value,
  frozen: (value) => Object.freeze(value),
  sealed: (value) => Object.seal(value),
  nonExtensible: (value) => Object.preventExtensions(value),
  readOnly: (value) => {
    for (const key of Reflect.ownKeys(value))
      Object.defineProperty(value, key, { writable: false, configurable: false });
    return value;
  },
  nullPrototype: (value) =>
    value instanceof Error ? value : (Object.assign(Object.create(null), value) as object),
  proxy: (value) => new Proxy(value, {}),
  deafProxy: (value) =>
    new Proxy(value, { defineProperty: () => false, deleteProperty: () => false }),
  getters: (value) => {
    for (const [key, held] of Object.entries(value))
      Object.defineProperty(value, key, { get: () => held as unknown, set: () => undefined });
    return value;
  },
};
