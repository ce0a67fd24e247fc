import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { bundleSize, type BundleSize } from '../../bench/bundle-size.js';
import { pages, ROOT, textOf } from '../docs/pages.js';
import { axiosOfRepository, createConsumer, install, pack } from './consumer.js';

/*
 * What a user carries: what `npm install` adds beside axios, what the tarball holds, what the core adds to a bundle.
 * Where a page shows another figure, correct it; `npm run bench -- --only size` does so for the sizes of bundles.
 */

const MB = 1_000_000;
const kB = 1_000;

let folder: string;
let addedBytes: number;
let unpackedBytes: number;
let core: BundleSize;

beforeAll(async () => {
  folder = await createConsumer();
  const tarball = await pack(folder);
  await install(folder, await axiosOfRepository());
  const withoutUs = bytesIn(join(folder, 'node_modules'));
  await install(folder, tarball.file);
  addedBytes = bytesIn(join(folder, 'node_modules')) - withoutUs;
  ({ unpackedBytes } = tarball);
  core = await bundleSize(join(ROOT, 'dist/index.js'), ROOT);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function bytesIn(path: string): number {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

describe('the package', () => {
  test('adds at most 5.5 MB beside axios, its dependencies among them', () => {
    expect(addedBytes).toBeLessThanOrEqual(5.5 * MB);
    // It counts what is installed, and not the tarball alone.
    expect(addedBytes).toBeGreaterThan(unpackedBytes);
  });

  test('is at most 2.5 MB unpacked, with the text of its docs', () => {
    expect(unpackedBytes).toBeLessThanOrEqual(2.5 * MB);
  });

  test('has a core of at most 36.7 kB, minified and gzipped, without axios', () => {
    expect(core.gzip).toBeLessThanOrEqual(36.7 * kB);
  });
});

/** What pages say of the figures, in which words. */
const claims = [
  { of: 'what we add', says: /\badds ([\d.]+) MB/g, found: () => [addedBytes / MB] },
  {
    of: 'the unpacked package',
    says: /([\d.]+) MB[^.\n]*\bunpacked\b/g,
    found: () => [unpackedBytes / MB],
  },
  {
    of: 'the core among the goals',
    says: /([\d.]+) kB, of which ([\d.]+) kB are its own code/g,
    found: () => [core.gzip / kB, core.ownGzip / kB],
  },
  {
    of: 'the core in the table',
    says: /^\| axios-bearer \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$/gm,
    found: () => [core.minified / kB, core.gzip / kB, core.ownGzip / kB],
  },
];

test.each(claims)('pages show the size of $of as it is', ({ says, found }) => {
  const shown = pages
    .filter((page) => page !== 'CHANGELOG.md')
    .flatMap((page) => [...textOf(page).matchAll(says)].map((match) => ({ page, match })))
    .map(({ page, match: [, ...figures] }) => ({ page, figures: figures.map(Number) }));
  expect(shown).not.toEqual([]);
  const measured = found();
  // With another version of zlib, or of a dependency, the last digit may be another.
  const wrong = shown.filter(({ figures }) =>
    figures.some((figure, at) => Math.abs(figure - measured[at]!) > 0.1),
  );
  expect({ wrong, measured }).toMatchObject({ wrong: [] });
});
