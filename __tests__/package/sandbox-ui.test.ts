import { describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

/*
 * The page of the sandbox is built into the package. Whether it is really in there, in both formats, shows only when the
 * built files serve it to somebody.
 */

const run = promisify(execFile);
const dist = resolve(import.meta.dirname, '../../dist');

const PROGRAM = `
async function main() {
  const sandbox = await startSandbox({ only: ['exotel'] });
  const ui = await startSandboxUi({ sandbox });
  const [html, script, style] = await Promise.all(
    ['', 'page.js', 'page.css'].map(async (path) => (await fetch(ui.url + path)).text()),
  );
  await ui.close();
  await sandbox.close();
  return { html, imports: /\\bimport\\b[^;]{0,80}from/.test(script), script: script.length, style: style.length };
}
main().then((seen) => console.log(JSON.stringify(seen)));`;

describe('the built package', () => {
  test.each([
    {
      format: 'ES module',
      door: `import { startSandbox, startSandboxUi } from '${dist}/testing.js';`,
    },
    {
      format: 'CommonJS',
      door: `const { startSandbox, startSandboxUi } = require('${dist}/testing.cjs');`,
    },
  ])('serves the whole page of the sandbox as $format', async ({ format, door }) => {
    const type = format === 'CommonJS' ? 'commonjs' : 'module';
    const { stdout } = await run('node', [`--input-type=${type}`, '--eval', door + PROGRAM]);
    const seen = JSON.parse(stdout) as Record<string, unknown>;
    expect(seen['html']).toContain('src="/page.js"');
    expect(seen).toMatchObject({ imports: false });
    expect(seen['script']).toBeGreaterThan(10_000);
    expect(seen['style']).toBeGreaterThan(5_000);
  });
});
