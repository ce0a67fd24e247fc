import { beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';

/*
 * What docs/testing.md says of the tools that people test their own code with. Each file of fixtures/ is such a test of an
 * app: it is run by that tool as its users run it, and gets the built package by its name. jest takes .cjs for CommonJS.
 */

const run = promisify(execFile);
const packages = resolve(import.meta.dirname, '../../node_modules');
const jestProgram = join(packages, 'jest/bin/jest.js');
const vitestProgram = join(packages, 'vitest/vitest.mjs');
const fixtures = join(import.meta.dirname, 'fixtures');

/** What both print. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

describe.each([
  { tool: 'jest', args: ['--experimental-vm-modules', jestProgram, '--json'] },
  { tool: 'vitest', args: [vitestProgram, 'run', '--reporter', 'json'] },
])('the tests of an app, under $tool', ({ tool, args }) => {
  const cwd = join(fixtures, tool);
  let report: Report;
  beforeAll(async () => {
    // It ends with an error where a test fails, and prints its report all the same.
    const { stdout } = await run('node', args, { cwd }).catch(
      (error: unknown) => error as { stdout: string },
    );
    report = JSON.parse(stdout) as Report;
  });

  test.each(readdirSync(cwd).filter((file) => file.includes('.test.')))('%s passes', (file) => {
    const result = report.testResults.find(({ name }) => basename(name) === file);
    const failures = result?.assertionResults.filter(({ status }) => status !== 'passed');
    expect(failures?.map((test) => [test.fullName, ...test.failureMessages])).toEqual([]);
    expect(result?.assertionResults).not.toHaveLength(0);
    expect(result?.message).toBe('');
  });
});
