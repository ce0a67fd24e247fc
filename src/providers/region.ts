import { oneOf } from './provider-options.js';

/**
 * The base URL of a region or environment.
 *
 * @throws MisconfigurationError with the known regions
 */
export function baseURLOf<Region extends string>(
  provider: string,
  regions: Readonly<Record<Region, string>>,
  region: Region,
  option = 'region',
): string {
  return regions[oneOf(provider, option, region, Object.keys(regions) as Region[])];
}
