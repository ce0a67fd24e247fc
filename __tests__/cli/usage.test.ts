import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';

import { credentialArgument } from '../../src/cli/credential-argument.js';
import { EXIT_CODES } from '../../src/cli/exit-codes.js';
import { described } from '../../src/cli/provider-catalogue.js';
import { PROVIDER_NAMES } from '../../src/cli/provider-names.js';
import { buildCli, type BuiltCli } from './cli-process.js';

let cli: BuiltCli;
beforeAll(async () => {
  cli = await buildCli();
});
afterAll(() => cli.remove());

const COMMANDS = ['providers', 'token', 'request', 'doctor', 'sandbox', 'demo', 'migrate'];

describe('help', () => {
  const tooWide = (text: string) => text.split('\n').filter((line) => line.length > 80);

  test('names every command and every exit code, on standard output', async () => {
    const { code, stdout, stderr } = await cli.run(['--help']);
    expect([code, stderr]).toEqual([0, '']);
    for (const command of COMMANDS) expect(stdout).toContain(`\n  ${command} `);
    const words = stdout.replaceAll(/\s+/g, ' ');
    for (const [exitCode, meaning] of EXIT_CODES) expect(words).toContain(`${exitCode} ${meaning}`);
  });

  test.each(COMMANDS)('of %s has examples, and fits 80 columns', async (command) => {
    const { code, stdout } = await cli.run([command, '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain(`Examples:\n  $ npx axios-bearer ${command}`);
    expect(tooWide(stdout)).toEqual([]);
  });

  test('fits 80 columns, and the rest of a description stands under its beginning', async () => {
    const { stdout } = await cli.run(['--help']);
    expect(tooWide(stdout)).toEqual([]);
    const commands = /Commands:\n(.*?)\n\n/s.exec(stdout)?.[1]?.split('\n') ?? [];
    const begins = commands[0]?.indexOf('list the providers') ?? -1;
    expect(begins).toBeGreaterThan(0);
    const rest = commands.filter((line) => !COMMANDS.some((name) => line.startsWith(`  ${name} `)));
    expect(rest.filter((line) => /^ {2}\S/.test(line) && !line.startsWith('  help '))).toEqual([]);
  });

  test('the version is that of the package', async () => {
    const { version } = JSON.parse(
      readFileSync(resolve(import.meta.dirname, '../../package.json'), 'utf8'),
    ) as { version: string };
    expect(await cli.run(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});

test('the examples of doctor show every provider, of Truecaller one', async () => {
  const { stdout } = await cli.run(['doctor', '--help']);
  const shown = [...stdout.matchAll(/\$ npx axios-bearer doctor (\S+)/g)].map(([, name]) => name);
  expect(shown.sort()).toEqual(PROVIDER_NAMES.filter((name) => name !== 'truecallerCalls').sort());
});

test('oauth2 is also known by the name of its function', async () => {
  const { code, stderr } = await cli.run(['token', 'oauth2ClientCredentials']);
  expect([code, stderr]).toEqual([3, expect.stringContaining('oauth2: tokenUrl, baseURL')]);
});

describe('wrong usage ends with 2 and says so on standard error:', () => {
  test.each([
    { args: ['tokn'], says: 'unknown command' },
    { args: ['token', 'exotl'], says: 'Allowed choices are exotel' },
    { args: ['token'], says: 'missing required argument' },
    { args: ['token', 'exotel', '--loud'], says: 'unknown option' },
    {
      args: ['token', 'truecaller', '--region', 'mumbai'],
      says: 'truecaller has no region. Leave --region out; it is for exotel and learning360.',
    },
    { args: ['migrate', 'no/such/folder'], says: 'There is no file or folder no/such/folder.' },
    { args: ['token', 'exotel', '--credentials', '/no/such/file'], says: 'no such file' },
    { args: ['request', 'exotel', 'GET', '/', '--timeout', 'soon'], says: 'from 0.001 to 86400' },
    { args: ['doctor', 'exotel', '--timeout', 'Infinity'], says: 'from 0.001 to 86400' },
    { args: ['doctor', 'exotel', '--timeout', '1e9'], says: 'from 0.001 to 86400' },
    { args: ['sandbox', '--port', ''], says: 'from 0 to 65000' },
    { args: ['sandbox', '--port', '70000'], says: 'from 0 to 65000' },
  ])('$args', async ({ args, says }) => {
    const { code, stdout, stderr } = await cli.run(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(says);
  });
});

describe('a credential among the arguments', () => {
  test.each([
    [['token', 'exotel', '--api-key', 'a-secret']],
    [['doctor', 'exotel', '-u', 'key:a-secret']],
    [['request', 'exotel', 'GET', '/', '-ukey:a-secret']],
    [['request', 'exotel', 'GET', '/', '-H', 'Authorization: Bearer a-secret']],
    [['request', 'exotel', 'GET', '/', '-H', 'a-secret']],
    [['token', 'oauth2', '--param', 'a-secret']],
    [['token', 'exotel', "--of-another-tool=it's-a-secret"]],
    [['token', 'exotel', 'a-secret']],
  ])('is refused and not repeated: %j', async (args) => {
    const { code, stdout, stderr } = await cli.run(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).not.toContain('a-secret');
  });

  test.each(PROVIDER_NAMES)(
    'is recognised for every field of %s, however it is spelled',
    (name) => {
      for (const field of Object.keys(described(name).credentialFields)) {
        const kebab = field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
        for (const spelled of [`--${field}`, `--${kebab}`, `--${kebab}=x`])
          expect(credentialArgument(['token', name, spelled])).toBeDefined();
      }
    },
  );

  test('is not mistaken for one of the real options', () => {
    const options = ['credentials', 'region', 'environment', 'base-url', 'param', 'reveal', 'json'];
    const known = [...options, 'header', 'data', 'timeout', 'verbose', 'port', 'only', 'help'];
    for (const option of known) expect(credentialArgument([`--${option}`])).toBeUndefined();
  });
});

describe('output', () => {
  const ESCAPE = '\u001b[';

  test.each([
    { when: 'into a pipe', env: {}, colored: false },
    { when: 'into a pipe of a CI machine', env: { CI: 'true' }, colored: false },
    { when: 'with FORCE_COLOR', env: { FORCE_COLOR: '1' }, colored: true },
    {
      when: 'with FORCE_COLOR and NO_COLOR',
      env: { FORCE_COLOR: '1', NO_COLOR: '1' },
      colored: false,
    },
  ])('$when has colours: $colored', async ({ env, colored }) => {
    const { stdout } = await cli.run(['providers', 'exotel'], { env });
    expect(stdout.includes(ESCAPE)).toBe(colored);
  });

  test('ends quietly when the reader has gone before the first line', async () => {
    const child = cli.start(['providers']);
    child.stdout.destroy();
    const exit = new Promise((done) => child.once('exit', done));
    expect([await exit, await text(child.stderr)]).toEqual([0, '']);
  });

  test('ends quietly when only the first line is read', async () => {
    const shell = spawn('sh', ['-c', '"$0" "$1" providers | head -1', process.execPath, cli.file]);
    expect(await Promise.all([text(shell.stdout), text(shell.stderr)])).toEqual([
      'exotel  Exotel Contact Center\n',
      '',
    ]);
  });
});
