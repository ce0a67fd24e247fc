/** The page as it is served. */
export interface PageFiles {
  readonly html: string;
  readonly script: string;
  readonly style: string;
}

/**
 * The finished page. In the package this whole module is replaced by one that holds the texts (rollup.config.mjs); when
 * run from source, they are built on the spot.
 */
export async function builtPage(): Promise<PageFiles> {
  const { buildSandboxPage } = await import('../../../scripts/sandbox-page.mjs');
  return buildSandboxPage();
}
