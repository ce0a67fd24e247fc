export interface PublicAddress {
  /** As in https://github.com/owner/name. */
  readonly repository: string | null;
  readonly site: string | null;
}
export interface Manifest {
  readonly version: string;
  readonly [field: string]: unknown;
}
export function packagePage(
  address: PublicAddress,
  manifest: Manifest,
  readme: string,
): { manifest: Manifest; readme: string };
