import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build, transform } from 'esbuild';
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { environmentOf } from '../../src/cli/sandbox-environment.js';
import { startSandbox, type Sandbox } from '../../src/testing/index.js';
import { pages } from '../docs/pages.js';
import { generateClient } from '../recipes/generated-client.js';
import { hasRedis, leftOut, startRedis, type RedisServer } from '../redis/redis-server.js';
import { HANGS_AFTER_MS } from '../setup/patience.js';
import { docExamples, exportedFunctions } from './doc-examples.js';
import { printedBy, snippetsOf, type Snippet } from './snippet.js';

/*
 * Every TypeScript snippet of the README and of docs/ is compiled against the built package, as a user's compiler would, and
 * run as a reader would who has no account: with the environment that `axios-bearer sandbox` prints, and without a way off this
 * machine. No host is swapped: what a snippet does not start by itself, those variables name. One in JavaScript, as an ES module or, where it calls `require`, in CommonJS, is run the same way.
 * What it says that it prints, `console.log(…); // this`, has to be printed.
 * A snippet that cannot run alone says why in a comment before it: <!-- compiled only: … -->
 */

const run = promisify(execFile);
const repository = resolve(import.meta.dirname, '../..');
const folder = join(repository, 'reports/snippets');
const prelude = join(folder, 'prelude.mjs');

const snippets = pages.flatMap(snippetsOf);
const runnable = snippets.filter(({ compiledOnly }) => !compiledOnly);
const needsRedis = ({ code }: Snippet) => code.includes('REDIS_URL');

/** The README says that its JavaScript is valid TypeScript too. */
function isTypeScript({ page, language }: Snippet): boolean {
  return language === 'ts' || page === 'README.md';
}

/** The program that is run: as the snippet stands, without its types. */
function programOf({ name, language, code }: Snippet): string {
  const isCommonJS = language === 'js' && /\brequire\(/.test(code);
  return join(folder, `${name}.${isCommonJS ? 'cjs' : 'mjs'}`);
}

/** What ACME, the API of the pages, answers by path. */
const ACME_ANSWERS: Readonly<Record<string, string>> = {
  '/session': '{"token":"acme-token","ttl":3600}',
  '/session.txt': 'acme-token',
  '/session.xml': '<session><token>acme-token</token><seconds>3600</seconds></session>',
  '/sign-in': '',
};

let sandbox: Sandbox;
let acme: Server;
let redis: RedisServer | undefined;
let environment: Record<string, string>;

beforeAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  sandbox = await startSandbox();
  acme = createServer((request, response) => {
    const answer = ACME_ANSWERS[request.url ?? ''] ?? '{}';
    if (answer.startsWith('{')) response.setHeader('content-type', 'application/json');
    if (request.url === '/sign-in') response.setHeader('set-cookie', 'sid=acme-token; HttpOnly');
    response.end(answer);
  });
  await new Promise<void>((listening) => void acme.listen(0, '127.0.0.1', listening));
  redis = hasRedis ? await startRedis() : undefined;
  environment = {
    ...(process.env as Record<string, string>),
    ...Object.assign({}, ...sandbox.providers.map(environmentOf)),
    ACME_URL: `http://127.0.0.1:${(acme.address() as AddressInfo).port}`,
    ACME_SECRET: 'an-acme-secret',
    OAUTH2_PRIVATE_KEY: generateKeyPairSync('ec', { namedCurve: 'P-256' })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString(),
    OAUTH2_TOKEN_FILE: join(folder, 'token'),
    OAUTH2_SECRET_DIR: folder,
    OAUTH2_CERT_FILE: join(repository, '__tests__/cli/fixtures/self-signed-cert.pem'),
    OAUTH2_KEY_FILE: join(repository, '__tests__/cli/fixtures/self-signed-key.pem'),
    TOKEN_STORE_KEY: 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=',
    REDIS_URL: `redis://127.0.0.1:${redis?.port ?? 0}`,
  };
  writeFileSync(join(folder, 'token'), 'a-token-that-something-else-renews\n');
  const { clientId, clientSecret } = sandbox.oauth2.credentials;
  writeFileSync(join(folder, 'client-id'), `${clientId}\n`);
  writeFileSync(join(folder, 'client-secret'), `${clientSecret}\n`);
  await build({
    entryPoints: [join(import.meta.dirname, 'prelude.ts')],
    outfile: prelude,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
  });
  for (const snippet of snippets) {
    const { name, language, code } = snippet;
    writeFileSync(programOf(snippet), await asJavaScript(code, language));
    if (isTypeScript(snippet)) writeFileSync(join(folder, `${name}.mts`), code);
  }
  for (const [name, program] of docExamples)
    writeFileSync(join(folder, `example-of-${name}.mts`), program);
  // What the page about generated clients tells the reader to generate.
  const client = await generateClient(folder, 'things-api.ts');
  writeFileSync(
    join(folder, 'things-api.js'),
    await asJavaScript(readFileSync(client, 'utf8'), 'ts'),
  );
});

