import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';

const SOURCES = fileURLToPath(new URL('../../src/', import.meta.url));
/** What a file imports and re-exports, types too: a type of the token code would be knowledge of it as well. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(SOURCES, file), 'utf8');
  return [...text.matchAll(/(?:[}*\s]from|\bimport)\s*\(?'([^']+)'/g)].map(([, name]) => name!);
}

function neighboursOf(file: string): string[] {
  return importsOf(file)
    .filter((name) => name.startsWith('.'))
    .map((name) => normalize(join(dirname(file), name)).replace(/\.js$/, '.ts'));
}

/** Everything that an entry reaches. */
function graphOf(entry: string): Map<string, string[]> {
  const graph = new Map<string, string[]>();
  const visit = (file: string) => {
    if (graph.has(file)) return;
    graph.set(file, neighboursOf(file));
    graph.get(file)!.forEach(visit);
  };
  visit(entry);
  return graph;
}

describe.each(['exotel', 'truecaller'])('the import graph of axios-bearer/%s', (api) => {
  const graph = graphOf(`apis/${api}/index.ts`);
  const files = [...graph.keys()];

  it('stays within src/apis, what conceals secrets and pieces of HTTP, and out of the other API', () => {
    const other = api === 'exotel' ? 'apis/truecaller' : 'apis/exotel';
    const isOurs = (file: string) =>
      /^(apis|concealment)\/|^platform\/(basic-authorization|retry-after|utf8)\.ts$/.test(file);
    expect(files.filter((file) => !isOurs(file) || file.startsWith(other))).toEqual([]);
  });

  it('reaches every file of the folder', () => {
    const all = readdirSync(join(SOURCES, 'apis', api), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => relative(SOURCES, join(SOURCES, 'apis', api, file)));
    expect(all.filter((file) => !graph.has(file))).toEqual([]);
  });
});

it.each([
  ['exotel', 'parseCcmCallback'],
  ['exotel', 'parseCallDetails'],
  ['truecaller', 'parseTruecallerEvent'],
  ['truecaller', 'parseTruecallerCallEvent'],
])('a bundle of %s with %s alone leaves all the rest out', async (api, name) => {
  const { outputFiles } = await build({
    stdin: {
      contents: `export { ${name} } from './apis/${api}/index.js'`,
      resolveDir: SOURCES,
      loader: 'ts',
    },
    bundle: true,
    minify: true,
    write: false,
    packages: 'external',
    format: 'esm',
    // What package.json promises, which a bundler reads there in the published package.
    treeShaking: true,
    ignoreAnnotations: false,
  });
  const text = outputFiles[0]!.text;
  expect(text).not.toMatch(/["'](axios|valibot|p-throttle)/);
  expect(text.length).toBeLessThan(4000);
});
