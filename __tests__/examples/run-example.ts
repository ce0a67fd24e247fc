import { expect } from '@jest/globals';
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

import { coverageEnv } from '../setup/coverage.js';
import { HANGS_AFTER_MS } from '../setup/patience.js';

const run = promisify(execFile);
export const repository = resolve(import.meta.dirname, '../..');

/** What a program of the repository prints. */
export async function linesOf(
  program: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<string[]> {
  const { stdout, stderr } = await run(process.execPath, program, {
    cwd: repository,
    timeout: HANGS_AFTER_MS,
    env: { ...process.env, ...coverageEnv, ...env },
  });
  expect(stderr).toBe('');
  return stdout.trimEnd().split('\n');
}
