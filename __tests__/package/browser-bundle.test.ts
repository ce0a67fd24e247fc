import { expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { isBuiltin } from 'node:module';
import { join, resolve } from 'node:path';

/* The built entry points, with all that they need, as a bundler for browsers puts them together. */

const repository = resolve(import.meta.dirname, '../..');

/** What of Node a bundle of that entry point would import. */
async function imported(entry: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [join(repository, `dist/${entry}.js`)],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'browser',
    format: 'esm',
    // Otherwise esbuild would stop at the first one.
    external: ['node:*'],
    logLevel: 'error',
  });
  const outside = Object.values(metafile.outputs).flatMap(({ imports }) => imports);
  return outside.map(({ path }) => path).filter(isBuiltin);
}

test.each(['index', 'providers', 'exotel', 'truecaller', 'oauth', 'adapter', 'opentelemetry'])(
  'a bundle of %s for browsers holds no import of Node, its packages included',
  async (entry) => {
    expect(await imported(entry)).toEqual([]);
  },
);

test('the same check finds what redis, which is for servers, imports', async () => {
  expect(await imported('redis')).toContain('node:crypto');
});
