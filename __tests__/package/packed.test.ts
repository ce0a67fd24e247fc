import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFile, spawn } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

import { linksOf, targetOf, textOf } from '../docs/pages.js';
import { printedBy, snippetsOf } from '../snippets/snippet.js';
import { axiosOfRepository, createConsumer, install, pack } from './consumer.js';
import { problemsWith } from './type-check.js';

/*
 * What a user gets: the packed tarball, installed into an empty folder. Neither publint nor attw notices a default import
 * that is broken at run time, so every consumer here makes a real call.
 */

const run = promisify(execFile);
const repository = resolve(import.meta.dirname, '../..');
let folder: string;
let packed: readonly string[];

beforeAll(async () => {
  folder = await createConsumer();
  const tarball = await pack(folder);
  packed = tarball.paths;
  await install(folder, tarball.file, await axiosOfRepository(), '@types/node@20');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const PROGRAM = `
async function main() {
  const sandbox = await startSandbox({ only: ['exotel'] });
  const http = createProviderClient(exotel({ ...sandbox.exotel.credentials, baseURL: sandbox.exotel.url }));
  const first = await http.get('/__sandbox/echo');
  sandbox.exotel.revokeTokens();
  const healed = await http.get('/__sandbox/echo');
  await sandbox.close();
  return [first.status, healed.status, sandbox.exotel.tokenCalls];
}`;

const IMPORTS = `
import { createProviderClient } from 'axios-bearer';
import { exotel } from 'axios-bearer/providers';
import { startSandbox } from 'axios-bearer/testing';`;

const REQUIRES = `
const { createProviderClient } = require('axios-bearer');
const { exotel } = require('axios-bearer/providers');
const { startSandbox } = require('axios-bearer/testing');`;

async function write(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return name;
}

describe('the packed tarball', () => {
  test('makes an authorised call and heals a 401 from an ES module', async () => {
    const file = await write(
      'esm.mjs',
      `${IMPORTS}${PROGRAM}\nconsole.log(JSON.stringify(await main()));`,
    );
    const { stdout } = await run('node', [file], { cwd: folder });
    expect(JSON.parse(stdout)).toEqual([200, 200, 2]);
  });

  test('makes an authorised call and heals a 401 from CommonJS', async () => {
    const file = await write(
      'cjs.cjs',
      `${REQUIRES}${PROGRAM}\nmain().then((seen) => console.log(JSON.stringify(seen)));`,
    );
    const { stdout } = await run('node', [file], { cwd: folder });
    expect(JSON.parse(stdout)).toEqual([200, 200, 2]);
  });

  test.each([
    ['mistake.mjs', "import { createExotelApi } from 'axios-bearer/exotel';"],
    ['mistake.cjs', "const { createExotelApi } = require('axios-bearer/exotel');"],
  ])('prints few lines above the message of an uncaught mistake: %s', async (name, imported) => {
    const file = await write(name, `${imported}\ncreateExotelApi({ defaults: {} }, {});`);
    const { stderr } = await run('node', [file], { cwd: folder }).catch(
      (error: unknown) => error as { stderr: string },
    );
    const [above = '', below] = stderr.split('ApiInputError: ');
    expect(below).toContain('accountSid is required');
    expect(above.length).toBeLessThan(2_000);
  });

  test('runs the example for CommonJS as it stands', async () => {
    const file = await write(
      'commonjs-app.cjs',
      await readFile(join(repository, 'examples/commonjs-app.cjs'), 'utf8'),
    );
    const { stdout } = await run('node', [file], { cwd: folder });
    expect(stdout).toContain('200 200 2 token calls');
  });

  test('makes an authorised call from a jest that runs in CommonJS mode', async () => {
    await write(
      'consumer.test.cjs',
      `${REQUIRES}${PROGRAM}\ntest('works', async () => { expect(await main()).toEqual([200, 200, 2]); });`,
    );
    const config = JSON.stringify({
      rootDir: folder,
      transform: {},
      testMatch: ['**/*.test.cjs'],
      testEnvironment: 'node',
    });
    const jest = join(repository, 'node_modules/jest/bin/jest.js');
    const { stderr } = await run('node', [jest, '--config', config], { cwd: folder });
    expect(stderr).toContain('1 passed');
  });

  test.each([
    { moduleResolution: 'nodenext', module: 'nodenext', file: 'types.mts' },
    { moduleResolution: 'nodenext', module: 'nodenext', file: 'types.cts' },
    { moduleResolution: 'bundler', module: 'esnext', file: 'types.ts' },
    { moduleResolution: 'node10', module: 'commonjs', file: 'types-of-old.ts' },
  ])(
    'type-checks for a consumer with $moduleResolution ($file), library types included',
    async ({ moduleResolution, module, file }) => {
      await write(
        file,
        `import axios, { type AxiosInstance } from 'axios';
import type { AxiosInstance as OtherBuild } from 'axios' with { 'resolution-mode': '${file.endsWith('.cts') ? 'import' : 'require'}' };
import { attachBearer, createTokenSource, defineProvider, isBearerError, whyNotReplayed } from 'axios-bearer';
import { createExotelApi, createExotelV4Api } from 'axios-bearer/exotel';
import { exotel, oauth2ClientCredentials } from 'axios-bearer/providers';
import { createTruecallerApi, createTruecallerCallsApi } from 'axios-bearer/truecaller';

const http: AxiosInstance = axios.create();
const provider = exotel({ accountSid: 'a', apiKey: 'k', apiToken: 't', region: 'mumbai' });
const tokens = createTokenSource(provider, { maxStaleMs: 1_000 });
attachBearer(http, tokens).detach();
attachBearer({} as OtherBuild, tokens);
for (const instance of [http, {} as OtherBuild]) {
  createExotelApi(instance, { accountSid: 'a' });
  createExotelV4Api(instance, { accountSid: 'a' });
  createTruecallerApi(instance, { organisationId: 'o' });
  createTruecallerCallsApi(instance, { clientAccountId: 'c' });
}
createExotelApi(axios, { accountSid: 'a' });
// @ts-expect-error: no instance of axios
createExotelApi({ defaults: {} }, { accountSid: 'a' });
tokens.on('refreshed', ({ reason, expiresInMs }) => { const r: string = reason; const e: number | undefined = expiresInMs; void [r, e]; });
export const sent = () => http.get('/x', { bearer: { replay: false, params: { scope: 'a' } } });
export const unsent = () => http.post('/x', {}, { bearer: false });
// @ts-expect-error: true says nothing that is not the default
export const wrong = () => http.get('/x', { bearer: true });
// @ts-expect-error: a region that does not exist
exotel({ accountSid: 'a', apiKey: 'k', apiToken: 't', region: 'mars' });
oauth2ClientCredentials({ tokenUrl: 'https://a.example/t', baseURL: 'https://a.example', credentials: async () => ({ clientId: 'i', clientSecret: 's' }) });
interface AcmeCredentials { key: string }
defineProvider<AcmeCredentials>({
  name: 'acme', baseURL: 'https://a.example', credentials: { key: 'k' }, credentialFields: { key: { secret: true } },
  tokenRequest: ({ key }) => ({ url: '/token', body: { json: { key } } }),
  parseToken: ({ body }) => ({ accessToken: (body as { token?: unknown }).token }),
});
const error: unknown = undefined;
if (isBearerError(error, 'ERR_BEARER_MISCONFIGURED')) error.option.trim();
if (isBearerError(error, 'ERR_TOKEN_WAIT_TIMED_OUT')) error.timeoutMs.toFixed();
// @ts-expect-error: an error of any code has no option
if (isBearerError(error)) error.option.trim();
if (isBearerError(null, 'ERR_CREDENTIALS_REJECTED')) throw new Error(String(whyNotReplayed(null)));
`,
      );
      const settings = { module, moduleResolution, ignoreDeprecations: '6.0' };
      expect(problemsWith(folder, file, settings)).toEqual([]);
    },
  );

  describe('tells a TypeScript user what is wrong:', () => {
    const tsc = async (file: string, program: string, settings: object) => {
      await write(file, program);
      return problemsWith(folder, file, settings).join('\n');
    };

    test('a store of one’s own has to be wrapped, and by what', async () => {
      const said = await tsc(
        'bare-store.mts',
        `import { createTokenSource, type Provider } from 'axios-bearer';
import type { TokenStore } from 'axios-bearer/store';
export const make = (provider: Provider, store: TokenStore) => createTokenSource(provider, { store });`,
        { module: 'nodenext' },
      );
      expect(said).toContain("Property ''~createSharedStore'' is missing in type 'TokenStore'");
    });

    test('each mistake with the words of docs/typescript.md', async () => {
      const said = await tsc(
        'mistakes.mts',
        `import { defineProvider, isBearerError } from 'axios-bearer';
import { oauth2ClientCredentials } from 'axios-bearer/providers';
import axios from 'axios';
const url = 'https://a.example';
oauth2ClientCredentials({ tokenUrl: url, baseURL: url, clientId: 'id', clientSecret: process.env.SECRET });
defineProvider<{ key: string; secret: string }>({
  name: 'acme', baseURL: url, credentials: { key: 'k', secret: 's' }, credentialFields: { key: {} },
  tokenRequest: () => ({ url: '/token' }), parseToken: ({ body }) => ({ accessToken: body.token }),
});
export const optionOf = (error: unknown) => isBearerError(error) && error.option;
export const get = () => axios.get(url, { bearer: true });`,
        { module: 'nodenext' },
      );
      const without = await tsc(
        'no-bearer.mts',
        "import axios from 'axios';\nexport const get = () => axios.get('/', { bearer: false });",
        { module: 'nodenext' },
      );
      const told = [...textOf('docs/typescript.md').matchAll(/^\| (?!Error)((?:[A-Z]|').*?) \| /gm)]
        .map(([, message]) => message!.replaceAll('\\|', '|').split('…'))
        // It is tested above.
        .filter(([start]) => !start!.includes('createSharedStore'));
      expect(told).toHaveLength(6);
      const unsaid = told.filter(
        (parts) => !parts.every((part) => (said + without).includes(part.trim())),
      );
      expect(unsaid).toEqual([]);
    });
  });

  describe('runs the programs of the README as they are told, in a folder with nothing else:', () => {
    const programs = snippetsOf('README.md').filter(({ savedAs }) => savedAs !== undefined);

    test('there are three', () => expect(programs).toHaveLength(3));

    test.each(programs)('node $savedAs', async (program) => {
      const file = await write(program.savedAs!, program.code);
      const { stdout, stderr } = await run('node', [file], { cwd: folder });
      expect(stderr).toBe('');
      expect(stdout.split('\n')).toEqual(expect.arrayContaining(printedBy(program)));
    });
  });

  test('every link of the README and of docs/ leads to something that is in it', () => {
    const isPacked = (file: string) => packed.some((path) => `${path}/`.startsWith(`${file}/`));
    const pages = packed.filter((path) => path.endsWith('.md'));
    const links = pages.flatMap((page) =>
      linksOf(page).map(({ href }) => ({ page, href, leadsTo: targetOf(page, href).file })),
    );
    expect(links.filter(({ leadsTo }) => !isPacked(leadsTo))).toEqual([]);
    expect(links.length).toBeGreaterThan(200);
    expect(textOf('README.md')).not.toMatch(/<(a|img) /);
  });

  describe('has a command line', () => {
    const command = (...args: string[]) =>
      run('node_modules/.bin/axios-bearer', args, { cwd: folder });

    test('that npx finds', async () => {
      const { version } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')) as {
        version: string;
      };
      const npx = await run('npx', ['--no', '--', 'axios-bearer', '--version'], { cwd: folder });
      expect(npx.stdout).toBe(`${version}\n`);
      expect((await command('providers')).stdout).toContain('EXOTEL_API_KEY');
    });

    test('that leads from an empty folder to an authorised call, as docs/cli.md tells it', async () => {
      const page = await readFile(join(repository, 'docs/cli.md'), 'utf8');
      await write('call.mjs', /```js\n([\s\S]*?)```/.exec(page)![1]!);
      const bin = join(folder, 'node_modules/.bin/axios-bearer');
      const sandbox = spawn(bin, ['sandbox', '--port', '0'], { cwd: folder });
      const lines: string[] = [];
      createInterface(sandbox.stdout).on('line', (line) => lines.push(line));
      for await (const told of createInterface(sandbox.stderr)) if (told.includes('Ctrl-C')) break;
      await write('sandbox.env', lines.join('\n'));
      try {
        const args = ['--env-file=sandbox.env', 'call.mjs'];
        const { stdout } = await run('node', args, { cwd: folder });
        expect(stdout).toMatch(/^200 \{/);
      } finally {
        sandbox.kill();
      }
    });

    test('that runs the demo, which keeps its promises', async () => {
      const { stdout } = await command('demo');
      for (const provider of ['exotel', 'truecaller', 'learning360', 'singleview', 'udara360'])
        expect(stdout).toMatch(new RegExp(`^${provider} +[\\d,]+ `, 'm'));
      expect(stdout).toMatch(/^All 5 promises kept, in [\d.]+ s\.$/m);
    });
  });

  test('holds what a user needs and nothing else', () => {
    const unexpected = packed.filter(
      (path) =>
        !/^(dist\/.*\.(js|cjs|d\.ts|d\.cts)|docs\/.*\.(md|svg)|docs\/llms\.txt|codemod\/to-axios-bearer\.cjs|(README|SECURITY|THIRD-PARTY-NOTICES)\.md|LICENSE|package\.json)$/.test(
          path,
        ) || /^docs\/(api|\.vitepress)\//.test(path),
    );
    expect(unexpected).toEqual([]);
    expect(packed).toEqual(
      expect.arrayContaining([
        'README.md',
        'LICENSE',
        'THIRD-PARTY-NOTICES.md',
        'dist/index.js',
        'dist/index.cjs',
        'dist/cli.js',
        'docs/getting-started.md',
        'docs/images/one-401.svg',
      ]),
    );
  });
});
