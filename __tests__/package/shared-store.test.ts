import { describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import type * as coreModule from '../../src/index.js';
import type * as storeModule from '../../src/store/index.js';
import { ROOT } from '../docs/pages.js';

/* The built package: a store brings the code that shares tokens, from whichever copy it comes. */

/** A sentence that only that code holds. */
const MARK = 'another process holds the refresh lease';

async function bundled(file: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, 'dist', file)],
    bundle: true,
    write: false,
    platform: 'node',
    logLevel: 'error',
  });
  return outputFiles[0]!.text;
}

describe.each(['js', 'cjs'])('built as %s, the code that shares tokens', (format) => {
  test('is no part of the core', async () => {
    expect(await bundled(`index.${format}`)).not.toContain(MARK);
  });

  test.each(['store', 'redis'])('comes with %s', async (entry) => {
    expect(await bundled(`${entry}.${format}`)).toContain(MARK);
  });
});

type Core = typeof coreModule;
type Store = typeof storeModule;
const require = createRequire(import.meta.url);
const load = async <T>(entry: string, format: string) =>
  (format === 'cjs'
    ? require(join(ROOT, `dist/${entry}.cjs`))
    : await import(join(ROOT, `dist/${entry}.js`))) as T;

test.each([
  ['js', 'cjs'],
  ['cjs', 'js'],
])('sources built as %s share tokens through a store built as %s', async (core, store) => {
  const { createTokenSource, defineProvider } = await load<Core>('index', core);
  const { createMemoryStore } = await load<Store>('store', store);
  let calls = 0;
  const provider = defineProvider({
    name: 'acme',
    baseURL: 'https://api.acme.test',
    acquireToken: () => `T${(calls += 1)}`,
  });
  const options = { store: createMemoryStore(), cacheIdentity: 'acme' };
  for (const source of [1, 2].map(() => createTokenSource(provider, options))) {
    expect((await source.getToken()).value).toBe('T1');
    source.close();
  }
});
