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
  readonly licence: string;
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
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`${name} has no licence file`);
  return [{ name, version, licence: readFileSync(join(folder, file), 'utf8').trim() }];
}

test('the build has taken in p-memoize and its page preact, so the maps and the bundler do tell', () => {
  expect([...inlined.keys()]).toEqual(expect.arrayContaining(['p-memoize', 'preact']));
});

describe.each([...inlined.values()])('$name', ({ name, version, licence }) => {
  test('is named with its version and the whole of its licence', () => {
    const section = notices.split(/^## /m).find((part) => part.startsWith(`${name} ${version}\n`));
    expect(section).toContain(licence);
  });
});

test('nothing is named that is not in the build', () => {
  const named = [...notices.matchAll(/^## (\S+)/gm)].map(([, name]) => name);
  expect(named.sort()).toEqual([...inlined.keys()].sort());
});

test('the ES modules have taken in nothing', () => {
  const taken = sourcesOf(/\.js\.map$/).flatMap(packageOf);
  expect(taken.map(({ name }) => name)).toEqual([]);
});
