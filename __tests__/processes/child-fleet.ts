import { build } from 'esbuild';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { coverageBuild, coverageEnv } from '../setup/coverage.js';
import type { MemberOrder, MemberReport, MemberSettings } from './fleet-messages.js';

/** A process of our own that makes requests when it is told to. */
export interface ChildMember {
  requests(count: number): Promise<MemberReport>;
  startLoad(): Promise<void>;
  stopLoad(): Promise<MemberReport>;
  /** As the out-of-memory killer does it. */
  kill(): Promise<void>;
  pause(): void;
  resume(): void;
}

export interface ChildFleet<Settings = MemberSettings> {
  start(settings: Settings): Promise<ChildMember>;
  startMany(count: number, settings: Settings): Promise<ChildMember[]>;
  /** Ends all that still run. */
  killAll(): Promise<void>;
  /** Ends all, and removes the bundle. */
  close(): Promise<void>;
}

/**
 * Bundles the script once, so that a child needs neither a loader nor a build of the library.
 *
 * @param source - what each process runs. @defaultValue `fleet-member.ts`
 */
export async function childFleet<Settings = MemberSettings>(
  source = join(import.meta.dirname, 'fleet-member.ts'),
): Promise<ChildFleet<Settings>> {
  const folder = mkdtempSync(join(tmpdir(), 'axios-bearer-fleet-'));
  const script = join(folder, basename(source).replace(/\.ts$/, '.js'));
  await build({
    entryPoints: [source],
    outdir: folder,
    bundle: true,
    // Each process then loads the Redis client that it uses, and not the other.
    splitting: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'error',
    ...coverageBuild,
    // Packages in CommonJS ask for Node's own modules by `require`.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const running = new Set<ChildProcess>();

  async function start(settings: Settings): Promise<ChildMember> {
    const child = fork(script, [], {
      env: { PATH: process.env['PATH'], ...coverageEnv, MEMBER: JSON.stringify(settings) },
      execArgv: [],
    });
    running.add(child);
    child.once('exit', () => running.delete(child));
    return memberOf(child);
  }

  const killAll = async () => {
    await Promise.all([...running].map((child) => end(child)));
  };
  return {
    start,
    startMany: (count, settings) =>
      Promise.all(Array.from({ length: count }, () => start(settings))),
    killAll,
    async close() {
      await killAll();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function memberOf(child: ChildProcess): Promise<ChildMember> {
  interface Waiting {
    readonly resolve: (report: MemberReport | undefined) => void;
    readonly reject: (error: Error) => void;
  }
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  const answer = (id: number) =>
    new Promise<MemberReport | undefined>((resolve, reject) => {
      waiting.set(id, { resolve, reject });
    });
  child.on('message', ({ id, report }: { id: number; report?: MemberReport }) => {
    waiting.get(id)?.resolve(report);
    waiting.delete(id);
  });
  child.once('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error('the process is gone'));
  });
  await answer(0);

  async function tell(order: MemberOrder): Promise<MemberReport | undefined> {
    lastId += 1;
    const answered = answer(lastId);
    child.send({ id: lastId, order });
    return answered;
  }

  return {
    requests: async (count) => (await tell({ do: 'requests', count }))!,
    startLoad: async () => {
      await tell({ do: 'start load' });
    },
    stopLoad: async () => (await tell({ do: 'stop load' }))!,
    kill: () => end(child),
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}
