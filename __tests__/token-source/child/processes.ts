import { buildSync } from 'esbuild';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { coverageBuild, coverageEnv } from '../../setup/coverage.js';
import { HANGS_AFTER_MS } from '../../setup/patience.js';

/** A script of this folder, bundled with the library, that can be run in a Node process of its own. */
export interface ChildScript {
  start(env: Record<string, string>): RunningChild;
  /** Removes the bundle. */
  remove(): void;
}

export interface RunningChild {
  readonly process: ChildProcess;
  /** What it ended with; it is killed if it does not end by itself. */
  readonly ended: Promise<{ code: number | null; output: string; lastedMs: number }>;
}

export function bundleChild(name: string): ChildScript {
  const folder = mkdtempSync(join(tmpdir(), 'axios-bearer-'));
  const file = join(folder, `${name}.cjs`);
  buildSync({
    entryPoints: [join(import.meta.dirname, `${name}.ts`)],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
    ...coverageBuild,
  });
  return {
    start: (env) => start(file, env),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

function start(file: string, env: Record<string, string>): RunningChild {
  const startedAt = Date.now();
  const child = spawn(process.execPath, [file], {
    env: { PATH: process.env['PATH'], ...coverageEnv, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    timeout: HANGS_AFTER_MS,
  });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => ({
    code: code as number | null,
    output,
    lastedMs: Date.now() - startedAt,
  }));
  return { process: child, ended };
}
