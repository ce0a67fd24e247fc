/*
 * What npm shows about the package, once the project has a public address: `npm publish` runs this first. It writes `repository`,
 * `homepage` and `bugs` into package.json, and makes the links of the README absolute, from public-address.json, the only place that
 * holds the address. Without an address it fails, and so does the release.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The manifest and the README as published, for the address `https://github.com/owner/name` and the URL of the site, if there is one. */
export function packagePage({ repository, site }, manifest, readme) {
  if (!/^https:\/\/[^/]+\/[^/]+\/[^/]+$/.test(repository ?? ''))
    throw new Error(
      'There is no public address. Give `repository` in public-address.json, as in https://github.com/owner/name.',
    );
  const at = (view) => `${repository}/${view}/v${manifest.version}/`;
  return {
    manifest: {
      ...manifest,
      homepage: site ?? `${repository}#readme`,
      bugs: `${repository}/issues`,
      repository: { type: 'git', url: `git+${repository}.git` },
    },
    readme: readme.replaceAll(
      /(!?)(\[(?:[^\]\\]|\\.)*\]\()(?!https?:|#)([^)\s]+\))/g,
      (_, image, text, path) => `${image}${text}${at(image === '' ? 'blob' : 'raw')}${path}`,
    ),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const read = (file) => readFileSync(file, 'utf8');
  try {
    const address = JSON.parse(read('public-address.json'));
    const page = packagePage(address, JSON.parse(read('package.json')), read('README.md'));
    writeFileSync('package.json', `${JSON.stringify(page.manifest, undefined, 2)}\n`);
    writeFileSync('README.md', page.readme);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
