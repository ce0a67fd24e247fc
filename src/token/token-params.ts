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
  const pairs = Object.entries(params)
    .map(([name, value]) => [name, canonicalValue(name, value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return pairs.length === 0 ? '' : JSON.stringify(pairs);
}

/** Lists are sets here: order and repetition mean nothing, nor do they in `scope` (RFC 6749, section 3.3). */
function canonicalValue(name: string, value: string | readonly string[]): string | string[] {
  if (name !== 'scope') return typeof value === 'string' ? value : sortedSet(value);
  const words = [value].flat().flatMap((part) => part.split(' '));
  return sortedSet(words.filter((word) => word !== ''));
}

function sortedSet(items: readonly string[]): string[] {
  return [...new Set(items)].sort();
}
