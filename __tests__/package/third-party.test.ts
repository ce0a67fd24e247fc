import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { sourcesOfSandboxPage } from '../../scripts/sandbox-page.mjs';

/*
 * What the build has taken in of other packages, by its own source maps and what its page was bundled of, against
 * THIRD-PARTY-NOTICES.md: their licences ask to be named where their code goes.
 */

const ROOT = resolve(import.meta.dirname, '../..');
const DIST = join(ROOT, 'dist');

interface Inlined {
  readonly name: string;
  readonly version: string;
  readonly licences: readonly string[];
}

const notices = readFileSync(join(ROOT, 'THIRD-PARTY-NOTICES.md'), 'utf8');
const inlined = new Map(
  [...sourcesOf(/\.c?js\.map$/), ...(await sourcesOfSandboxPage())]
    .flatMap(packageOf)
    .map((one) => [one.name, one]),
);

/** The source files that built files were made of, as their maps tell. */
function sourcesOf(built: RegExp): string[] {
  return readdirSync(DIST, { recursive: true, encoding: 'utf8' })
    .filter((file) => built.test(file))
    .flatMap((file) => {
      const { sources } = JSON.parse(readFileSync(join(DIST, file), 'utf8')) as {
        sources: string[];
      };
      return sources.map((source) => resolve(DIST, dirname(file), source));
    });
}

function packageOf(source: string): Inlined[] {
  const folder = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(source.replaceAll('\\', '/'))?.[0];
  if (folder === undefined) return [];
  const manifest = readFileSync(join(folder, 'package.json'), 'utf8');
  const { name, version } = JSON.parse(manifest) as { name: string; version: string };
  const licences = readdirSync(folder)
    .filter((entry) => /^licen[cs]e/i.test(entry))
    .map((file) => readFileSync(join(folder, file), 'utf8').trim());
  if (licences.length === 0) throw new Error(`${name} has no licence file`);
  return [{ name, version, licences }];
}

test('the build has taken in p-memoize and its page preact, so the maps and the bundler do tell', () => {
  expect([...inlined.keys()]).toEqual(expect.arrayContaining(['p-memoize', 'preact']));
});

describe.each([...inlined.values()])('$name', ({ name, version, licences }) => {
  test('is named with its version and the whole of its licence', () => {
    const section = notices.split(/^## /m).find((part) => part.startsWith(`${name} ${version}\n`));
    for (const licence of licences) expect(section).toContain(licence);
  });
});

test('nothing is named that is not in the build', () => {
  const named = [...notices.matchAll(/^## (\S+)/gm)].map(([, name]) => name);
  expect(named.sort()).toEqual([...inlined.keys()].sort());
});

test('the ES modules have taken in valibot alone', () => {
  const taken = sourcesOf(/\.js\.map$/).flatMap(packageOf);
  expect(new Set(taken.map(({ name }) => name))).toEqual(new Set(['valibot']));
});

/** What a built file imports or requires, types included. */
function importsOf(file: string): string[] {
  // The examples in comments import other things.
  const text = readFileSync(join(DIST, file), 'utf8').replaceAll(/^\s*\/\*[^]*?\*\//gm, '');
  const found = text.matchAll(
    // Some files have lost their white space: there a statement may follow another on its line.
    /(?:^|;)(?:import|export)\b[^'";]*?\bfrom ?['"]([^'"]+)|(?:^|;)import ?['"]([^'"]+)|\b(?:require|import)\(['"]([^'"]+)/gm,
  );
  return [...found].map((names) => (names[1] ?? names[2] ?? names[3])!);
}

test('every package that a built file or its types name is installed with this one', () => {
  const { dependencies, peerDependencies } = JSON.parse(
    readFileSync(join(ROOT, 'package.json'), 'utf8'),
  ) as Record<'dependencies' | 'peerDependencies', Record<string, string>>;
  const installed = Object.keys({ ...dependencies, ...peerDependencies });
  const named = readdirSync(DIST, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.c?[jt]s$/.test(file))
    .flatMap(importsOf)
    .filter((name) => !/^(\.|node:)/.test(name));
  expect(named.filter((name) => !installed.includes(name))).toEqual([]);
  expect(named).toEqual(expect.arrayContaining(installed));
});

/** The files that are loaded with an entry point. */
function loadedWith(entry: string, loaded = new Set<string>()): Set<string> {
  if (loaded.has(entry)) return loaded;
  loaded.add(entry);
  for (const name of importsOf(entry)) {
    if (name.startsWith('.')) loadedWith(join(dirname(entry), name), loaded);
  }
  return loaded;
}

test.each(['index', 'providers', 'store', 'redis', 'oauth', 'adapter', 'opentelemetry'])(
  '%s does not load it',
  (entry) => {
    const files = ['js', 'cjs'].flatMap((format) => [...loadedWith(`${entry}.${format}`)]);
    expect(files.filter((file) => file.startsWith('vendor'))).toEqual([]);
  },
);

test('truecaller loads it, so the same check would find it', () => {
  expect([...loadedWith('truecaller.js')]).toContain('vendor/valibot.js');
});
