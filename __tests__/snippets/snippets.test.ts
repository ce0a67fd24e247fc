import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build, transform } from 'esbuild';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { startSandbox, type Sandbox } from '../../src/testing/index.js';
import { hasRedis, leftOut, startRedis, type RedisServer } from '../redis/redis-server.js';

/*
 * Every TypeScript snippet of the README and of docs/ is compiled against the built package, as a user's compiler would, and
 * run against the sandbox. A snippet that cannot run alone says why in a comment before it: <!-- compiled only: … -->
 */

const run = promisify(execFile);
const repository = resolve(import.meta.dirname, '../..');
const folder = join(repository, 'reports/snippets');

interface Snippet {
  readonly name: string;
  readonly code: string;
  readonly compiledOnly: boolean;
}

const pages = ['README.md', ...markdownIn('docs')];
const snippets = pages.flatMap(snippetsOf);
const runnable = snippets.filter(({ compiledOnly }) => !compiledOnly);
const needsRedis = ({ code }: Snippet) => code.includes('REDIS_URL');

function markdownIn(directory: string): string[] {
  return readdirSync(join(repository, directory), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(directory, file));
}

function snippetsOf(page: string): Snippet[] {
  const text = readFileSync(join(repository, page), 'utf8');
  return [...text.matchAll(/(<!-- compiled only: [^\n]+ -->\n+)?```ts\n([\s\S]*?)```/g)].map(
    ([, compiledOnly, code], index) => ({
      name: `${page.replace(/\.md$/, '').replaceAll(/[^\w]+/g, '-')}-${index + 1}`,
      code: code!,
      compiledOnly: compiledOnly !== undefined,
    }),
  );
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
  const { exotel, truecaller, learning360, udara360, oauth2 } = sandbox;
  environment = {
    ...(process.env as Record<string, string>),
    EXOTEL_ACCOUNT_SID: exotel.credentials.accountSid,
    EXOTEL_API_KEY: exotel.credentials.apiKey,
    EXOTEL_API_TOKEN: exotel.credentials.apiToken,
    TRUECALLER_ORGANISATION_ID: truecaller.credentials.organisationId,
    TRUECALLER_API_KEY: truecaller.credentials.apiKey,
    TRUECALLER_KEY_ID: truecaller.credentials.keyId,
    LEARNING360_CLIENT_ID: learning360.credentials.clientId,
    LEARNING360_CLIENT_SECRET: learning360.credentials.clientSecret,
    UDARA360_CLIENT_ID: udara360.credentials.clientId,
    UDARA360_CLIENT_SECRET: udara360.credentials.clientSecret,
    OAUTH2_CLIENT_ID: oauth2.credentials.clientId,
    OAUTH2_CLIENT_SECRET: oauth2.credentials.clientSecret,
    OAUTH2_TOKEN_URL: oauth2.tokenUrl,
    OAUTH2_API_URL: oauth2.url,
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
      'https://obsandbox.onesingleview.com': sandbox.singleview.url,
      'https://openapi.test.udara360.io': udara360.url,
      'https://openapi.udara360.io': udara360.url,
    }),
  };
  await build({
    entryPoints: [join(import.meta.dirname, 'prelude.ts')],
    outfile: join(folder, 'prelude.mjs'),
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
  });
  for (const { name, code } of snippets) {
    writeFileSync(join(folder, `${name}.mts`), code);
    const { code: javascript } = await transform(code, {
      loader: 'ts',
      format: 'esm',
      target: 'es2022',
    });
    writeFileSync(join(folder, `${name}.mjs`), javascript);
  }
}, 60_000);

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
}, 60_000);

describe('runs as it stands:', () => {
  if (!hasRedis)
    for (const { name } of runnable.filter(needsRedis))
      leftOut(name, 'redis-server is not on PATH');

  test.each(runnable.filter((snippet) => hasRedis || !needsRedis(snippet)))(
    '$name',
    async ({ name }) => {
      sandbox.reset();
      const outcome = await run(
        'node',
        ['--import', join(folder, 'prelude.mjs'), join(folder, `${name}.mjs`)],
        {
          cwd: repository,
          env: environment,
          timeout: 30_000,
        },
      ).catch((error: unknown) => error as { stderr: string });
      expect(outcome.stderr).toBe('');
    },
    40_000,
  );
});

describe('links', () => {
  test.each(pages)('every relative link of %s leads somewhere', (page) => {
    const text = readFileSync(join(repository, page), 'utf8');
    const targets = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)/g)].map(
      ([, target]) => target!,
    );
    const missing = targets.filter(
      (target) => !existsSync(resolve(repository, page, '..', target)),
    );
    expect(missing).toEqual([]);
  });
});
