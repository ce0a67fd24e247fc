import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';

const SOURCES = fileURLToPath(new URL('../../src/', import.meta.url));
const PACKAGES = ['axios', 'p-throttle', 'valibot'];

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

/** The first way round that leads back to where it began. */
function cycleIn(graph: Map<string, string[]>): string[] | undefined {
  const done = new Set<string>();
  const visit = (file: string, path: string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const next of graph.get(file) ?? []) {
      const cycle = visit(next, [...path, file]);
      if (cycle !== undefined) return cycle;
    }
    done.add(file);
    return undefined;
  };
  return [...graph.keys()].map((file) => visit(file, [])).find((cycle) => cycle !== undefined);
}

describe.each(['exotel', 'truecaller'])('the import graph of axios-bearer/%s', (api) => {
  const graph = graphOf(`apis/${api}/index.ts`);
  const files = [...graph.keys()];

  it('stays within src/apis, what conceals secrets and what reads a Retry-After, and out of the other API', () => {
    const other = api === 'exotel' ? 'apis/truecaller' : 'apis/exotel';
    const isOurs = (file: string) => /^(apis|concealment)\/|^platform\/retry-after\.ts$/.test(file);
    expect(files.filter((file) => !isOurs(file) || file.startsWith(other))).toEqual([]);
  });

  it('reaches axios and the schema and throttle libraries only', () => {
    const packages = new Set(files.flatMap(importsOf).filter((name) => !name.startsWith('.')));
    expect([...packages].filter((name) => !PACKAGES.includes(name))).toEqual([]);
    expect([...packages]).toContain('axios');
  });

  it('has no cycle', () => {
    expect(cycleIn(graph)).toBeUndefined();
  });

  it('reaches every file of the folder', () => {
    const all = readdirSync(join(SOURCES, 'apis', api), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => relative(SOURCES, join(SOURCES, 'apis', api, file)));
    expect(all.filter((file) => !graph.has(file))).toEqual([]);
  });
});

it('finds a cycle where there is one', () => {
  const graph = new Map([
    ['a', ['b']],
    ['b', ['c']],
    ['c', ['b']],
  ]);
  expect(cycleIn(graph)).toEqual(['b', 'c', 'b']);
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
