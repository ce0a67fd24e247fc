import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { describeWithChromium, launchChromium } from '../../browser/chromium.js';
import { createConsumer, install, pack } from '../consumer.js';
import { describeWithWorkerd, startWorker } from '../workerd.js';
import { startApiServer, type ApiServer } from './api-server.js';
import type { Surroundings } from './exercise.js';

/*
 * The built `axios-bearer/fetch` in each runtime: the same app, the same server, the same outcome.
 */

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../../..');

let folder: string;
let api: ApiServer;
let foreign: ApiServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'axios-bearer-fetch-'));
});
beforeEach(async () => {
  [api, foreign] = [await startApiServer(), await startApiServer()];
});
afterEach(() => {
  api.close();
  foreign.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The app of the user with the built package, in one file. */
async function bundle(program: string): Promise<string> {
  const outfile = join(folder, 'app.mjs');
  await build({
    stdin: {
      contents: `import { exercise } from './exercise.ts'; ${program}`,
      resolveDir: import.meta.dirname,
      loader: 'ts',
    },
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    external: ['node:*'],
    logLevel: 'error',
    plugins: [
      {
        name: 'built package',
        setup(bundler) {
          bundler.onResolve({ filter: /\/src\/fetch\/index\.js$/ }, () => ({
            path: join(ROOT, 'dist/fetch.js'),
          }));
        },
      },
    ],
    outfile,
  });
  return outfile;
}

const surroundings = (more: Partial<Surroundings> = {}): Surroundings => ({
  url: api.url,
  foreignUrl: foreign.url,
  sendsStreams: true,
  ...more,
});

/** @param found - what the app tells */
function expectAllGood(found: unknown): void {
  const healed = ['string', 'bytes', 'params', 'blob', 'form'].flatMap((name) => [
    [name, 200],
    [`${name} in a Request`, 200],
  ]);
  expect(found).toMatchObject({
    'ten at once': Array.from({ length: 10 }, () => 200),
    ...(Object.fromEntries(healed) as object),
    'a second 401': [401, 'already-replayed', 'refused'],
    'an abort': ['Error: enough', 200],
    'a foreign URL': 200,
    'a foreign redirect': 200,
  });
  expect(foreign.arrivals.map(({ path, headers }) => [path, headers.authorization])).toEqual([
    ['/direct', undefined],
    ['/redirected', undefined],
  ]);
  expect(api.tokenCalls).toBeLessThanOrEqual(14);
  const bodies = api.arrivals.filter(({ path }) => path.startsWith('/body/'));
  expect(bodies).toHaveLength(20);
  for (let at = 0; at < bodies.length; at += 2) {
    const [first, second] = [bodies[at]!, bodies[at + 1]!];
    expect(second.body).toBe(first.body);
    expect(first.body).not.toBe('');
    expect(second.headers['content-type']).toBe(first.headers['content-type']);
  }
}

const PROGRAM = 'console.log(JSON.stringify(await exercise(JSON.parse(process.argv.at(-1)))));';

describe.each([
  { runtime: 'node', args: [] },
  { runtime: 'bun', args: ['run'] },
  { runtime: 'deno', args: ['run', '--allow-all'] },
])('in $runtime', ({ runtime, args }) => {
  // Bun and Deno are no part of this repository: `npm install --global bun deno` brings them.
  const isHere = spawnSync(runtime, ['--version']).status === 0;
  const isRequired = process.env['AXIOS_BEARER_REQUIRE_RUNTIMES'] !== undefined;
  const testHere = isHere || isRequired ? test : test.skip;

  testHere('every request is served and every 401 healed, byte for byte', async () => {
    const app = await bundle(PROGRAM);
    const { stdout } = await run(runtime, [...args, app, JSON.stringify(surroundings())]);
    expectAllGood(JSON.parse(stdout));
  });
});

describeWithWorkerd('in workerd', () => {
  test.each(['2026-11-01', '2023-09-01'])(
    'every request is served and every 401 healed, byte for byte, as of %s',
    async (date) => {
      const app = await bundle(`export default {
        async fetch({ url }, { SETTINGS }) {
          return url.includes('/up') ? new Response() : Response.json(await exercise(JSON.parse(SETTINGS)));
        },
      };`);
      const worker = await startWorker(app, surroundings(), { date, flags: [] });
      const found = await worker.ask().finally(() => worker.stop());
      expectAllGood(found);
    },
  );
});

describeWithChromium('in Chromium', () => {
  test('every request is served and every 401 healed, byte for byte', async () => {
    const app = await bundle('Object.assign(globalThis, { exercise });');
    const page = await startApiServer({
      '/page': ['text/html', '<script type="module" src="/app.js"></script>'],
      '/app.js': ['text/javascript', await readFile(app, 'utf8')],
    });
    const browser = await launchChromium();
    try {
      const tab = await browser.newPage();
      await tab.goto(`${page.url}/page`);
      const found: unknown = await tab.evaluate(
        (given) => (globalThis as unknown as { exercise(it: object): unknown }).exercise(given),
        surroundings({ sendsStreams: false }) as object,
      );
      expectAllGood(found);
    } finally {
      await browser.close();
      page.close();
    }
  });
});

describe('where axios is not installed', () => {
  let consumer: string;
  beforeAll(async () => {
    consumer = await createConsumer();
    const { file } = await pack(consumer);
    await install(consumer, file);
    await rm(join(consumer, 'node_modules/axios'), { recursive: true });
  });
  afterAll(() => rm(consumer, { recursive: true, force: true }));

  const names = 'createBearerFetch, createTokenSource, defineProvider, isBearerError';
  const program = `
    const api = createBearerFetch(oauth2ClientCredentials({
      tokenUrl: process.argv[2] + '/token', baseURL: process.argv[2], clientId: 'i', clientSecret: 's',
    }));
    const main = async () => {
      const { status } = await api(process.argv[2] + '/orders');
      await fetch(process.argv[2] + '/revoke', { method: 'POST' });
      const healed = await api(process.argv[2] + '/orders');
      return [status, healed.status, typeof createTokenSource, typeof defineProvider, isBearerError(0)];
    };
    main().then((seen) => console.log(JSON.stringify(seen)));`;

  test.each([
    [
      'esm.mjs',
      `import { ${names} } from 'axios-bearer/fetch'; import { oauth2ClientCredentials } from 'axios-bearer/providers'; ${program}`,
    ],
    [
      'cjs.cjs',
      `const { ${names} } = require('axios-bearer/fetch'); const { oauth2ClientCredentials } = require('axios-bearer/providers'); ${program}`,
    ],
  ])('axios-bearer/fetch and axios-bearer/providers work: %s', async (name, text) => {
    await writeFile(join(consumer, name), text);
    const { stdout } = await run('node', [name, api.url], { cwd: consumer });

    expect(JSON.parse(stdout)).toEqual([200, 200, 'function', 'function', false]);
    await expect(
      run('node', ['--input-type=module', '-e', "import 'axios-bearer'"], { cwd: consumer }),
    ).rejects.toThrow("Cannot find package 'axios'");
  });
});
