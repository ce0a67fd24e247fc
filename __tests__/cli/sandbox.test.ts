import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { parseEnv } from 'node:util';

import { PROVIDER_NAMES } from '../../src/cli/provider-names.js';
import { freePort } from '../processes/free-port.js';
import { listening } from '../setup/loopback-server.js';
import { buildCli, type BuiltCli } from './cli-process.js';

let cli: BuiltCli;
let running: ChildProcessWithoutNullStreams | undefined;
beforeAll(async () => {
  cli = await buildCli();
});
afterEach(async () => {
  if (running?.exitCode === null && running.signalCode === null) await stop(running, 'SIGKILL');
});
afterAll(() => cli.remove());

/** Starts it, and reads the lines that it prints until it is ready. */
async function start(...args: string[]): Promise<Record<string, string>> {
  running = cli.start(['sandbox', ...args]);
  const lines: string[] = [];
  createInterface(running.stdout).on('line', (line) => lines.push(line));
  for await (const told of createInterface(running.stderr)) if (told.includes('Ctrl-C')) break;
  return parseEnv(lines.join('\n')) as Record<string, string>;
}

async function stop(child: ChildProcessWithoutNullStreams, signal: NodeJS.Signals) {
  const exit = once(child, 'exit');
  child.kill(signal);
  return (await exit)[0] as number | null;
}

describe('axios-bearer sandbox', () => {
  test('prints an environment in which every provider issues a token', async () => {
    const env = await start('--port', '0');
    const outcomes = await Promise.all(
      PROVIDER_NAMES.map((name) => cli.run(['token', name], { env })),
    );
    expect(outcomes.map(({ code }) => code)).toEqual(PROVIDER_NAMES.map(() => 0));
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('ends with 0 on %s', async (signal) => {
    await start('--port', '0', '--only', 'exotel');
    expect(await stop(running!, signal)).toBe(0);
  });

  test('starts only the requested providers, each on its usual port after the first', async () => {
    const port = await freePort();
    const env = await start(
      '--port',
      String(port - PROVIDER_NAMES.indexOf('oauth2')),
      '--only',
      'oauth2',
    );
    expect(env['OAUTH2_BASE_URL']).toBe(`http://127.0.0.1:${port}`);
    expect(Object.keys(env).every((name) => name.startsWith('OAUTH2_'))).toBe(true);
  });

  test('says which port is in use, and what to do', async () => {
    const port = await listening(createServer());
    const { code, stdout, stderr } = await cli.run([
      'sandbox',
      '--port',
      String(port),
      '--only',
      'exotel',
    ]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(`Port ${port} is in use`);
    expect(stderr).toContain('--port 0');
  });

  test('prints nothing but the environment to standard output', async () => {
    running = cli.start(['sandbox', '--port', '0', '--only', 'oauth2']);
    const stdout = text(running.stdout);
    for await (const told of createInterface(running.stderr)) if (told.includes('Ctrl-C')) break;
    await stop(running, 'SIGINT');
    const lines = (await stdout).trimEnd().split('\n');
    expect(lines.map((line) => line.replace(/=.*/, ''))).toEqual([
      'export OAUTH2_CLIENT_ID',
      'export OAUTH2_CLIENT_SECRET',
      'export OAUTH2_BASE_URL',
      'export OAUTH2_TOKEN_URL',
    ]);
    expect(lines[1]).toBe("export OAUTH2_CLIENT_SECRET='fake+oauth2/secret & 100% 1'");
  });
});
