import { build, type PluginBuild } from 'esbuild';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { axiosBearer, peers } from '../peers/index.js';
import type { MeasureResult } from '../report/results.js';
import { shown } from './measure.js';

/** Of `bench/dist`, where this runs from. */
const root = join(import.meta.dirname, '../..');
const MOST_KB = 8;

interface Size {
  readonly name: string;
  readonly minified: number;
  readonly gzip: number;
  /** Without the packages that it stands on. */
  readonly ownGzip: number;
}

export async function size(): Promise<MeasureResult> {
  const sizes: Size[] = [];
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    exports: Record<string, { import?: { default: string } } | string>;
  };
  for (const [path, target] of Object.entries(exports)) {
    if (typeof target === 'string' || target.import === undefined) continue;
    const entry = join(root, target.import.default);
    sizes.push(await sizeOf(path.replace('.', 'axios-bearer'), entry, root));
  }
  const entries = new Set(peers.flatMap(({ entry }) => (entry === undefined ? [] : [entry])));
  entries.delete(axiosBearer.entry ?? '');
  for (const entry of entries) sizes.push(await sizeOf(entry, entry, join(root, 'bench')));
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

async function sizeOf(name: string, entry: string, resolveDir: string): Promise<Size> {
  const whole = await bundle(entry, resolveDir, false);
  const own = await bundle(entry, resolveDir, true);
  return {
    name,
    minified: whole.length,
    gzip: gzipSync(whole, { level: 9 }).length,
    ownGzip: gzipSync(own, { level: 9 }).length,
  };
}

async function bundle(entry: string, resolveDir: string, isAlone: boolean): Promise<Uint8Array> {
  const { outputFiles } = await build({
    stdin: { contents: `export * from ${JSON.stringify(entry)};`, resolveDir },
    bundle: true,
    minify: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    // The entry itself may be a package, which must not be left out with the others.
    external: ['axios'],
    plugins: isAlone ? [leaveOutPackagesOf(entry)] : [],
    logLevel: 'error',
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}

function leaveOutPackagesOf(entry: string) {
  return {
    name: 'own code only',
    setup(it: PluginBuild) {
      it.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
        path === entry || kind === 'entry-point' ? undefined : { path, external: true },
      );
    },
  };
}
