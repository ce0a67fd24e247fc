/**
 * A module of Node's own, or `undefined` where there is no Node.
 *
 * Asked for at run time: an import of a `node:` module would keep this library out of browsers. Where Node is only half
 * there, the question itself may throw (Next's edge runtime).
 */
export function nodeBuiltin(id: `node:${string}`): unknown {
  const { process } = globalThis as { process?: { getBuiltinModule?: (id: string) => unknown } };
  try {
    return process?.getBuiltinModule?.(id);
  } catch {
    return undefined;
  }
}
