/*
 * Reading and writing objects of any origin without ever throwing: there are getters and proxies that throw, and frozen
 * objects.
 */

/** The value of a property; `undefined` where there is none, or it cannot be read. */
export function read(holder: unknown, name: string): unknown {
  try {
    const isHolder = isObject(holder) || typeof holder === 'function';
    return isHolder ? (holder as Record<string, unknown>)[name] : undefined;
  } catch {
    return undefined;
  }
}

/** Writes a property, and tells whether that worked. */
export function write(holder: unknown, name: string, value: unknown): boolean {
  try {
    return isObject(holder) && Reflect.set(holder, name, value);
  } catch {
    return false;
  }
}

/** The names of what an object lists. */
export function namesOf(holder: unknown): string[] {
  try {
    return isObject(holder) ? Object.keys(holder) : [];
  } catch {
    return [];
  }
}

/** `undefined` where it cannot be told. */
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
