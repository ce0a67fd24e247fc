/*
 * Reading and writing arbitrary objects without ever throwing, even with throwing getters, proxies and frozen objects.
 */

/** The value of a property; `undefined` if there is none or it cannot be read. */
export function read(holder: unknown, name: string): unknown {
  try {
    const isHolder = isObject(holder) || typeof holder === 'function';
    return isHolder ? (holder as Record<string, unknown>)[name] : undefined;
  } catch {
    return undefined;
  }
}

/** Writes a property and returns whether that worked. */
export function write(holder: unknown, name: string, value: unknown): boolean {
  try {
    return isObject(holder) && Reflect.set(holder, name, value);
  } catch {
    return false;
  }
}

/** The enumerable names of an object. */
export function namesOf(holder: unknown): string[] {
  try {
    return isObject(holder) ? Object.keys(holder) : [];
  } catch {
    return [];
  }
}

/** `undefined` if it cannot be read. */
export function prototypeOf(value: object): object | null | undefined {
  try {
    return Object.getPrototypeOf(value) as object | null;
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
