/* eslint-disable jest/no-export, jest/valid-describe-callback, jest/valid-title -- no test file, though it may leave tests out */
import { describe } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { freePort } from '../processes/free-port.js';
import { leftOut } from '../setup/left-out.js';
import { eventually } from '../setup/patience.js';

const ROOT = resolve(import.meta.dirname, '../..');
const WORKERD = join(ROOT, 'node_modules/workerd/bin/workerd');
const ESBUILD = join(ROOT, 'node_modules/esbuild/bin/esbuild');

/** Tests that need Cloudflare's runtime, which npm has for most systems. Where it is required they fail without it. */
export function describeWithWorkerd(name: string, body: () => void): void {
  if (spawnSync(WORKERD, ['--version']).status === 0) describe(name, body);
  else leftOut(name, 'workerd does not start on this system', 'AXIOS_BEARER_REQUIRE_WORKERD');
}

export interface Worker {
  /** What it answers to one request. */
  readonly ask: (query?: string) => Promise<WorkerAnswer>;
  readonly stop: () => Promise<void>;
}

export interface WorkerAnswer {
  readonly status?: number;
  readonly error?: string;
  readonly left?: boolean;
}

export interface Compatibility {
  readonly date: string;
  readonly flags: readonly string[];
}

/** Bundles a Worker from the build in `dist/`, and runs it. */
export async function startWorker(
  entry: string,
  settings: object,
  { date, flags }: Compatibility,
): Promise<Worker> {
  const folder = mkdtempSync(join(tmpdir(), 'axios-bearer-workerd-'));
  const built = spawnSync(
    ESBUILD,
    [
      entry,
      '--bundle',
      '--format=esm',
      '--platform=browser',
      '--conditions=workerd,worker,browser',
      '--external:cloudflare:*',
      `--alias:axios-bearer=${join(ROOT, 'dist/index.js')}`,
      `--alias:axios-bearer/providers=${join(ROOT, 'dist/providers.js')}`,
      `--outfile=${join(folder, 'worker.mjs')}`,
      '--log-level=error',
    ],
    { cwd: ROOT, encoding: 'utf8' },
  );
  if (built.status !== 0) throw new Error(built.stderr);

  const port = await freePort();
  const quoted = (text: string) => JSON.stringify(text);
  writeFileSync(
    join(folder, 'config.capnp'),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "outside", network = (allow = ["private", "public", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.mjs")],
  bindings = [(name = "SETTINGS", text = ${quoted(JSON.stringify(settings))})],
  compatibilityDate = ${quoted(date)},
  compatibilityFlags = [${flags.map(quoted).join(', ')}],
  globalOutbound = "outside",
);
`,
  );
  const child = spawn(WORKERD, ['serve', 'config.capnp'], { cwd: folder, stdio: 'pipe' });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const url = `http://127.0.0.1:${port}/`;
  const isUp = () =>
    fetch(`${url}up`).then(
      () => true,
      () => {
        if (child.exitCode !== null) throw new Error(`workerd has ended: ${said}`);
        return false;
      },
    );
  await eventually(isUp);
  return {
    ask: async (query = '') => {
      const response = await fetch(`${url}?${query}`, { signal: AbortSignal.timeout(20_000) });
      const text = await response.text();
      if (!response.ok) throw new Error(`${response.status} ${text} ${said}`);
      return JSON.parse(text) as WorkerAnswer;
    },
    stop: async () => {
      // It waits for requests under way if it is asked politely.
      child.kill('SIGKILL');
      await once(child, 'close');
      rmSync(folder, { recursive: true });
    },
  };
}
