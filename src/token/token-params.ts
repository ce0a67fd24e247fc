/**
 * Parameters of a token request that vary from call to call, such as `scope`, `audience` or a tenant.
 *
 * Calls with different parameters never share a token.
 */
export type TokenParams = Readonly<Record<string, string | readonly string[]>>;

/**
 * The key under which a token for `params` is kept. Order does not matter, and different sets always have different keys, because
 * the pairs are encoded as JSON and not joined with a delimiter.
 */
export function paramsKey(params: TokenParams | undefined): string {
  if (params === undefined) return '';
  const pairs = Object.entries(definedParams(params))
    .map(([name, value]) => [name, canonicalValue(name, value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return pairs.length === 0 ? '' : JSON.stringify(pairs);
}

/** Leaves out parameters that are `undefined`. */
export function definedParams(
  params: Readonly<Record<string, TokenParams[string] | undefined>>,
): TokenParams {
  const given = Object.entries(params).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as TokenParams;
}

/** Whether a value can be a parameter. */
export function isParamValue(value: unknown): value is string | readonly string[] {
  if (typeof value === 'string') return true;
  return Array.isArray(value) && value.every((part) => typeof part === 'string');
}

/**
 * Lists are treated as sets: order and repetition do not matter, as in `scope` (RFC 6749, section 3.3). An invalid value has a key
 * too, and is refused when a token is fetched for it.
 */
function canonicalValue(name: string, value: unknown): unknown {
  if (!isParamValue(value)) return value;
  if (name !== 'scope') return typeof value === 'string' ? value : sortedSet(value);
  const words = [value].flat().flatMap((part) => part.split(' '));
  return sortedSet(words.filter((word) => word !== ''));
}

function sortedSet(items: readonly string[]): string[] {
  return [...new Set(items)].sort();
}
