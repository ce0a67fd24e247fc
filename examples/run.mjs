/*
 * Runs an example against the sources of this repository:
 *
 *   node examples/run.mjs exotel-call
 *
 * The examples import the package by its name, as your app does. Here the name stands for `src/`, so nothing has to be
 * built first.
 */
import { build } from 'esbuild';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { sandboxPageForEsbuild } from '../scripts/sandbox-page.mjs';

const folder = dirname(fileURLToPath(import.meta.url));
const repository = resolve(folder, '..');
const name = process.argv[2] ?? '';
const source = ['ts', 'cjs']
  .map((extension) => join(folder, `${name}.${extension}`))
  .find((file) => existsSync(file));

if (!/^[a-z0-9-]+$/.test(name) || source === undefined) {
  const names = readdirSync(folder)
    .filter((file) => /\.(ts|cjs)$/.test(file))
    .map((file) => `  node examples/run.mjs ${file.replace(/\.\w+$/, '')}`);
  console.error(`Which one?\n${names.join('\n')}`);
  process.exit(2);
}

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
const format = source.endsWith('.cjs') ? 'cjs' : 'esm';
const outfile = join(repository, 'reports/examples', `${name}.${format === 'cjs' ? 'cjs' : 'mjs'}`);
await build({
  entryPoints: [source],
  outfile,
  bundle: true,
  // Some dependencies are ESM only: as in the built package, they become part of what is CommonJS.
  ...(format === 'cjs' ? { external: ['axios'] } : { packages: 'external' }),
  platform: 'node',
  format,
  sourcemap: 'inline',
  logLevel: 'warning',
  plugins: [sandboxPageForEsbuild],
  alias: Object.fromEntries(
    Object.entries(entries).map(([entry, file]) => [entry, join(repository, file)]),
  ),
});
await import(pathToFileURL(outfile).href);
