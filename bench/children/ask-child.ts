import { fork } from 'node:child_process';
import { join } from 'node:path';

/** Runs one of the scripts beside this one in a process of its own, and returns the one message that it sends. */
export async function askChild<Report>(
  script: string,
  env: Readonly<Record<string, string>>,
  execArgv: readonly string[] = [],
): Promise<Report> {
  const child = fork(join(import.meta.dirname, `children/${script}.mjs`), {
    env: { PATH: process.env['PATH'], ...env },
    execArgv: [...execArgv],
    serialization: 'advanced',
  });
  return new Promise((resolve, reject) => {
    child.once('message', (report) => resolve(report as Report));
    child.once('exit', (code) => reject(new Error(`${script} ended with ${code} and no report`)));
  });
}
