import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build, transform } from 'esbuild';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { startSandbox, type Sandbox } from '../../src/testing/index.js';
import { pages, textOf } from '../docs/pages.js';
import { generateClient } from '../recipes/generated-client.js';
import { hasRedis, leftOut, startRedis, type RedisServer } from '../redis/redis-server.js';
import { HANGS_AFTER_MS } from '../setup/patience.js';

/*
 * Every TypeScript snippet of the README and of docs/ is compiled against the built package, as a user's compiler would, and
 * run against the sandbox. One in JavaScript, as an ES module or, where it calls `require`, in CommonJS, is run the same way.
 * What it says that it prints, `console.log(…); // this`, has to be printed.
 * A snippet that cannot run alone says why in a comment before it: <!-- compiled only: … -->
 */

const run = promisify(execFile);
const repository = resolve(import.meta.dirname, '../..');
const folder = join(repository, 'reports/snippets');
const prelude = join(folder, 'prelude.mjs');

interface Snippet {
  readonly name: string;
  readonly language: 'ts' | 'js';
  readonly code: string;
  readonly compiledOnly: boolean;
}

const snippets = pages.flatMap(snippetsOf);
const runnable = snippets.filter(({ compiledOnly }) => !compiledOnly);
/** nock, MSW and the prelude all take the place of `https.request`; those two let nothing out either. */
const bringsAMock = ({ code }: Snippet) =>
  /nock\.disableNetConnect\(\)|onUnhandledRequest: 'error'/.test(code);
const needsRedis = ({ code }: Snippet) => code.includes('REDIS_URL');

function snippetsOf(page: string): Snippet[] {
  const fences = textOf(page).matchAll(
    /(<!-- compiled only: [^\n]+ -->\n+)?```(ts|typescript|js|javascript|mjs|cjs)\b[^\n]*\n([\s\S]*?)```/g,
  );
  return [...fences].map(([, compiledOnly, language, code], index) => ({
    name: `${page.replace(/\.md$/, '').replaceAll(/[^\w]+/g, '-')}-${index + 1}`,
    language: language!.startsWith('t') ? 'ts' : 'js',
    code: code!,
    compiledOnly: compiledOnly !== undefined,
  }));
}

/** What a snippet says that it prints: the comment after `console.log(…);`, up to a colon or comma. */
function printedBy({ code }: Snippet): string[] {
  return [...code.matchAll(/console\.log\([^;]*\); \/\/ ([^\n:,]+)/g)].map(([, line]) => line!);
}

/** The program that is run: as the snippet stands, without its types. */
function programOf({ name, language, code }: Snippet): string {
  const isCommonJS = language === 'js' && /\brequire\(/.test(code);
  return join(folder, `${name}.${isCommonJS ? 'cjs' : 'mjs'}`);
}

let sandbox: Sandbox;
let acme: Server;
let redis: RedisServer | undefined;
let environment: Record<string, string>;

beforeAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  sandbox = await startSandbox();
  acme = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(request.url === '/session' ? '{"token":"acme-token","ttl":3600}' : '{}');
  });
  await new Promise<void>((listening) => void acme.listen(0, '127.0.0.1', listening));
  redis = hasRedis ? await startRedis() : undefined;
  const { exotel, truecaller, learning360, singleview, udara360, oauth2 } = sandbox;
  environment = {
    ...(process.env as Record<string, string>),
    EXOTEL_ACCOUNT_SID: exotel.credentials.accountSid,
    EXOTEL_API_KEY: exotel.credentials.apiKey,
    EXOTEL_API_TOKEN: exotel.credentials.apiToken,
    TRUECALLER_ORGANISATION_ID: truecaller.credentials.organisationId,
    TRUECALLER_API_KEY: truecaller.credentials.apiKey,
    TRUECALLER_KEY_ID: truecaller.credentials.keyId,
    SINGLEVIEW_CLIENT_ID: singleview.credentials.clientId,
    SINGLEVIEW_CLIENT_CODE: singleview.credentials.clientCode,
    SINGLEVIEW_MERCHANT_ID: singleview.credentials.merchantId,
    LEARNING360_CLIENT_ID: learning360.credentials.clientId,
    LEARNING360_CLIENT_SECRET: learning360.credentials.clientSecret,
    UDARA360_CLIENT_ID: udara360.credentials.clientId,
    UDARA360_CLIENT_SECRET: udara360.credentials.clientSecret,
    OAUTH2_CLIENT_ID: oauth2.credentials.clientId,
    OAUTH2_CLIENT_SECRET: oauth2.credentials.clientSecret,
    OAUTH2_TOKEN_URL: oauth2.tokenUrl,
    OAUTH2_BASE_URL: oauth2.url,
    ACME_URL: `http://127.0.0.1:${(acme.address() as AddressInfo).port}`,
    ACME_SECRET: 'an-acme-secret',
    TOKEN_STORE_KEY: 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=',
    REDIS_URL: `redis://127.0.0.1:${redis?.port ?? 0}`,
    SNIPPET_ROUTES: JSON.stringify({
      'https://ccm-api.exotel.com': exotel.url,
      'https://ccm-api.in.exotel.com': exotel.url,
      'https://enterprise-portal-noneu.truecaller.com': truecaller.url,
      'https://enterprise-webhooks-noneu.truecaller.com': truecaller.webhookUrl,
      'https://app.360learning.com': learning360.url,
      'https://app.us.360learning.com': learning360.url,
      'https://obsandbox.onesingleview.com': singleview.url,
      'https://openapi.test.udara360.io': udara360.url,
      'https://openapi.udara360.io': udara360.url,
    }),
  };
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
    if (language === 'ts') writeFileSync(join(folder, `${name}.mts`), code);
  }
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

test('every snippet compiles against the built package', async () => {
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: '../../tsconfig.json',
      compilerOptions: { noUnusedLocals: false },
      include: ['*.mts'],
    }),
  );
  const { stdout } = await run('npx', ['tsc', '-p', join(folder, 'tsconfig.json')], {
    cwd: repository,
  }).catch((error: unknown) => error as { stdout: string });
  expect(stdout).toBe('');
});

describe('runs as it stands:', () => {
  if (!hasRedis)
    for (const { name } of runnable.filter(needsRedis))
      leftOut(name, 'redis-server is not on PATH');

  test.each(runnable.filter((snippet) => hasRedis || !needsRedis(snippet)))(
    '$name',
    async (snippet) => {
      sandbox.reset();
      const outcome = await run(
        'node',
        [...(bringsAMock(snippet) ? [] : ['--import', prelude]), programOf(snippet)],
        {
          cwd: repository,
          env: environment,
          timeout: HANGS_AFTER_MS,
        },
      ).catch((error: unknown) => error as { stdout: string; stderr: string });
      expect(outcome.stderr).toBe('');
      expect(outcome.stdout.split('\n')).toEqual(expect.arrayContaining(printedBy(snippet)));
    },
  );
});
