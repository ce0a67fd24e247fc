import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { ROOT } from '../docs/pages.js';
import { buildCli, type BuiltCli } from './cli-process.js';

const run = promisify(execFile);
const SOURCE = "import refresh from 'axios-auth-refresh';\nrefresh(api, login);\n";

let cli: BuiltCli;
beforeAll(async () => {
  cli = await buildCli();
});
afterAll(() => cli.remove());

/** Runs `axios-bearer migrate src` in a folder with one file, and removes the folder. */
async function migrateIn(parent: string, ...options: string[]) {
  const folder = mkdtempSync(join(parent, 'migrate-'));
  const file = join(folder, 'src/api.js');
  mkdirSync(join(folder, 'src'));
  writeFileSync(file, SOURCE);
  try {
    const args = [cli.file, 'migrate', 'src', ...options];
    const { code = 0, stderr } = (await run(process.execPath, args, { cwd: folder }).catch(
      (error: unknown) => error as { code: number; stderr: string },
    )) as { code?: number; stderr: string };
    return { code, stderr, source: readFileSync(file, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('rewrites the files of a project that has jscodeshift, and says how to go on', async () => {
  const { code, stderr, source } = await migrateIn(join(ROOT, 'reports'));
  expect(stderr).toContain('Now search for TODO(axios-bearer)');
  expect(code).toBe(0);
  expect(source).toContain('attachBearer(api, defineProvider({');
});

test('with --dry changes nothing', async () => {
  const { code, stderr, source } = await migrateIn(join(ROOT, 'reports'), '--dry');
  expect(stderr).toContain('Run it without --dry, then search for TODO(axios-bearer)');
  expect(code).toBe(0);
  expect(source).toBe(SOURCE);
});

test.each([{ options: [] }, { options: ['--dry'] }])(
  'without jscodeshift prints the one command that brings it, with $options, and changes nothing',
  async ({ options }) => {
    const { code, stderr, source } = await migrateIn(tmpdir(), ...options);
    const goesOn = ['npx axios-bearer migrate src', ...options].join(' ');
    expect(stderr).toContain(`npm install --save-dev jscodeshift && ${goesOn}\n`);
    expect(code).toBe(1);
    expect(source).toBe(SOURCE);
  },
);
