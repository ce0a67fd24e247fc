/**
 * A built-in module of Node; `undefined` outside of Node.
 *
 * Loaded at run time, because importing a `node:` module would break browsers. In a partial Node environment the lookup itself may
 * throw (Next's edge runtime).
 */
export function nodeBuiltin(id: `node:${string}`): unknown {
  const { process } = globalThis as { process?: { getBuiltinModule?: (id: string) => unknown } };
  try {
    return process?.getBuiltinModule?.(id);
  } catch {
    return undefined;
  }
}
