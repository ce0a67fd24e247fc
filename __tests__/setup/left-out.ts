/* eslint-disable jest/no-export, jest/expect-expect -- no test file, though it may leave tests out */
import { test } from '@jest/globals';

/**
 * Stands in the place of tests that cannot run here, and says so. Where `requiredBy` (an environment variable, set in CI)
 * says that nothing may be left out, it fails.
 */
export function leftOut(name: string, because: string, requiredBy: string): void {
  test(`LEFT OUT: ${name}, because ${because}`, () => {
    if ([process.env['CI'], process.env[requiredBy]].some((value) => value !== undefined))
      throw new Error(`${because}, and nothing may be left out here.`);
    process.stderr.write(`LEFT OUT: ${name}, because ${because}.\n`);
  });
}
