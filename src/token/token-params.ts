/**
 * Parameters of one token request that vary from call to call, such as `scope`, `audience` or a tenant.
 *
 * Two calls that differ in any of them never share a token.
 */
export type TokenParams = Readonly<Record<string, string | readonly string[]>>;

/**
 * The key under which a token for `params` is kept: the same parameters in another order give the same key,
 * and no two different sets do, because the pairs are encoded as JSON and never joined by a delimiter.
 */
export function paramsKey(params: TokenParams | undefined): string {
  if (params === undefined) return '';
  const pairs = Object.entries(definedParams(params))
    .map(([name, value]) => [name, canonicalValue(name, value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return pairs.length === 0 ? '' : JSON.stringify(pairs);
}

/** A parameter that is `undefined` is one that is left out. */
export function definedParams(params: TokenParams): TokenParams {
  const given = Object.entries<TokenParams[string] | undefined>(params);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined)) as TokenParams;
}

/** Whether a value can be a parameter. */
export function isParamValue(value: unknown): value is string | readonly string[] {
  if (typeof value === 'string') return true;
  return Array.isArray(value) && value.every((part) => typeof part === 'string');
}

/**
 * Lists are sets here: order and repetition mean nothing, nor do they in `scope` (RFC 6749, section 3.3). What is no
 * parameter has a key as well, and is refused when a token is made for it.
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
