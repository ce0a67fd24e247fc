/**
 * A module of Node's own, or `undefined` where there is no Node.
 *
 * Asked for at run time: an import of a `node:` module would keep this library out of browsers.
 */
export function nodeBuiltin(id: `node:${string}`): unknown {
  const { process } = globalThis as { process?: { getBuiltinModule?: (id: string) => unknown } };
  return process?.getBuiltinModule?.(id);
}
