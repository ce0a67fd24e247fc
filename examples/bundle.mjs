/*
 * Bundles examples against the sources of this repository. They import the package by its name, as your app does: here the name
 * stands for `src/`, so nothing has to be built first.
 */
import { build } from 'esbuild';
import { readdirSync } from 'node:fs';
import { join, parse, resolve } from 'node:path';

import { sandboxPageForEsbuild } from '../scripts/sandbox-page.mjs';

const repository = resolve(import.meta.dirname, '..');

const entries = {
  'axios-bearer/providers': 'src/providers/index.ts',
  'axios-bearer/presets': 'src/presets/index.ts',
  'axios-bearer/exotel': 'src/apis/exotel/index.ts',
  'axios-bearer/truecaller': 'src/apis/truecaller/index.ts',
  'axios-bearer/store': 'src/store/index.ts',
  'axios-bearer/redis': 'src/redis/index.ts',
  'axios-bearer/testing': 'src/testing/index.ts',
  'axios-bearer': 'src/index.ts',
};

/** Every example by its name, with its file. */
export const examples = new Map(
  readdirSync(import.meta.dirname)
    .filter((file) => /\.(ts|cjs)$/.test(file))
    .map((file) => [parse(file).name, join(import.meta.dirname, file)]),
);

/**
 * @param names - of the examples
 * @param outdir - within the repository, so that they find their packages
 * @returns the file to run for each of them
 */
export async function bundleExamples(names, outdir = join(repository, 'reports/examples')) {
  const isCommonJS = (name) => examples.get(name).endsWith('.cjs');
  const modules = names.filter((name) => !isCommonJS(name));
  const bundled = await Promise.all([
    bundle(modules, 'esm', outdir),
    bundle(names.filter(isCommonJS), 'cjs', outdir),
  ]);
  return new Map(bundled.flat());
}

async function bundle(names, format, outdir) {
  const extension = format === 'cjs' ? '.cjs' : '.mjs';
  await build({
    entryPoints: names.map((name) => examples.get(name)),
    outdir,
    outExtension: { '.js': extension },
    bundle: true,
    // Some dependencies are ESM only: as in the built package, they become part of what is CommonJS.
    ...(format === 'cjs'
      ? { external: ['axios'] }
      : { packages: 'external', splitting: names.length > 1 }),
    platform: 'node',
    format,
    sourcemap: 'inline',
    logLevel: 'warning',
    plugins: [sandboxPageForEsbuild],
    alias: Object.fromEntries(
      Object.entries(entries).map(([entry, file]) => [entry, join(repository, file)]),
    ),
  });
  return names.map((name) => [name, join(outdir, `${name}${extension}`)]);
}
