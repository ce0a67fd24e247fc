import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SiteConfig } from 'vitepress';

/**
 * Puts `llms.txt` at the root of the site, and beside each page the text that it is made of. So the links of `llms.txt` lead
 * to the same files here and in the package.
 */
export function writePlainText({ srcDir, outDir, pages }: SiteConfig): void {
  for (const file of ['llms.txt', ...pages]) {
    mkdirSync(dirname(join(outDir, file)), { recursive: true });
    copyFileSync(join(srcDir, file), join(outDir, file));
  }
}