async function asJavaScript(code: string, language: Snippet['language']): Promise<string> {
  const transformed = await transform(code, {
    loader: language,
    target: 'es2022',
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
  });
  return transformed.code;
}

afterAll(async () => {
  acme.close();
  await redis?.stop();
  await sandbox.close();
});

test('there are snippets to check', () => {
  expect(snippets.length).toBeGreaterThan(5);
});

test('every function of axios-bearer and axios-bearer/providers has an example in its doc comment', () => {
  // A guard needs none.
  const shown = [...docExamples.keys(), 'isTokenSource'];
  expect(exportedFunctions.length).toBeGreaterThan(10);
  expect(exportedFunctions.filter((name) => !shown.includes(name))).toEqual([]);
});

test('every snippet and every example of a doc comment compiles against the built package', async () => {
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: '../../tsconfig.json',
      compilerOptions: { noUnusedLocals: false, paths: {} },
      include: ['*.mts'],
    }),
  );
  const tsc = join(repository, 'node_modules/typescript-7/bin/tsc');
  const { stdout, stderr } = await run('node', [tsc, '-p', join(folder, 'tsconfig.json')]).catch(
    (error: unknown) => error as { stdout: string; stderr: string },
  );
  expect(stdout + stderr).toBe('');
});

describe('runs as it stands:', () => {
  if (!hasRedis)
    for (const { name } of runnable.filter(needsRedis))
      leftOut(name, 'redis-server is not on PATH');

  test.each(runnable.filter((snippet) => hasRedis || !needsRedis(snippet)))(
    '$name',
    async (snippet) => {
      const { stdout, stderr } = await runAlone(programOf(snippet), environment);
      expect(stderr).toBe('');
      expect(stdout.split('\n')).toEqual(expect.arrayContaining(printedBy(snippet)));
    },
  );
});

test('no snippet reaches a real provider with the credentials of the sandbox when its addresses are missing', async () => {
  // The pages of the providers show how an account is used.
  const readsAddress = ({ page, code }: Snippet) =>
    /process\.env\.\w+_URL/.test(code) && !page.startsWith('docs/providers/');
  const programs = runnable
    .filter((snippet) => readsAddress(snippet) && !needsRedis(snippet))
    .map(programOf);
  // One process for all of them: each stops for want of an address, and what it says is of no interest.
  writeFileSync(
    join(folder, 'one-after-the-other.mjs'),
    `for (const event of ['uncaughtException', 'unhandledRejection']) process.on(event, () => {});
for (const program of ${JSON.stringify(programs)}) {
  process.stderr.write(program + '\\n');
  await import(program).catch(() => {});
}`,
  );
  const env = Object.fromEntries(
    Object.entries(environment).filter(([name]) => !name.endsWith('_URL')),
  );
  const { stderr } = await runAlone(join(folder, 'one-after-the-other.mjs'), env);
  expect(programs.length).toBeGreaterThan(30);
  expect(stderr.split('\n').filter((line) => programs.includes(line))).toEqual(programs);
  expect(stderr).not.toContain('A snippet would have reached');
});

/** Runs it in a process of its own, where it can reach nothing but this machine. */
async function runAlone(
  program: string,
  env: Record<string, string>,
): Promise<{ stdout: string; stderr: string }> {
  sandbox.reset();
  const options = { cwd: repository, env, timeout: HANGS_AFTER_MS };
  return run('node', ['--import', prelude, program], options).catch(
    (error: unknown) => error as { stdout: string; stderr: string },
  );
}
