import { MisconfigurationError } from '../errors/index.js';

/**
 * The base URL of a region or environment.
 *
 * @throws {@link MisconfigurationError} naming the regions that exist
 */
export function baseURLOf<Region extends string>(
  provider: string,
  regions: Readonly<Record<Region, string>>,
  region: Region,
  option = 'region',
): string {
  if (Object.hasOwn(regions, region)) return regions[region];
  throw new MisconfigurationError({
    provider,
    option,
    problem: `"${region}" is not known`,
    remedy: `Use one of: ${Object.keys(regions).join(', ')}.`,
  });
}
