import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { bundleSize, type BundleSize } from '../bundle-size.js';
import { axiosBearer, peers } from '../peers/index.js';
import type { MeasureResult } from '../report/results.js';
import { shown } from './measure.js';

/** Relative to `bench/dist`, where this runs from. */
const root = join(import.meta.dirname, '../..');
const MOST_KB = 8;

interface Size extends BundleSize {
  readonly name: string;
}

export async function size(): Promise<MeasureResult> {
  const sizes: Size[] = [];
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    exports: Record<string, { import?: { default: string } } | string>;
  };
  for (const [path, target] of Object.entries(exports)) {
    if (typeof target === 'string' || target.import === undefined) continue;
    const entry = join(root, target.import.default);
    sizes.push({
      name: path.replace('.', 'axios-bearer'),
      ...(await bundleSize(entry, root)),
    });
  }
  const entries = new Set(peers.flatMap(({ entry }) => (entry === undefined ? [] : [entry])));
  entries.delete(axiosBearer.entry ?? '');
  for (const entry of entries) {
    sizes.push({ name: entry, ...(await bundleSize(entry, join(root, 'bench'))) });
  }
  const core = sizes[0]?.gzip ?? Number.NaN;
  return {
    id: 'size',
    title: 'Size',
    about:
      'Each entry point as a bundler takes it (esbuild, for Node), minified, without axios: with the other packages that it ' +
      'stands on, and its own code alone.',
    columns: ['', 'minified, kB', 'gzip, kB', 'own code, gzip, kB'],
    rows: sizes.map(({ name, minified, gzip, ownGzip }) => [
      name,
      ...[minified, gzip, ownGzip].map((bytes) => shown(bytes / 1000, 1)),
    ]),
    goals: [
      {
        goal: `the core is at most ${MOST_KB} kB, minified and gzipped, without axios`,
        figure: `${shown(core / 1000, 1)} kB, of which ${shown((sizes[0]?.ownGzip ?? Number.NaN) / 1000, 1)} kB are its own code`,
        isMet: core <= MOST_KB * 1000,
      },
    ],
    broken: [],
  };
}
