import { describe, expect, test } from '@jest/globals';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
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

/** Takes a port with free ones before it: connections are given theirs further up, from 32,768 or 49,152 on. */
async function takePort(): Promise<Server> {
  for (let port = 20_010; ; port += 10) {
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (isFree) return server;
  }
}

describe('axios-bearer sandbox --ui', () => {
  const cli = resolve(dist, 'cli.js');

  test('serves the page, and ends with it', async () => {
    const child = spawn(process.execPath, [cli, 'sandbox', '--ui', '--port', '0']);
    const exit = once(child, 'exit');
    try {
      child.stdout.resume();
      let url: string | undefined;
      for await (const told of createInterface(child.stderr)) {
        url ??= /^Live view of the tokens: (http:\S+)$/.exec(told)?.[1];
        if (told.includes('Ctrl-C')) break;
      }
      const page = await fetch(url ?? 'none');
      expect(await page.text()).toContain('src="/page.js"');
    } finally {
      child.kill('SIGTERM');
    }
    expect(await exit).toEqual([0, null]);
  });

  test('says that its port is taken, and leaves no sandbox running', async () => {
    const blocker = await takePort();
    const { port } = blocker.address() as AddressInfo;
    // It comes after the nine servers of the sandbox.
    const args = [cli, 'sandbox', '--ui', '--only', 'oauth2', '--port', String(port - 9)];
    const failure = await run(process.execPath, args, { timeout: 30_000 }).catch(
      (error: unknown) => error,
    );
    blocker.close();
    expect(failure).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`Port ${port} is in use`) as unknown,
    });
  });
});
