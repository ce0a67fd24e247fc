import { build } from 'esbuild';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';

import { coverageBuild, coverageEnv } from '../setup/coverage.js';

export { environmentOf } from '../../src/cli/sandbox-environment.js';

/** The command line as a user meets it: bundled, and run in a process of its own. */
export interface BuiltCli {
  /** The file to run. */
  readonly file: string;
  start(args: readonly string[], options?: StartOptions): ChildProcessWithoutNullStreams;
  /** Runs it to its end. */
  run(args: readonly string[], options?: StartOptions & { input?: string }): Promise<Outcome>;
  remove(): void;
}

export interface StartOptions {
  /** All of the environment, but for the path: nothing of the machine's own shines through. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const reports = resolve(import.meta.dirname, '../../reports');

/** Bundles the command line into the repository, where it finds its dependencies and its own package. */
export async function buildCli(): Promise<BuiltCli> {
  mkdirSync(reports, { recursive: true });
  const folder = mkdtempSync(join(reports, 'cli-'));
  await build({
    entryPoints: [resolve(import.meta.dirname, '../../src/cli/bin.ts')],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
    ...coverageBuild,
  });
  const file = join(folder, 'bin.mjs');
  const start: BuiltCli['start'] = (args, { env = {} } = {}) =>
    spawn(process.execPath, [file, ...args], {
      env: { PATH: process.env['PATH'], ...coverageEnv, ...env },
    });
  return {
    file,
    start,
    async run(args, { input = '', ...options } = {}) {
      const child = start(args, options);
      // A command that does not read its input may be gone before it is written.
      child.stdin.on('error', () => undefined).end(input);
      const exit = new Promise<number | null>((done) => child.once('exit', done));
      const [code, stdout, stderr] = await Promise.all([
        exit,
        text(child.stdout),
        text(child.stderr),
      ]);
      return { code, stdout, stderr };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
