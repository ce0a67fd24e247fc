/*
 * Reading and writing arbitrary objects without ever throwing, even with throwing getters, proxies and frozen objects.
 */

/**
 * The value at a path; `undefined` if the path ends early or cannot be read. Getters and prototypes count, except for what
 * someone has written to `Object.prototype`.
 */
export function read(holder: unknown, ...path: readonly string[]): unknown {
  try {
    return path.reduce<unknown>(
      (inner, name) =>
        (isObject(inner) || typeof inner === 'function') && !isPolluted(inner, name)
          ? (inner as Record<string, unknown>)[name]
          : undefined,
      holder,
    );
  } catch {
    return undefined;
  }
}

function isPolluted(inner: object, name: string): boolean {
  return Object.hasOwn(Object.prototype, name) && !Object.hasOwn(inner, name);
}

/** A header by its lower-case name: from an object with a `get`, such as `Headers` or the headers of axios and Azure, or from a plain object. */
export function headerOf(headers: unknown, name: string): unknown {
  const get = read(headers, 'get');
  if (typeof get === 'function')
    return quietly((): unknown => Reflect.apply(get, headers, [name])) ?? undefined;
  const key = namesOf(headers).find((candidate) => candidate.toLowerCase() === name);
  return key === undefined ? undefined : read(headers, key);
}

/** Writes a property and returns whether that worked. */
export function write(holder: unknown, name: string, value: unknown): boolean {
  try {
    return isObject(holder) && Reflect.set(holder, name, value);
  } catch {
    return false;
  }
}

/** Gives an error a cause, hidden as that of `new Error()`. A frozen error, or a thrown string, gets none. */
export function setCause(error: unknown, cause: unknown): void {
  const property = { value: cause, configurable: true, writable: true };
  quietly(() => Object.defineProperty(error, 'cause', property));
}

/** The enumerable names of an object. */
export function namesOf(holder: unknown): string[] {
  return quietly(() => (isObject(holder) ? Object.keys(holder) : [])) ?? [];
}

/** `undefined` if it cannot be read. */
export function prototypeOf(value: object): object | null | undefined {
  return quietly(() => Object.getPrototypeOf(value) as object | null);
}

/** What a step returns; `undefined` if it throws, which must not change the outcome. */
export function quietly<T>(step: () => T): T | undefined {
  try {
    return step();
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** The objects of an outcome that may reference a config and a request: the response or error itself, an error's response, and its causes. */
export function holdersOf(outcome: unknown): { config?: unknown }[] {
  const holders = new Set<object>();
  for (let one = outcome; isObject(one) && !holders.has(one); one = read(one, 'cause')) {
    holders.add(one);
    const response = read(one, 'response');
    if (isObject(response)) holders.add(response);
  }
  return [...holders];
}
