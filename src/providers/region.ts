import { oneOf } from './provider-options.js';

/**
 * The given base URL, or that of the region or environment, which has to be a known one either way.
 *
 * @throws MisconfigurationError with the known regions
 */
export function baseURLOf<Region extends string>(
  provider: string,
  regions: Readonly<Record<Region, string>>,
  region: Region,
  {
    given,
    option = 'region',
  }: { readonly given?: string | undefined; readonly option?: string } = {},
): string {
  oneOf(provider, option, region, Object.keys(regions) as Region[]);
  return given ?? regions[region];
}
