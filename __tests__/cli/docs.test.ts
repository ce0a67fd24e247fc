import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

import { startSandbox, type Sandbox } from '../../src/testing/index.js';
import { EXIT_CODES } from '../../src/cli/exit-codes.js';
import { buildCli, environmentOf, type BuiltCli } from './cli-process.js';

/* Every example of docs/cli.md that shows an output is run, and the output compared. */

const page = readFileSync(resolve(import.meta.dirname, '../../docs/cli.md'), 'utf8');
const examples = [...page.matchAll(/```console\n\$ npx axios-bearer ([^\n]*)\n([\s\S]*?)```/g)].map(
  ([, command, output]) => ({ command: command!, output: output!.trimEnd().split('\n') }),
);

let cli: BuiltCli;
let sandbox: Sandbox;
let env: Record<string, string>;
beforeAll(async () => {
  [cli, sandbox] = await Promise.all([buildCli(), startSandbox()]);
  env = { ...environmentOf(sandbox.exotel), ...environmentOf(sandbox.oauth2) };
});
afterAll(async () => {
  cli.remove();
  await sandbox.close();
});

/** What differs from run to run, made alike. The streams are not compared in their order, which no terminal promises. */
function alike(lines: readonly string[]): string[] {
  return lines
    .map((line) =>
      line
        .replace(/127\.0\.0\.1:\d+/, '127.0.0.1:PORT')
        .replace(/\w{4}…[\w-]{4}/, 'TOKEN')
        .replace(/\d+ ms|\d+ s$/, 'TIME')
        .replace(/(24 h|23 h 59 min)/, 'LIFE')
        .replace(/("expiresAt"|"expiresInSeconds"|"tookMs"): [^,]*/, '$1'),
    )
    .sort();
}

/** The output of a command, with its exit code where that is not 0; a sandbox is ended when it is ready. */
async function outputOf(command: string): Promise<string[]> {
  const args = command.split(' ');
  if (args[0] !== 'sandbox') {
    const { code, stdout, stderr } = await cli.run(args, { env });
    const ending = code === 0 ? [] : [`[ends with ${code}]`];
    return [...`${stderr}${stdout}`.trimEnd().split('\n'), ...ending];
  }
  const child = cli.start([...args, '--port', '0']);
  const lines: string[] = [];
  createInterface(child.stdout).on('line', (line) => lines.push(line));
  createInterface(child.stderr).on('line', (line) => {
    lines.push(line);
    if (line.includes('Ctrl-C')) child.kill('SIGINT');
  });
  await once(child, 'close');
  return lines;
}

describe('docs/cli.md', () => {
  test('has examples of every command that ends soon', () => {
    const shown = new Set(examples.map(({ command }) => command.split(' ')[0]));
    expect([...shown].sort()).toEqual(['doctor', 'providers', 'request', 'sandbox', 'token']);
  });

  test.each(examples)('shows what "$command" prints', async ({ command, output }) => {
    const actual = await outputOf(command);
    // Three dots stand for what is left out.
    const rest = output.filter((line) => line !== '...');
    if (rest.length === output.length) expect(alike(actual)).toEqual(alike(output));
    else expect(alike(actual)).toEqual(expect.arrayContaining(alike(rest)));
  });

  test('has the table of exit codes', () => {
    for (const [code, meaning] of EXIT_CODES) expect(page).toContain(`| ${code} | ${meaning} |`);
  });
});
