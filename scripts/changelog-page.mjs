/* Writes docs/changelog.md, the page of the site: the text of CHANGELOG.md, with links relative to docs/. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The page, from the text of CHANGELOG.md. */
export function changelogPage(changelog) {
  return changelog.replaceAll(/\]\((?!https?:|#)(docs\/)?/g, (_, docs) =>
    docs === undefined ? '](../' : '](',
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync('docs/changelog.md', changelogPage(readFileSync('CHANGELOG.md', 'utf8')));
