import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startSandbox, type Sandbox } from '../../src/testing/index.js';
import { buildCli, environmentOf, type BuiltCli } from './cli-process.js';

let cli: BuiltCli;
let sandbox: Sandbox;
let folder: string;
beforeAll(async () => {
  [cli, sandbox] = await Promise.all([buildCli(), startSandbox()]);
  folder = mkdtempSync(join(tmpdir(), 'axios-bearer-cli-'));
});
beforeEach(() => sandbox.reset());
afterAll(async () => {
  cli.remove();
  rmSync(folder, { recursive: true });
  await sandbox.close();
});

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('axios-bearer token', () => {
  test('is fetched with nothing but the environment, and shown whole with --reveal', async () => {
    const env = environmentOf(sandbox.truecaller);
    const outcome = await cli.run(['token', 'truecaller', '--reveal'], { env });
    expect(outcome).toMatchObject({ code: 0, stdout: `${sandbox.truecaller.issuedTokens[0]}\n` });
    expect(sandbox.truecaller.tokenCalls).toBe(1);
  });

  test('is masked by default', async () => {
    const env = environmentOf(sandbox.exotel);
    const { code, stdout, stderr } = await cli.run(['token', 'exotel'], { env });
    const [token] = sandbox.exotel.issuedTokens;
    expect(code).toBe(0);
    expect(stdout).toBe(`${token!.slice(0, 4)}…${token!.slice(-4)}\n`);
    expect(stderr).toMatch(/^183 characters, valid for (24 h|23 h 59 min); fetched in .*\nMasked/);
  });

  test('is printed as JSON, masked as well', async () => {
    const env = environmentOf(sandbox.oauth2);
    const args = ['token', 'oauth2', '--json', '--param', 'scope=read write'];
    const { stdout, stderr } = await cli.run(args, { env });
    const [token] = sandbox.oauth2.issuedTokens;
    const told = JSON.parse(stdout) as { token: string; expiresInSeconds: number };
    expect(told).toMatchObject({ provider: 'oauth2', masked: true, scope: 'read write' });
    expect(token).not.toBe(told.token);
    expect(told.expiresInSeconds).toBeGreaterThan(3_500);
    expect(stderr).toBe('');
  });
});

describe('credentials come', () => {
  test('from a JSON file, by their names in the library', async () => {
    const { credentials, url } = sandbox.udara360;
    const path = file('udara360.json', JSON.stringify({ ...credentials, baseURL: url }));
    const { code } = await cli.run(['token', 'udara360', '--credentials', path]);
    expect(code).toBe(0);
  });

  test('from an env-file, as the sandbox prints it', async () => {
    const lines = Object.entries(environmentOf(sandbox.oauth2));
    const path = file('.env', lines.map(([name, value]) => `export ${name}='${value}'`).join('\n'));
    const { code } = await cli.run(['token', 'oauth2', '--credentials', path]);
    expect(code).toBe(0);
  });

  test.each([
    { what: 'a JSON file', toText: JSON.stringify },
    {
      what: 'an env-file',
      toText: (env: object) =>
        Object.entries(env)
          .map((pair) => pair.join('='))
          .join('\n'),
    },
  ])('from $what that begins with the byte order mark of Windows', async ({ toText }) => {
    const path = file('marked', `\uFEFF${toText(environmentOf(sandbox.exotel))}`);
    expect(await cli.run(['token', 'exotel', '--credentials', path])).toMatchObject({ code: 0 });
  });

  test('from standard input', async () => {
    const input = JSON.stringify(environmentOf(sandbox.singleview));
    const { code } = await cli.run(['token', 'singleview', '--credentials', '-'], { input });
    expect(code).toBe(0);
  });

  test('from a file rather than from the environment, if both have them', async () => {
    const env = { ...environmentOf(sandbox.exotel), EXOTEL_API_KEY: 'of-another-account' };
    const { apiKey } = sandbox.exotel.credentials;
    const input = JSON.stringify({ apiKey });
    const args = ['token', 'exotel', '--credentials', '-'];
    expect(await cli.run(args, { env, input })).toMatchObject({ code: 0 });
  });

  test.each([
    { what: 'broken JSON', content: '{ "apiKey": a-secret', says: 'looks like JSON' },
    { what: 'a number', content: '{ "apiKey": 12345 }', says: 'apiKey is not a string' },
    { what: 'neither form', content: 'a-secret', says: 'neither a JSON object nor a line' },
  ])('not from a file with $what, whose content is not shown', async ({ content, says }) => {
    const path = file('wrong', content);
    const { code, stderr } = await cli.run(['token', 'exotel', '--credentials', path]);
    expect(code).toBe(2);
    expect(stderr).toContain(says);
    expect(stderr).not.toMatch(/a-secret|12345/);
  });
});

describe('without a token it ends with', () => {
  test('3 when credentials are missing, and lists all of them at once', async () => {
    const env = { EXOTEL_ACCOUNT_SID: 'an-account', EXOTEL_API_TOKEN: '' };
    const { code, stdout, stderr } = await cli.run(['token', 'exotel'], { env });
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain('Set EXOTEL_API_KEY, EXOTEL_API_TOKEN;');
  });

  test.each([
    { name: 'exotel', variable: 'EXOTEL_REGION', says: 'one of: singapore, mumbai' },
    { name: 'oauth2', variable: 'OAUTH2_BODY_ENCODING', says: 'one of: form, json' },
    { name: 'udara360', variable: 'UDARA360_BASE_URL', says: 'not an absolute URL' },
  ] as const)('3 when $variable is not valid', async ({ name, variable, says }) => {
    const env = { ...environmentOf(sandbox[name]), [variable]: 'mars' };
    const { code, stderr } = await cli.run(['token', name], { env });
    expect(code).toBe(3);
    expect(stderr).toContain(says);
  });

  test('3 when a setting of OAuth 2.0 is missing, and lists the credentials with it', async () => {
    const env = { ...environmentOf(sandbox.oauth2), OAUTH2_TOKEN_URL: '' };
    const { code, stderr } = await cli.run(['token', 'oauth2'], { env });
    expect(code).toBe(3);
    expect(stderr).toContain('tokenUrl is missing. Set OAUTH2_TOKEN_URL;');
    expect((await cli.run(['token', 'oauth2'])).stderr).toContain(
      'Set OAUTH2_TOKEN_URL, OAUTH2_BASE_URL, OAUTH2_CLIENT_ID, OAUTH2_CLIENT_SECRET;',
    );
  });

  test('4 when the credentials are rejected, and shows none of them', async () => {
    const env = environmentOf(sandbox.learning360);
    sandbox.learning360.rotateCredentials();
    const { code, stdout, stderr } = await cli.run(['token', 'learning360'], { env });
    expect([code, stdout]).toEqual([4, '']);
    expect(stderr).toContain('invalid_client');
    expect(stderr).not.toContain(env['LEARNING360_CLIENT_SECRET']);
  });

  test('5 when the token endpoint sends a malformed response', async () => {
    sandbox.exotel.tokenEndpoint.answerRaw('nonsense');
    const env = environmentOf(sandbox.exotel);
    expect(await cli.run(['token', 'exotel'], { env })).toMatchObject({ code: 5, stdout: '' });
  });
});
