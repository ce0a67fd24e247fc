/* eslint-disable jest/no-export, jest/valid-describe-callback, jest/valid-title -- no test file, though it may leave tests out */
import { describe } from '@jest/globals';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from '../processes/free-port.js';
import { leftOut as leftOutUnless } from '../setup/left-out.js';

/** Whether a Redis can be started here. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

/** Tests that need a real Redis. Without one they are left out, and that is said; where Redis is required they fail. */
export function describeWithRedis(name: string, body: () => void): void {
  if (hasRedis) describe(name, body);
  else leftOut(name, 'redis-server is not on PATH');
}

export function leftOut(name: string, because: string): void {
  leftOutUnless(name, because, 'AXIOS_BEARER_REQUIRE_REDIS');
}

/** A Redis of our own. */
export interface RedisServer {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** As the power failing: nothing is saved, no connection is closed in order. */
  kill(): Promise<void>;
  /** Starts it again at the same address, after `kill`. */
  restart(...args: string[]): Promise<void>;
  /** It stays connected and answers nothing. */
  pause(): void;
  resume(): void;
  /** Ends it for good and removes its files. */
  stop(): Promise<void>;
  /** Where it keeps its files. */
  readonly folder: string;
}

/** Starts a real Redis on a free port; nothing is saved to disk unless the arguments say so. */
export async function startRedis(...args: string[]): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'axios-bearer-redis-'));
  const port = await freePort();
  let child = await launch(folder, port, args);
  let isPaused = false;

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (isPaused) child.kill('SIGCONT');
    isPaused = false;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  }

  return {
    host: '127.0.0.1',
    port,
    folder,
    kill: () => end('SIGKILL'),
    async restart(...more) {
      child = await launch(folder, port, [...args, ...more]);
    },
    pause() {
      isPaused = true;
      child.kill('SIGSTOP');
    },
    resume() {
      isPaused = false;
      child.kill('SIGCONT');
    },
    async stop() {
      await end('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A test run that is cut short takes its servers with it. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const server of running) server.kill('SIGKILL');
});

async function launch(
  folder: string,
  port: number,
  args: readonly string[],
): Promise<ChildProcess> {
  const quiet = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
  // A configuration file has to come first.
  const files = args.filter((arg) => arg.endsWith('.conf'));
  const options = args.filter((arg) => !arg.endsWith('.conf'));
  const child = spawn('redis-server', [...files, '--port', String(port), ...quiet, ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  await new Promise<void>((resolve, reject) => {
    const ready = /ready to accept|now ready|Sentinel ID|Server initialized/i;
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (ready.test(output)) resolve();
    });
    child.once('error', reject);
    child.once('exit', (code) =>
      reject(new Error(`redis-server ended with ${String(code)}: ${output}`)),
    );
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}
